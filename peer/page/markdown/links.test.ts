import { expect, test } from 'vitest'
import { hostToShow, safeLink } from './links.ts'

const shown = (href: string, text: string) => {
  const link = safeLink(href)
  return link === undefined ? 'refused' : hostToShow(link, text)
}

test('safeLink refuses everything but web and mail', () => {
  for (const href of [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    '/api/me',
    'x',
  ]) {
    expect(safeLink(href)).toBeUndefined()
  }
  expect(safeLink('https://example.org/a')?.host).toBe('example.org')
  expect(safeLink('mailto:ann@example.org')?.host).toBe('ann@example.org')
})

test('hostToShow says nothing where the text is the address', () => {
  expect(shown('https://example.org/a', 'https://example.org/a')).toBeUndefined()
  expect(shown('https://example.org/', 'example.org')).toBeUndefined()
})

test('hostToShow unmasks a text that names another place', () => {
  expect(shown('https://evil.example/', 'https://bank.example/')).toBe('evil.example')
  expect(shown('https://evil.example:8443/x', 'click here')).toBe('evil.example:8443')
})

test('hostToShow unmasks a name before the host', () => {
  expect(shown('https://bank.example@evil.example/', 'https://bank.example@evil.example/')).toBe('evil.example')
})

test('safeLink shows look-alike letters in their encoded form', () => {
  expect(safeLink('https://аpple.com')?.host).toMatch(/^xn--/)
})

import { expect, test } from 'vitest'
import { refusal } from './guard.ts'

const LISTENER = { host: '127.0.0.1', port: 5001 }
const codeFor = (headers: Record<string, string>, { url = '/api', method = 'POST' } = {}) => {
  const all = { host: 'localhost:5001', ...headers }
  return refusal({ url, method, headers: all, rawHeaders: Object.entries(all).flat() }, LISTENER)?.code
}
const body = { 'content-length': '2', 'content-type': 'application/json' }

test.each([
  { ...body, 'content-type': 'Application/JSON; Charset=UTF-8' },
  { ...body, 'content-type': ' application/json ;charset=utf-8' },
  { ...body, 'content-encoding': 'identity' },
  { ...body, 'content-encoding': 'Identity' },
  { ...body, host: 'LocalHost:5001', origin: 'http://localhost:5001' },
  { ...body, origin: 'HTTP://LOCALHOST:5001' },
])('a request with the headers %o passes', headers => {
  expect(codeFor(headers)).toBeUndefined()
})

test.each([
  [{ ...body, 'content-type': 'text/plain; x=application/json' }, 'wrong_media_type'],
  [{ ...body, 'content-type': 'application/json, text/plain' }, 'wrong_media_type'],
  [{ ...body, 'content-encoding': 'gzip' }, 'wrong_media_type'],
  [{ ...body, origin: 'http://localhost:5002' }, 'foreign_origin'],
  [{ ...body, origin: 'https://localhost:5001' }, 'foreign_origin'],
])('a request with the headers %o is refused', (headers, code) => {
  expect(codeFor(headers)).toBe(code)
})

const navigation = (site: string, dest: string) => ({
  'sec-fetch-site': site,
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': dest,
})

test.each(['cross-site', 'same-site'])('a %s page leads to the page in a tab, and to nothing else', site => {
  const code = (url: string, dest = 'document', method = 'GET') => codeFor(navigation(site, dest), { url, method })
  for (const url of ['/', '/?from=elsewhere']) expect([url, code(url)]).toEqual([url, undefined])
  for (const url of [
    '/healthz',
    '/openapi.json',
    '/api/events',
    '/events?commands=x',
    '//',
    '/?/../events',
    '/%2e/events',
  ])
    expect([url, code(url)]).toEqual([url, url.startsWith('/?') ? undefined : 'foreign_origin'])
  for (const dest of ['iframe', 'frame', 'embed', 'object', 'empty', ''])
    expect([dest, code('/', dest)]).toEqual([dest, 'foreign_origin'])
  for (const method of ['POST', 'HEAD', 'PUT', 'DELETE']) expect(code('/', 'document', method)).toBe('foreign_origin')
  expect(
    codeFor(
      { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'document' },
      { url: '/', method: 'GET' },
    ),
  ).toBe('foreign_origin')
})

test.each(['none', 'same-origin'])(
  'any path that is typed, or asked for by the page itself (%s), is answered',
  site => {
    for (const url of ['/', '/healthz', '/openapi.json', '/metrics', '/api/conversations'])
      expect(codeFor(navigation(site, 'document'), { url, method: 'GET' })).toBeUndefined()
  },
)

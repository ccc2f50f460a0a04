import { expect, test } from 'vitest'
import type { ProxyView } from '../../../shared/protocol/control.ts'
import { proxyView } from '../proxy-view-sample.ts'
import { savedOutcome } from './saved-outcome.ts'

const outcome = (version: ProxyView['version'], connected = true) =>
  savedOutcome(5, proxyView({ name: 'bob', version, connected }))

test('a saved version is applied only once the proxy runs it', () => {
  expect(outcome({ wanted: 5, applied: 4, refused: null }).tone).toBe('waiting')
  expect(outcome({ wanted: 5, applied: 5, refused: null })).toEqual({
    tone: 'good',
    words: 'Version 5 applied by bob.',
  })
})

test('a saved version that was refused says why; an older refusal does not count', () => {
  const refused = { version: 5, reason: 'the port is its own' }
  expect(outcome({ wanted: 5, applied: 4, refused })).toMatchObject({
    tone: 'bad',
    words: 'Version 5 refused by bob: the port is its own',
  })
  expect(outcome({ wanted: 5, applied: 4, refused: { ...refused, version: 4 } }).tone).toBe('waiting')
})

test('a saved version of a proxy that is away says that it will take it later', () => {
  expect(outcome({ wanted: 5, applied: 4, refused: null }, false).words).toContain('when it is back')
})

test('a saved version that was overtaken says by which', () => {
  expect(outcome({ wanted: 6, applied: 4, refused: null }).words).toContain('replaced by version 6')
  expect(outcome({ wanted: 6, applied: 6, refused: null }).words).toContain('now runs version 6')
})

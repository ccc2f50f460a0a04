import { expect, test } from 'vitest'
import { proxyView } from '../proxy-view-sample.ts'
import { overlaySummary, tableState } from './proxy-words.ts'

test('table state is applied when the proxy runs the wanted version', () => {
  expect(tableState({ wanted: 4, applied: 4, refused: null })).toEqual({
    state: 'applied',
    words: 'version 4 applied',
  })
})

test('table state is pending while the proxy has not answered, and says what runs', () => {
  expect(tableState({ wanted: 5, applied: 4, refused: null }).words).toBe('version 5 pending, runs 4')
  expect(tableState({ wanted: 1, applied: null, refused: null }).words).toBe('version 1 pending, runs none yet')
})

test('table state is refused with the reason only when the wanted version was refused', () => {
  const reason = 'bob.port is taken'
  expect(tableState({ wanted: 5, applied: 4, refused: { version: 5, reason } })).toMatchObject({
    state: 'refused',
    reason,
  })
  expect(tableState({ wanted: 6, applied: 4, refused: { version: 5, reason } }).state).toBe('pending')
})

test('summary of a healthy overlay says so', () => {
  expect(overlaySummary([proxyView({ name: 'a' }), proxyView({ name: 'b' })])).toBe(
    '2 proxies, all active and up to date',
  )
  expect(overlaySummary([proxyView({})])).toBe('1 proxy, all active and up to date')
})

test('summary names every concern with its count', () => {
  const proxies = [
    proxyView({ name: 'a', status: 'stale', connected: false }),
    proxyView({ name: 'b', version: { wanted: 2, applied: 1, refused: { version: 2, reason: 'no' } } }),
    proxyView({ name: 'c', status: 'warning', version: { wanted: 2, applied: 1, refused: null } }),
  ]
  expect(overlaySummary(proxies)).toBe(
    '3 proxies: 1 late, 1 stale, 1 not connected, 1 with a table pending, 1 with a table refused',
  )
})

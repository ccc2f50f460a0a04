import { expect, test } from 'vitest'
import { duration, statusLines } from './status.ts'

test.each([
  [0, '0 s'],
  [-5_000, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_725_000, '1 h 2 min'],
  [90_061_000, '1 d 1 h'],
  [86_405_000, '1 d'],
])('%i ms are said as %s', (ms, words) => {
  expect(duration(ms)).toBe(words)
})

test('status says of a process that is not ready why, and how many are', () => {
  const since = '2026-01-02T03:04:05.000Z'
  const running = { pid: 7, address: '127.0.0.1:10001', since, restarts: 0 }
  const down = { pid: null, address: null, since: null, restarts: 2 }
  const lines = statusLines(
    {
      ...{ pid: 1, since, demo: true, web: false, data: '/d', config: '/c' },
      processes: [
        { name: 'proxy alice', state: 'ready', ...running },
        { name: 'peer alice', state: 'waiting', detail: 'died (SIGKILL); it is started again in 0.3 s', ...down },
        { name: 'proxy bob', state: 'down', detail: 'Cannot use data file', ...down },
      ],
    },
    new Date('2026-01-02T03:05:10.000Z'),
  )
  const text = lines.join('\n')
  expect(text).toContain('A demonstration runs for 1 min 5 s (process 1), with the data in /d, without pages.')
  expect(text).toMatch(/peer alice +to be started again +- +- +- +2/)
  expect(text).toContain('peer alice: died (SIGKILL); it is started again in 0.3 s')
  expect(text).toContain('proxy bob: Cannot use data file')
  expect(text).toContain('1 of 3 processes are ready; /d/logs says more.')
})

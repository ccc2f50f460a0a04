import { expect, test } from 'vitest'
import { connectionWords } from './connection-words.ts'

const fine = { proxy: true, controller: true, joined: true }

test('the page says which part is away and what that means, the nearest first', () => {
  expect(connectionWords(fine)).toBeUndefined()
  expect(connectionWords({ ...fine, proxy: false, controller: false })?.of).toBe('proxy')
  expect(connectionWords({ ...fine, controller: false })).toEqual({
    of: 'controller',
    words: expect.stringContaining('messages flow as before'),
  })
  expect(connectionWords({ ...fine, controller: false, joined: false })).toEqual({
    of: 'table',
    words: expect.stringContaining('when the controller is back'),
  })
  expect(connectionWords({ ...fine, joined: false })?.words).not.toContain('not reachable')
})

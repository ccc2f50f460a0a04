import { expect, test } from 'vitest'
import { listenProblem } from './listen-problem.ts'
import { StartError } from './start-error.ts'

const place = { process: 'the proxy of alice', host: '127.0.0.2', port: 80 }
const failed = (code: string) => Object.assign(new Error(`listen ${code}`), { code })

test.each([
  ['EADDRINUSE', 'Cannot start the proxy of alice: port 80 of 127.0.0.2 is in use by another program'],
  ['EACCES', 'this account may not open port 80 of 127.0.0.2'],
  ['EADDRNOTAVAIL', 'this machine has no address 127.0.0.2'],
])('%s is said in words, with what helps', (code, words) => {
  const problem = listenProblem(failed(code), place)
  expect(problem).toBeInstanceOf(StartError)
  expect(problem.message).toContain(words)
})

test('failure of another kind stays what it is', () => {
  const error = failed('EMFILE')
  expect(listenProblem(error, place)).toBe(error)
})

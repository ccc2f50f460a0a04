import { expect, test } from 'vitest'
import { refusal } from './guard.ts'

const LISTENER = { host: '127.0.0.1', port: 5001 }
const codeFor = (headers: Record<string, string>) => {
  const all = { host: 'localhost:5001', ...headers }
  const request = { url: '/api', method: 'POST', headers: all, rawHeaders: Object.entries(all).flat() }
  return refusal(request, LISTENER)?.code
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

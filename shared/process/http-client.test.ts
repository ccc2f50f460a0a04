import { expect, test } from 'vitest'
import { acceptReply, CallRefusedError } from './http-client.ts'

function refusal(status: number, text: string, headers = {}): unknown {
  try {
    return acceptReply('http://127.0.0.1:1/x', { status, headers, text })
  } catch (error) {
    return error
  }
}

test('error is a refused call, whatever its body is', () => {
  for (const text of ['', 'Bad Request', '{}', '[1'])
    expect(refusal(400, text)).toEqual(new CallRefusedError('http://127.0.0.1:1/x', { status: 400, body: undefined }))
  expect(refusal(404, '{"error":{"code":"unknown_peer","message":"No."}}')).toMatchObject({
    status: 404,
    code: 'unknown_peer',
    message: 'No.',
  })
  expect(refusal(200, '{"ok":true}')).toEqual({ ok: true })
  expect(refusal(204, '')).toBeUndefined()
})

test('refused call tells how long it is asked to wait, in seconds or by a date', () => {
  const asked = (headers: Record<string, string>) => refusal(503, '', headers)
  expect(asked({ 'retry-after': '2' })).toMatchObject({ retryAfterMs: 2_000 })
  const date = 'Wed, 21 Oct 2026 07:28:00 GMT'
  expect(asked({ 'retry-after': 'Wed, 21 Oct 2026 07:28:30 GMT', date })).toMatchObject({ retryAfterMs: 30_000 })
  expect(asked({ 'retry-after': date, date: 'Wed, 21 Oct 2026 07:28:30 GMT' })).toMatchObject({ retryAfterMs: 0 })
  for (const headers of [{}, { 'retry-after': 'soon' }, { 'retry-after': '-1' }])
    expect(refusal(429, '', headers)).toHaveProperty('retryAfterMs', undefined)
})

import { expect, test } from 'vitest'
import { acceptReply, CallRefusedError } from './http-client.ts'

test('error is a refused call, whatever its body is', () => {
  const refusal = (status: number, text: string) => {
    try {
      return acceptReply('http://127.0.0.1:1/x', { status, text })
    } catch (error) {
      return error
    }
  }
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

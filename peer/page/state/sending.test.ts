import { expect, test, vi } from 'vitest'
import { ChatState } from './chat-state.ts'
import { Sending } from './sending.ts'

test('Sending gives a text for another conversation than that of the address back to its composer, and sends nothing', () => {
  vi.stubGlobal('location', { hash: '#/bob' })
  const state = new ChatState()
  const posted: string[] = []
  const sending = new Sending(state, async peer => {
    posted.push(peer)
    return { id: '', state: 'accepted' }
  })
  sending.send('alice', 'for alice alone')
  expect(state.recalled.value).toEqual({ peer: 'alice', text: 'for alice alone' })
  expect(state.conversation('alice').entries.value).toEqual([])
  expect(posted).toEqual([])
  vi.unstubAllGlobals()
})

import { expect, test } from 'vitest'
import type { Me, ReplyMode } from '../../../shared/protocol/peer-api.ts'
import { Heard } from '../../../test/harness/heard.ts'
import { Actions } from './actions.ts'
import { ChatState } from './chat-state.ts'

const me = (mode: ReplyMode): Me => ({ name: 'alice', displayName: 'alice', mode, fixed: false })
const never = () => Promise.reject(new Error('not asked for'))

test('of modes that are chosen one after the other the last one is in force, however late an answer comes', async () => {
  const state = new ChatState()
  const asked: ReplyMode[] = []
  const slow = new Heard<string>()
  const setMode = async (mode: ReplyMode) => {
    asked.push(mode)
    if (mode === 'canned') await slow.first(() => true)
    return me(mode)
  }
  const actions = new Actions(state, { setMode, clear: never, clearAll: never, cancel: never, retry: never })
  const chosen = [actions.chooseMode('canned'), actions.chooseMode('away')]
  await new Promise(resolve => setTimeout(resolve))
  slow.add('now')
  await Promise.all(chosen)
  expect(asked).toEqual(['canned', 'away'])
  expect(state.me.value?.mode).toBe('away')
})

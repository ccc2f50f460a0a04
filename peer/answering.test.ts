import { expect, test } from 'vitest'
import { Instance } from '../config/instance.ts'
import { answeringOf } from './answering.ts'

const GPT = { kind: 'openai', baseUrl: 'https://api.openai.com/v1', model: 'm' } as const
const routes = { GPT, OTHER: GPT }
const person = (more: object) => Instance.parse({ kind: 'person', name: 'alice', n: 1, ...more })

test('a person answers through the route they name, else through the first, if there is one', () => {
  expect(answeringOf(person({ mode: 'away' }), routes)).toMatchObject({
    mode: 'away',
    fixed: false,
    assistant: { route: 'GPT' },
  })
  const named = person({ mode: 'assistant', assistant: { route: 'OTHER', personality: 'happy' } })
  expect(answeringOf(named, routes).assistant).toEqual({ route: 'OTHER', personality: 'happy' })
  expect(answeringOf(person({}), {})).toEqual({ mode: 'manual', fixed: false, assistant: undefined })
})

test('an assistant answers through its AI, and nobody changes that', () => {
  const bot = Instance.parse({ kind: 'assistant', name: 'BOT', n: 3, route: 'GPT' })
  expect(answeringOf(bot, routes)).toMatchObject({ mode: 'assistant', fixed: true, assistant: { route: 'GPT' } })
})

import { expect, test } from 'vitest'
import type { Command } from './command.ts'
import { answerTo, type TalkFacts } from './command-answer.ts'

const facts: TalkFacts = {
  ai: 'GPT',
  route: 'GPT',
  model: 'gpt-4.1-mini',
  personalities: ['happy', 'angry', 'spanish'],
  present: undefined,
}
const answer = (command: Command, parts: Partial<TalkFacts> = {}) => answerTo(command, { ...facts, ...parts })
const personality = (name?: string): Command => ({ kind: 'personality', name })

test.each<Command>([{ kind: 'help' }, { kind: 'unknown', text: '/nonsense' }])(
  '%j is answered with every command and every personality',
  command => {
    const { text, ...change } = answer(command)
    for (const word of ['help', 'personality', 'rotate', 'reset', 'model', 'happy', 'angry', 'spanish', 'none'])
      expect(text).toContain(`\`${word}\``)
    expect(change).toEqual({})
  },
)

test('a command that there is none of is named', () => {
  expect(answer({ kind: 'unknown', text: '/nonsense' }).text).toContain('`/nonsense`')
})

test('a personality is chosen whatever its case, and so is none', () => {
  expect(answer(personality('SPANISH'))).toMatchObject({ personality: 'spanish', chosen: true })
  expect(answer(personality('None'), { present: 'happy' })).toMatchObject({ personality: 'none', chosen: true })
})

test('a personality that there is none of changes nothing and is answered with those there are', () => {
  const { text, ...change } = answer(personality('sad'))
  expect(text).toBe(
    'There is no personality `sad`. There are: `happy`, `angry`, `spanish`, `none`. `personality NAME` chooses one.',
  )
  expect(change).toEqual({})
})

test('personality without a name says the present one, and chooses nothing', () => {
  expect(answer(personality(), { present: 'angry' })).toEqual({
    text: 'The personality is **angry**. There are: `happy`, `angry`, `spanish`, `none`. `personality NAME` chooses one.',
    personality: 'angry',
  })
  expect(answer(personality())).toMatchObject({ personality: 'none', text: expect.stringMatching(/^No personality/) })
})

test('rotate goes through the personalities in the order of the configuration, around the end', () => {
  const next = (present?: string) => answer({ kind: 'rotate' }, { present }).personality
  expect([next(), next('happy'), next('angry'), next('spanish')]).toEqual(['happy', 'angry', 'spanish', 'happy'])
})

test('rotate without personalities says that there are none', () => {
  expect(answer({ kind: 'rotate' }, { personalities: [] })).toEqual({ text: 'The configuration has no personalities.' })
})

test('reset keeps the personality and says so', () => {
  expect(answer({ kind: 'reset' }, { present: 'happy' })).toMatchObject({
    beginsAnew: true,
    text: expect.stringContaining('The personality **happy** stays.'),
  })
  expect(answer({ kind: 'reset' }).text).not.toContain('personality')
})

test('model names the model, and the route where the AI is a peer', () => {
  expect(answer({ kind: 'model' }).text).toBe('**GPT** answers with the model `gpt-4.1-mini`.')
  expect(answer({ kind: 'model' }, { ai: 'BOT' }).text).toBe(
    '**BOT** answers through the route `GPT`, with the model `gpt-4.1-mini`.',
  )
  expect(answer({ kind: 'model' }, { model: undefined }).text).toContain('not named yet')
})

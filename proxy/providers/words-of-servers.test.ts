/** A word of a server may be any word: also one that every object of JavaScript has. */
import { expect, test } from 'vitest'
import { toEnding as anthropicEnding } from './anthropic/endings.ts'
import { toFailure as anthropic } from './anthropic/failure.ts'
import { wordedFailure } from './failure.ts'
import { toFailure as gemini } from './gemini/failure.ts'
import { toFailure as mistral } from './mistral/failure.ts'
import { MistralReader } from './mistral/reader.ts'
import { toEnding as openAiEnding } from './openai/endings.ts'
import { toFailure as openAi } from './openai/failure.ts'

const WORDS = ['constructor', 'toString', '__proto__']

test.each(WORDS)('an error of the kind "%s" is one that nobody knows', word => {
  const body = JSON.stringify({ error: { type: word, status: word, message: 'It failed.' } })
  for (const toFailure of [openAi, anthropic, gemini, mistral])
    expect(wordedFailure(toFailure({ status: 503, headers: {}, body }), said => said)).toMatchObject({
      code: 'overloaded',
      message: expect.stringContaining('It failed'),
    })
})

test.each(WORDS)('an answer that ends with the reason "%s" ends, and says so', word => {
  for (const toEnding of [openAiEnding, anthropicEnding])
    expect(toEnding(word, undefined)).toEqual({ ending: 'stop', detail: expect.stringContaining(`"${word}"`) })
})

test.each(WORDS)('an answer of Mistral that ends with the reason "%s" ends, and says so', word => {
  const reader = new MistralReader()
  const data = JSON.stringify({ choices: [{ delta: { content: 'Hi' }, finish_reason: word }] })
  const events = [...reader.read({ data }), ...reader.read({ data: '[DONE]' })]
  expect(events.at(-1)).toEqual({ kind: 'end', ending: 'stop', detail: expect.stringContaining(`"${word}"`) })
})

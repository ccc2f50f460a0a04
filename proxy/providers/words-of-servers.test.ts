/** A word of a server may be any word: also one that every object of JavaScript has. */
import { expect, test } from 'vitest'
import { toEnding as anthropicEnding } from './anthropic/endings.ts'
import { toFailure as anthropic } from './anthropic/failure.ts'
import { toFailure as gemini } from './gemini/failure.ts'
import { toFailure as mistral } from './mistral/failure.ts'
import { toEnding as openAiEnding } from './openai/endings.ts'
import { toFailure as openAi } from './openai/failure.ts'

const WORDS = ['constructor', 'toString', '__proto__']

test.each(WORDS)('an error of the kind "%s" is one that nobody knows', word => {
  const body = JSON.stringify({ error: { type: word, status: word, message: 'It failed.' } })
  for (const toFailure of [openAi, anthropic, gemini, mistral])
    expect(toFailure({ status: 503, headers: {}, body })).toMatchObject({
      code: 'overloaded',
      message: expect.stringContaining('It failed'),
    })
})

test.each(WORDS)('an answer that ends with the reason "%s" ends, and says so', word => {
  for (const toEnding of [openAiEnding, anthropicEnding])
    expect(toEnding(word, undefined)).toEqual({ ending: 'stop', detail: expect.stringContaining(`"${word}"`) })
})

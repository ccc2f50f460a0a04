/** What the demonstration provider says: short Markdown that shows what reached it. */
import type { Asked } from './wire.ts'

const SHOWN_CHARACTERS = 240
const SYSTEM_WORDS = 8

export function answerText({ model, system, texts }: Asked): string {
  const question = shorten(texts.at(-1) ?? '').replaceAll('\n', '\n> ')
  const before = texts.length - 1
  return [
    `This is a **demonstration** answer in the name of \`${model}\`; no real AI was asked. You asked:`,
    `> ${question}`,
    [
      `- Before it, this conversation had ${before === 1 ? '1 turn' : `${before} turns`}.`,
      `- ${system === undefined ? 'There was no system text.' : `The system text begins: "${firstWords(system)}"`}`,
    ].join('\n'),
    'Start without `--demo` and put an API key on the dashboard to talk to the model itself.',
  ].join('\n\n')
}

/** A text that is as long as it is asked to be. */
export const longText = (pieces: number): string =>
  Array.from({ length: pieces }, (_, index) => `word${index + 1}${(index + 1) % 12 === 0 ? '\n' : ' '}`).join('')

export const THOUGHTS = 'The question asks for a demonstration, so I show that thinking arrives as well. '

/** The text in pieces as a model would send them, about a word each. Together they are the text. */
export const piecesOf = (text: string): string[] => text.match(/\S+\s*/g) ?? []

export const countWords = (text: string): number => piecesOf(text).length

function shorten(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text
}

function firstWords(text: string): string {
  const words = text.trim().split(/\s+/)
  return words.length > SYSTEM_WORDS ? `${words.slice(0, SYSTEM_WORDS).join(' ')} …` : words.join(' ')
}

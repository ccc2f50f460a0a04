/** Commands to an AI: which message is one. Decided from the text alone. */

/** `unknown`: begins with a slash like a command, and is none. */
export type Command =
  | { readonly kind: 'help' | 'rotate' | 'reset' | 'model' }
  | { readonly kind: 'personality'; readonly name: string | undefined }
  | { readonly kind: 'unknown'; readonly text: string }

const BARE = { help: 'help', info: 'help', rotate: 'rotate', reset: 'reset', model: 'model' } as const
const isBare = (word: string): word is keyof typeof BARE => Object.hasOwn(BARE, word)

/** One word, with or without a slash before it, and perhaps another one behind it. */
const SHAPE = /^(\/?)([a-z]+)(?:[ \t]+(\S+))?$/i

/** The command that a message is, if it is nothing else: "reset my password" is a question. */
export function commandOf(text: string): Command | undefined {
  const whole = text.trim()
  const [, slash, first = '', name] = SHAPE.exec(whole) ?? []
  if (slash === undefined) return undefined
  const word = first.toLowerCase()
  if (word === 'personality') return { kind: 'personality', name }
  if (isBare(word) && name === undefined) return { kind: BARE[word] }
  return slash === '/' ? { kind: 'unknown', text: whole } : undefined
}

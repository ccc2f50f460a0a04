/** The conversation that goes along with a question to an AI: the last turns, within bounds. */
import type { Context, Turn } from '../shared/protocol/conversation.ts'
import { utf8Bytes } from '../shared/protocol/message.ts'
import type { StoredMessage } from './stored-message.ts'
import { estimateTokens } from './token-estimate.ts'

/** Most bytes of the turns as JSON, whatever the limits allow: the proxy takes a body of 4 MiB, the question included. */
const MOST_BYTES = 3 * 1024 * 1024

export type ContextLimits = { readonly turns: number; readonly tokens: number; readonly charactersPerToken: number }
export type Personality = { readonly name: string; readonly system: string }

/** `own` is the role of this peer's own messages: `user` when its person asks, `assistant` when it answers others. */
export type ContextParts = {
  readonly own: Turn['role']
  readonly limits: ContextLimits
  /** It always goes along, and so does the personality: what is left of the budget is for the turns. */
  readonly question: string
  readonly personality?: Personality | undefined
  /** How many turns there are before the messages that are given. */
  readonly older?: number
}

/** @param newestFirst messages before the question, down to where the conversation last began anew */
export function contextOf(newestFirst: readonly StoredMessage[], parts: ContextParts): Context {
  const { own, limits, question, personality, older = 0 } = parts
  const size = (text: string) => estimateTokens(text, limits.charactersPerToken)
  const said = turnsOf(newestFirst, own)
  let room = limits.tokens - size(personality?.system ?? '') - size(question)
  let bytes = MOST_BYTES
  const turns: Turn[] = []
  for (const turn of said) {
    room -= size(turn.text)
    bytes -= utf8Bytes(JSON.stringify(turn))
    if (turns.length >= limits.turns || room < 0 || bytes < 0) break
    turns.unshift(turn)
  }
  const first = turns.findIndex(({ role }) => role === 'user')
  const kept = first === -1 ? [] : turns.slice(first)
  const texts = [personality?.system ?? '', ...kept.map(({ text }) => text)]
  return {
    ...(personality && { system: personality.system, personality: personality.name }),
    turns: kept,
    leftOut: said.length - kept.length + older,
    tokens: Math.ceil(texts.reduce((sum, text) => sum + size(text), 0)),
  }
}

/**
 * Newest first. An answer stands behind its question, whatever came between; where there are several, the newest counts.
 * A question that failed was not said, unless there is an answer to it, be it only the beginning of one.
 */
function turnsOf(newestFirst: readonly StoredMessage[], own: Turn['role']): Turn[] {
  const isUser = ({ outgoing }: StoredMessage) => outgoing === (own === 'user')
  const rows = newestFirst.filter(({ type, message }) => type === 'chat' && message !== '')
  const answers = new Map<string, StoredMessage>()
  for (const row of rows) {
    const { replyTo } = row.metadata
    if (replyTo !== undefined && !isUser(row) && wasSaid(row) && !answers.has(replyTo)) answers.set(replyTo, row)
  }
  return rows.flatMap((row): Turn[] => {
    if (!isUser(row))
      return !wasSaid(row) || row.metadata.replyTo !== undefined ? [] : [{ role: 'assistant', text: row.message }]
    const answer = answers.get(row.id)
    const question: Turn = { role: 'user', text: row.message }
    if (answer !== undefined) return [{ role: 'assistant', text: answer.message }, question]
    return wasSaid(row) ? [question] : []
  })
}

/** Neither failed nor taken back. */
export const wasSaid = ({ state }: StoredMessage): boolean => state !== 'failed' && state !== 'cancelled'

/** Why Gemini ends an answer, in the words all providers share. Source: `FinishReason` and `BlockReason` of the API. */
import type { FinishReason } from '@google/generative-ai'
import type { ToldEnding } from '../answer-state.ts'

const filtered = (what: string): ToldEnding => ({ ending: 'filtered', detail: `Gemini stopped the answer: ${what}.` })

const BY_REASON: Readonly<Record<`${FinishReason}`, ToldEnding>> = {
  STOP: { ending: 'stop' },
  FINISH_REASON_UNSPECIFIED: { ending: 'stop' },
  MAX_TOKENS: { ending: 'length' },
  SAFETY: filtered('its safety filter was triggered'),
  RECITATION: filtered('it came too close to a text that exists'),
  LANGUAGE: filtered('the language is not supported'),
  BLOCKLIST: filtered('it contains a forbidden term'),
  PROHIBITED_CONTENT: filtered('it may contain prohibited content'),
  SPII: filtered('it may contain sensitive personal data'),
  MALFORMED_FUNCTION_CALL: filtered('the model tried to call a tool and failed'),
  OTHER: filtered('no reason was given'),
}

const isKnown = (reason: string): reason is keyof typeof BY_REASON => Object.hasOwn(BY_REASON, reason)

/** Reasons that are newer than the table end the answer without being understood, and are told by their name. */
export function toEnding(reason: string): ToldEnding {
  return isKnown(reason) ? BY_REASON[reason] : filtered(`reason ${reason}`)
}

/** A blocked question is answered with status 200 and no candidate. */
export function toBlockedEnding(reason: string): ToldEnding {
  return {
    ending: 'filtered',
    detail: `Gemini did not take the question: blocked by its content filter (${reason}). Word the question differently.`,
  }
}

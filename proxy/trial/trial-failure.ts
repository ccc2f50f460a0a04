/** Why a trial did not succeed, in the words of an answer's failure or in its own. */
import type { TrialResult } from '../../shared/protocol/trial.ts'
import type { Failure } from '../providers/provider.ts'

export type TrialProblem = {
  readonly code: string
  readonly field?: TrialResult['field']
  /** What is so and what would help, as whole sentences. */
  readonly message: string
}

export class TrialError extends Error {
  readonly problem: TrialProblem
  constructor(problem: TrialProblem) {
    super(problem.message)
    this.problem = problem
  }
}

const FIELDS: Partial<Record<Failure['code'], TrialResult['field']>> = {
  wrong_key: 'credential',
  no_credit: 'credential',
  unreachable: 'baseUrl',
  broken_answer: 'baseUrl',
}

export function problemOf({ code, message }: Failure): TrialProblem {
  const field = FIELDS[code]
  return { code, message, ...(field !== undefined && { field }) }
}

const EXAMPLES = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
  gemini: 'https://generativelanguage.googleapis.com/v1beta',
  mistral: 'https://api.mistral.ai/v1',
} as const

/** @param asked the address that answered so, without its query */
export function wrongAddress(
  kind: keyof typeof EXAMPLES,
  { asked, says }: { asked: string; says: string },
): TrialError {
  const message = `${asked} ${says}. Check the base URL: it looks like ${EXAMPLES[kind]}.`
  return new TrialError({ code: 'wrong_address', field: 'baseUrl', message })
}

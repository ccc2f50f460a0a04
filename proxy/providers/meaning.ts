/** Which failure it is that an upstream tells of: by its words, by its codes, by its status. */
import { own } from '../../shared/protocol/names.ts'
import type { FailureCode } from './failure.ts'
import type { Heard } from './heard.ts'
import { codeOfStatus } from './status.ts'
import { FIRM_WORDINGS, VAGUE_WORDINGS, type Wording } from './wordings.ts'

export type Names = Readonly<Record<string, FailureCode>>

/** Codes that mean the same wherever they stand. Beside OpenAI's own: those of Azure, llama.cpp, DashScope and Zhipu. */
const COMMON_NAMES: Names = {
  invalid_api_key: 'wrong_key',
  insufficient_quota: 'no_credit',
  billing_hard_limit_reached: 'no_credit',
  billing_not_active: 'no_credit',
  exceeded_current_quota_error: 'no_credit',
  budget_exceeded: 'no_credit',
  Arrearage: 'no_credit',
  '1113': 'no_credit',
  rate_limit_exceeded: 'rate_limited',
  slow_down: 'rate_limited',
  '1302': 'rate_limited',
  engine_overloaded: 'overloaded',
  overloaded: 'overloaded',
  unavailable_error: 'overloaded',
  context_length_exceeded: 'too_long',
  exceed_context_size_error: 'too_long',
  string_above_max_length: 'too_long',
  '1261': 'too_long',
  content_filter: 'refused',
  content_policy_violation: 'refused',
  ResponsibleAIPolicyViolation: 'refused',
  DataInspectionFailed: 'refused',
  data_inspection_failed: 'refused',
  invalid_prompt: 'refused',
  '1301': 'refused',
  model_not_found: 'unknown_model',
  model_decommissioned: 'unknown_model',
  DeploymentNotFound: 'unknown_model',
  unsupported_country_region_territory: 'bad_request',
}

/**
 * @param known what the codes of this API mean
 * @param status of the HTTP answer, where there is one; 200 and 5xx give way to a status that is told in the body
 */
export function meaningOf(
  { said = '', names, status: told }: Heard,
  known: Names,
  status = 200,
): FailureCode | undefined {
  const byName = names.map(name => own(known, name) ?? own(COMMON_NAMES, name)).find(code => code !== undefined)
  const code = worded(said, FIRM_WORDINGS) ?? byName ?? worded(said, VAGUE_WORDINGS)
  if (code !== undefined) return code
  const best = status >= 400 && (status < 500 || told === undefined) ? status : told
  return best === undefined ? undefined : codeOfStatus(best)
}

const worded = (text: string, wordings: readonly Wording[]): FailureCode | undefined =>
  wordings.find(({ said }) => said.test(text))?.code

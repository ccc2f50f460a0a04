/**
 * How servers word the common failures, where no code names them: mostly those that speak the format of OpenAI. Each
 * pattern stands beside the server that was seen to use it, in its sources, its documents or reports of its users.
 */
import type { FailureCode } from './failure.ts'

export type Wording = { readonly from: string; readonly code: FailureCode; readonly said: RegExp }

/** Sentences that mean one thing only, whatever status and code come with them. The first that fits counts. */
export const FIRM_WORDINGS: readonly Wording[] = [
  // The route asks for more than the model writes: a shorter conversation would not help.
  { from: 'vLLM, OpenAI', code: 'bad_request', said: /max_(?:completion_|new_|output_)?tokens\W.{0,40}too large/i },

  { from: 'OpenAI, vLLM, SGLang, OpenRouter, Mistral', code: 'too_long', said: /maximum context length/i },
  { from: 'Anthropic, Ollama, Fireworks', code: 'too_long', said: /prompt (?:is )?too long/i },
  {
    from: 'llama.cpp, OpenAI, llama-cpp-python, Anthropic',
    code: 'too_long',
    said: /exceed\w*\b.{0,40}\bcontext (?:length|window|size|limit)/i,
  },
  { from: 'llama.cpp, MiniMax', code: 'too_long', said: /context (?:length|window|size|limit).{0,20}\bexceed/i },
  { from: 'LM Studio', code: 'too_long', said: /greater than the context length|trying to keep the first \d+ tokens/i },
  { from: 'Together, vLLM', code: 'too_long', said: /longer than the (?:model's context|maximum model) length/i },
  { from: 'xAI', code: 'too_long', said: /maximum prompt length is \d+/i },
  { from: 'OpenAI, Groq', code: 'too_long', said: /^request too large for |reduce the length of the messages/i },
  { from: 'Groq', code: 'too_long', said: /reduce your message size/i },
  { from: 'Gemini', code: 'too_long', said: /exceeds the maximum number of tokens/i },
  { from: 'GitHub Models', code: 'too_long', said: /token count of \d+ exceeds the limit/i },
  { from: 'Text Generation Inference', code: 'too_long', said: /`inputs`.{0,40}must (?:be <=|have less than)/i },
  { from: 'Mistral', code: 'too_long', said: /too large for model with \d+/i },
  { from: 'Moonshot', code: 'too_long', said: /exceeded model token limit/i },
  { from: 'DashScope', code: 'too_long', said: /range of input length should be/i },
  { from: 'Bedrock, SGLang', code: 'too_long', said: /input is too long|input length.{0,30}\bexceeds/i },
  { from: 'Azure OpenAI', code: 'too_long', said: /input tokens exceed the configured limit/i },
  { from: 'Zhipu', code: 'too_long', said: /prompt exceeds max length/i },

  { from: 'Anthropic', code: 'no_credit', said: /credit balance is too low/i },
  {
    from: 'DeepSeek, OpenRouter, Venice',
    code: 'no_credit',
    said: /insufficient (?:\w+ ){0,4}(?:balance|credits?|funds)\b/i,
  },
  {
    from: 'Gemini and resellers',
    code: 'no_credit',
    said: /\b(?:balance|credits?) (?:is|are|has been|have been) (?:used up|exhausted|depleted)|prepayment credits/i,
  },
  { from: 'xAI', code: 'no_credit', said: /used all available credits/i },
  { from: 'xAI, Fireworks, Gemini', code: 'no_credit', said: /monthly spending limit|spending cap/i },
  { from: 'OpenRouter', code: 'no_credit', said: /requires more credits/i },
  { from: 'LiteLLM', code: 'no_credit', said: /budget has been exceeded|\bover budget\b/i },
  { from: 'Together', code: 'no_credit', said: /credit limit exceeded/i },
  { from: 'Hugging Face', code: 'no_credit', said: /exceeded your monthly included credits/i },

  {
    from: 'OpenAI, xAI, Groq, Together, llama.cpp',
    code: 'wrong_key',
    said: /\b(?:invalid|incorrect|expired|missing) api[ _-]?key\b/i,
  },
  {
    from: 'Gemini',
    code: 'wrong_key',
    said: /\bapi[ _-]?key (?:is )?(?:not valid|invalid|expired|has been revoked)/i,
  },
  { from: 'Azure OpenAI', code: 'wrong_key', said: /invalid subscription key/i },
  { from: 'DeepSeek', code: 'wrong_key', said: /^authentication fails/i },
  { from: 'OpenRouter', code: 'wrong_key', said: /no (?:cookie )?auth credentials found/i },
  { from: 'LiteLLM', code: 'wrong_key', said: /invalid proxy server token/i },

  { from: 'DeepSeek', code: 'refused', said: /content exists risk/i },
  { from: 'xAI', code: 'refused', said: /content violates usage guidelines/i },
  { from: 'DashScope', code: 'refused', said: /may contain inappropriate content/i },
  { from: 'Moonshot', code: 'refused', said: /rejected because it was considered high risk/i },
  { from: 'Azure OpenAI', code: 'refused', said: /content management policy/i },
  { from: 'OpenRouter', code: 'refused', said: /your input was flagged/i },
]

/** Sentences that are believed only where no code says another thing. */
export const VAGUE_WORDINGS: readonly Wording[] = [
  {
    from: 'OpenAI, Ollama, vLLM, DeepSeek, Fireworks, Groq',
    code: 'unknown_model',
    said: /\bmodel[:=\s]*[`'"]?[\w./:@-]*[`'"]?[,\s]+(?:not found|(?:does )?not exist|has been decommissioned)/i,
  },
  { from: 'OpenRouter', code: 'unknown_model', said: /is not a valid model id/i },
  { from: 'LiteLLM', code: 'unknown_model', said: /invalid model name passed/i },
  { from: 'Together', code: 'unknown_model', said: /unable to access model/i },
  { from: 'Perplexity', code: 'unknown_model', said: /^invalid model\b/i },
  { from: 'Azure OpenAI', code: 'unknown_model', said: /api deployment for this resource does not exist/i },

  {
    from: 'OpenAI, Text Generation Inference, Together, DeepSeek',
    code: 'overloaded',
    said: /\b(?:is|server|model|engine|currently) overloaded\b/i,
  },
  { from: 'Ollama', code: 'overloaded', said: /server (?:is )?busy/i },
  { from: 'llama.cpp', code: 'overloaded', said: /^loading model$/i },
  { from: 'SGLang', code: 'overloaded', said: /request queue is full/i },
  { from: 'LiteLLM', code: 'overloaded', said: /no deployments available for selected model/i },
  { from: 'Groq', code: 'overloaded', said: /over capacity|flex tier capacity exceeded/i },
  { from: 'Hugging Face', code: 'overloaded', said: /model too busy|is currently loading/i },

  { from: 'OpenRouter and others', code: 'rate_limited', said: /\brate[ -]?limit(?:ed|s)?\b|too many requests/i },
]

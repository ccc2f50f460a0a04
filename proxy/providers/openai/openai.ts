/** The `openai` kind: OpenAI's Chat Completions, and every server that speaks it (Ollama, llama.cpp, vLLM, LM Studio). */
import type { Provider } from '../provider.ts'
import { toFailure } from './failure.ts'
import { OpenAiReader } from './reader.ts'
import type { OpenAiRoute } from './request.ts'
import { toRequest } from './request.ts'

export const openai: Provider<OpenAiRoute> = {
  toRequest,
  createReader: route => new OpenAiReader(route),
  toFailure,
}

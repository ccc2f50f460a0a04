/** The `anthropic` kind: Anthropic's Messages API. */
import type { Provider } from '../provider.ts'
import { toFailure } from './failure.ts'
import { AnthropicReader } from './reader.ts'
import type { AnthropicRoute } from './request.ts'
import { toRequest } from './request.ts'

export const anthropic: Provider<AnthropicRoute> = { toRequest, createReader: () => new AnthropicReader(), toFailure }

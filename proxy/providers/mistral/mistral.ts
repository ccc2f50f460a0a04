/** The `mistral` kind: Mistral's chat completions. */
import type { Provider } from '../provider.ts'
import { toFailure } from './failure.ts'
import { MistralReader } from './reader.ts'
import type { MistralRoute } from './request.ts'
import { toRequest } from './request.ts'

export const mistral: Provider<MistralRoute> = { toRequest, createReader: () => new MistralReader(), toFailure }

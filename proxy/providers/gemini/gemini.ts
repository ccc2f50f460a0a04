/** The `gemini` kind: Google's Gemini API. The stream is read here, since the official package's reader loses errors. */
import type { Provider } from '../provider.ts'
import { toFailure } from './failure.ts'
import { GeminiReader } from './reader.ts'
import type { GeminiRoute } from './request.ts'
import { toRequest } from './request.ts'

export const gemini: Provider<GeminiRoute> = { toRequest, createReader: () => new GeminiReader(), toFailure }

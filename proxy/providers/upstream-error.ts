/** What marks an error as one of the connection to a provider. */
import { errorText } from '../../shared/protocol/errors.ts'

/**
 * Whatever went wrong with a connection to a provider, known or not. Each place that talks to one turns what is thrown there
 * into this, so that nothing that an upstream does is taken for a fault of ours, nor the other way round.
 */
export class UpstreamError extends Error {
  /** The answer had begun: at least its status came. */
  readonly within: boolean
  constructor(cause: unknown, { within }: { within: boolean }) {
    super(errorText(cause), { cause })
    this.within = within
  }
}

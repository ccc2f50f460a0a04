/** Failures that only the controller has. */
import { namesInWords, OverlayError } from '../shared/protocol/errors.ts'

export class UnknownProxyError extends OverlayError {
  readonly code = 'unknown_proxy'
  readonly status = 404
  constructor(name: string, known: readonly string[]) {
    super(`Cannot find proxy "${name}": it has not registered. Known: ${namesInWords(known)}.`)
  }
}

export class ChangedMeanwhileError extends OverlayError {
  readonly code = 'changed_meanwhile'
  readonly status = 409
  constructor(name: string, versions: { given: string; now: number }) {
    super(
      `Cannot save the table of ${name}: it was changed meanwhile; you read version ${versions.given}, it is now at ${versions.now}. Read it again.`,
    )
  }
}

export class VersionRequiredError extends OverlayError {
  readonly code = 'version_required'
  readonly status = 428
  constructor() {
    super(
      'Cannot save the table: the If-Match header is missing. Send the ETag of the version that you read, such as If-Match: "3".',
    )
  }
}

export class WrongKeyError extends OverlayError {
  readonly code = 'wrong_overlay_key'
  readonly status = 401
  constructor() {
    super(
      'Cannot answer: the overlay key is missing or wrong. Proxies read it from the file overlay.key in their data folder: copy that of the controller’s data folder there, and start the proxy anew.',
    )
  }
}

export class DocumentFullError extends OverlayError {
  readonly code = 'document_full'
  readonly status = 507
  constructor({ bytes, most }: { bytes: number; most: number }) {
    const mib = (of: number) => Math.ceil(of / 1024 / 1024)
    super(
      `Cannot save: the controller's document would have ${mib(bytes)} MiB, and the most here is ${mib(most)} MiB. Remove routes that nobody needs, or start another overlay.`,
    )
  }
}

/** Nobody is there who could try a key or a route. */
export class ProxyOfflineError extends OverlayError {
  readonly code = 'proxy_offline'
  readonly status = 503
  override readonly retryable = true
}

export class OlderProxyError extends OverlayError {
  readonly code = 'older_proxy'
  readonly status = 409
  constructor(name: string) {
    super(`Cannot test: the proxy of ${name} is of an older version, which tests nothing. Start it anew.`)
  }
}

export class NobodyTriesError extends OverlayError {
  readonly code = 'no_route'
  readonly status = 409
  constructor(id: string) {
    super(
      `Cannot test the saved credential "${id}": no route names it, and a saved key goes only to proxies whose routes name it. Test a route that names it, or type the key once more.`,
    )
  }
}

export class TooManyTrialsError extends OverlayError {
  readonly code = 'too_many_tests'
  readonly status = 429
  override readonly retryable = true
  constructor(most: number) {
    super(`Cannot test: ${most} tests are running, which is the limit. Try again in a few seconds.`)
  }
}

export class TooManyProxiesError extends OverlayError {
  readonly code = 'too_many_proxies'
  readonly status = 503
  override readonly retryable = true
  constructor(most: number) {
    super(
      `Cannot register: ${most} proxies are known here, which is the limit. Remove some of them: DELETE /api/proxies/NAME.`,
    )
  }
}

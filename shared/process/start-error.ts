/** Reasons for which a process refuses to start: wording for a person, and no use in starting again. */

/** The exit code of a process that will not start however often it is tried (EX_CONFIG of sysexits.h). */
export const EXIT_REFUSED = 78

export class StartError extends Error {}

/** A start failed for a reason in words that may be the machine's: unlike after a {@link StartError}, a later start can help. */
export class StartFailedError extends Error {}

export class DataFileError extends StartError {
  /** @param changed whether it was in use already when that was found */
  constructor(path: string, reason: string, { changed = false } = {}) {
    super(
      `Cannot use data file ${path}: ${reason}.${changed ? '' : ' Nothing was changed.'} Restore it from a backup (npx tsx startup.ts restore FOLDER), or move it away to start anew without what it held.`,
    )
  }
}

export class PortInUseError extends StartError {
  constructor(port: number, process: string, host = '127.0.0.1') {
    const place = host === '127.0.0.1' ? `port ${port}` : `port ${port} of ${host}`
    const danger = host === '::1' ? `, to which a browser may go that looks for localhost:${port}` : ''
    super(
      `Cannot start ${process}: ${place} is in use by another program${danger}. Stop that program, or take other ports: --port-base moves all that the configuration does not fix (default 5000).`,
    )
  }
}

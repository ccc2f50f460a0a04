/** Reasons for which a process refuses to start: wording for a person, and no use in starting again. */

/** The exit code of a process that will not start however often it is tried (EX_CONFIG of sysexits.h). */
export const EXIT_REFUSED = 78

export class StartError extends Error {}

export class DataFileError extends StartError {
  /** @param changed whether it was in use already when that was found */
  constructor(path: string, reason: string, { changed = false } = {}) {
    super(
      `Cannot use data file ${path}: ${reason}.${changed ? '' : ' Nothing was changed.'} Restore it from a backup (npx tsx startup.ts restore FOLDER), or move it away to start anew without what it held.`,
    )
  }
}

export class PortInUseError extends StartError {
  constructor(port: number, process: string) {
    super(
      `Cannot start ${process}: port ${port} is in use by another program. Stop that program, or move all ports with --port-base (default 5000).`,
    )
  }
}

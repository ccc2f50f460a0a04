/**
 * How much work a text may make. Some of marked's rules look through all that follows for each sign, so that a text of signs
 * costs the square of its length. A step is about a microsecond; it is counted, and not measured, so that a text is shown the
 * same on every machine.
 */

/** Reading on would take more steps than there are left. */
export class TooCostlyError extends Error {}

/**
 * `all` are the steps for one message, `one` those for the text of one paragraph, cell or heading in it; `characters` is the
 * longest text that is formatted, `part` the longest one without a blank line, but for code, that is formatted as a whole.
 */
export type Limits = { readonly all: number; readonly one: number; readonly characters: number; readonly part: number }
/** A person's longest message is formatted whole; an ordinary one of that length takes some thousand steps. */
export const USUAL_WORK: Limits = { all: 50_000, one: 20_000, characters: 64 * 1024, part: 16 * 1024 }
/** Where the reader asks for it: some seconds. */
export const PATIENT_WORK: Limits = { all: 10_000_000, one: 10_000_000, characters: 1024 * 1024, part: 1024 * 1024 }

export class Work {
  #left: number

  constructor(steps: number) {
    this.#left = steps
  }

  /** @throws {TooCostlyError} when there are not as many left */
  spend(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) throw new TooCostlyError()
  }

  /**
   * What is read by at most so many steps, or undefined where they do not suffice. Whatever it took counts.
   * @throws what reading throws, but for {@link TooCostlyError}
   */
  within<T>(steps: number, read: () => T): T | undefined {
    const before = this.#left
    const allowed = Math.min(steps, before)
    this.#left = allowed
    try {
      return read()
    } catch (error) {
      if (!(error instanceof TooCostlyError)) throw error
      return undefined
    } finally {
      this.#left = before - (allowed - Math.max(0, this.#left))
    }
  }
}

/** What each application of a rule takes. */
const RULE_STEPS = 0.25

/** A rule that counts how often it is applied, which is what costs where it is applied again and again to find an end. */
export class CountedRule extends RegExp {
  /** Whose work it is now: compiling a rule costs too much to have one for each text. */
  work: Work | undefined

  override exec(text: string): RegExpExecArray | null {
    const found = super.exec(text)
    this.work?.spend(RULE_STEPS + (found?.[0].length ?? text.length) / 512)
    return found
  }
}

/** Runs that marked looks through again from each of their places: what an address of mail may hold, and blanks. */
const RUN = /[\w.!#$%&'*+/=?^`{|}~-]{64,}|[ \t]{64,}/g

/** What every text takes, be it empty. */
const INLINE_STEPS = 8

/** The steps that reading the text of a paragraph takes beside those that are counted while it is read. */
export function inlineWork(text: string): number {
  let openers = 0
  for (let at = 0; at < text.length; at++) if (OPENERS.has(text.charCodeAt(at))) openers++
  let runs = 0
  for (const [run] of text.matchAll(RUN)) runs += run.length * run.length
  return INLINE_STEPS + (text.length * (1 + openers)) / 512 + runs / 128
}

/** For each of these all that follows may be looked through for what closes it: a bracket, a backtick, a tag. */
const OPENERS: ReadonlySet<number> = new Set(Array.from('[`<', sign => sign.charCodeAt(0)))

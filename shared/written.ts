/**
 * How numbers and times are written: one way for pages, programs and logs, whatever the language of the machine. All our
 * words are English, so are numbers, prices and names of days.
 */

const ENGLISH = 'en'

/**
 * The order of a date and the hours of a clock are the reader's where the reader's language is a kind of English; to others
 * "17 Nov" and "14:05" say the most.
 * @param reader a BCP 47 tag such as `de-DE`
 */
export const localeOfTimes = (reader: string): string => (/^en\b/.test(reader) ? reader : 'en-GB')

const timesLocale = localeOfTimes(new Intl.NumberFormat([]).resolvedOptions().locale)

export const timeFormat = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(timesLocale, options)

export const numberFormat = (options: Intl.NumberFormatOptions = {}): Intl.NumberFormat =>
  new Intl.NumberFormat(ENGLISH, options)

const figures = numberFormat()

/** "12,345.5" */
export const figure = (number: number): string => figures.format(number)

const list = new Intl.ListFormat(ENGLISH)

/** "an image, a file, and audio" */
export const listed = (words: readonly string[]): string => list.format(words)

const collator = new Intl.Collator(ENGLISH)
const numericCollator = new Intl.Collator(ENGLISH, { numeric: true })

/** Names as a person would look for them: `Bob` beside `bob`. */
export const compareNames = (a: string, b: string): number => collator.compare(a, b)
/** As `compareNames`, and `node2` before `node10`. */
export const compareNumbered = (a: string, b: string): number => numericCollator.compare(a, b)

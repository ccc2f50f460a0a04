/**
 * The bounds of all that crosses a process: whole numbers, texts, records and nesting. Every schema of this folder is made of
 * these, so that whatever enters has a length, a range and a depth; `test/unit/bounds.test.ts` looks through all of them.
 */
import * as z from 'zod'
import { cut } from './cut.ts'

/**
 * Largest number of anything that is counted across processes: a thousand a second would need 34 years to come here, and what
 * is added to it stays far below 2^53, beyond which whole numbers are no longer told apart.
 */
export const MOST = 2 ** 40

/** Schemas whose bound zod itself does not know, with how much they let through: characters, entries or levels. */
export const bounded = z.registry<{ most: number }>()

/** How many there are, or how far something has come: 0 before the first. */
export const Count = z.int().nonnegative().max(MOST)
/** Where something stands: a sequence, a version, a revision, a cursor. */
export const Place = z.int().positive().max(MOST)
/** A sum of money or of time. */
export const Sum = z.number().nonnegative().max(MOST)
/** A time that was measured, in milliseconds: below 0 where somebody set the clock back meanwhile. */
export const Took = z.number().min(-MOST).max(MOST)
/** Of the clock on the wall, in milliseconds of the epoch: as far as a date of JavaScript goes. */
export const LAST_MOMENT = 8.64e15

/** A text of at most so many characters. */
export const text = (most: number) => z.string().max(most)

/** A time such as `2026-01-31T12:00:00.000Z`. ISO 8601 allows any number of digits behind the second. */
export const Time = z.iso.datetime().max(40)

/** Longest address of a server, in characters. */
export const URL_LENGTH = 2_048

/** Most routes of one table, and most of whatever there is one of for each name. */
export const MOST_NAMES = 10_000

/** Longest words that one process says to another for a person to read, in characters. */
export const WORDS_LENGTH = 2_000

/**
 * Words of another process for a person: what it failed of. They are cut rather than refused, so that whoever waits for them is
 * told, and kept even where a zero character is in them.
 */
export const words = (most: number) =>
  z
    .string()
    .overwrite(said => cut(said.slice(0, most + 1).replaceAll('\0', ' '), most))
    .register(bounded, { most })

/** A record with at most so many entries. */
export const table = <K extends z.core.$ZodRecordKey, V extends z.core.SomeType>(key: K, value: V, most: number) =>
  z
    .record(key, value)
    .refine(entries => Object.keys(entries).length <= most, `must have at most ${most} entries`)
    .register(bounded, { most })

/** Any JSON that is nested in at most so many lists and objects. @param problem what is said of more */
export const json = (levels: number, problem = `must not be more than ${levels} levels deep`) =>
  z
    .unknown()
    .refine(value => isWithin(value, levels), problem)
    .register(bounded, { most: levels })

/** Whether a value has at most so many lists and objects within each other. */
function isWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return levels > 0 && Object.values(value).every(inner => isWithin(inner, levels - 1))
}

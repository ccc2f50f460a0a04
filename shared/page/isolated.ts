/** A name inside a sentence that has no markup: an attribute, a title, an announcement. */

/** Letters and marks that can turn the order of the words around them. */
const TURNING = /[\u0590-\u08ff\u200f\u202a-\u202e\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

/** The name as it is where it runs from left to right; else between the signs that keep its direction from the rest of the sentence. */
export const isolated = (name: string): string => (TURNING.test(name) ? `\u2068${name}\u2069` : name)

/** About how many tokens a text takes. Every provider counts in its own way, so that an estimate is all there can be. */

/** Scripts in which a character is a word or a syllable: about a token each. */
const IDEOGRAPHS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu

/** Not rounded, so that many short texts are not counted as more than one long one. */
export function estimateTokens(text: string, charactersPerToken: number): number {
  const ideographs = text.match(IDEOGRAPHS) ?? []
  const units = ideographs.reduce((sum, ideograph) => sum + ideograph.length, 0)
  return ideographs.length + (text.length - units) / charactersPerToken
}

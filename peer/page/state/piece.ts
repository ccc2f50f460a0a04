/** How a piece of a growing answer is written into the text so far. */

export interface Piece {
  /** Characters before this piece. */
  readonly offset: number
  readonly text: string
}

/**
 * The text with the piece in its place. A repeated piece changes nothing; a piece that says something else than is
 * there begins a new version from its offset on. Undefined when text before the piece is missing.
 */
export function writePiece(text: string, piece: Piece): string | undefined {
  if (piece.offset > text.length) return undefined
  if (text.startsWith(piece.text, piece.offset)) return text
  return text.slice(0, piece.offset) + piece.text
}

import { expect, test } from 'vitest'
import { writePiece } from './piece.ts'

test('writePiece appends what follows the text so far', () => {
  expect(writePiece('Hello', { offset: 5, text: ', world' })).toBe('Hello, world')
})

test('writePiece leaves the text alone when a piece is repeated', () => {
  expect(writePiece('Hello, world', { offset: 2, text: 'llo' })).toBe('Hello, world')
  expect(writePiece('Hello, world', { offset: 0, text: 'Hello' })).toBe('Hello, world')
})

test('writePiece takes the whole text so far after a connection was lost', () => {
  expect(writePiece('Hel', { offset: 0, text: 'Hello, wor' })).toBe('Hello, wor')
})

test('writePiece starts over when the piece says something else', () => {
  expect(writePiece('First attempt', { offset: 0, text: 'Sec' })).toBe('Sec')
})

test('writePiece refuses a piece whose predecessor is missing', () => {
  expect(writePiece('Hel', { offset: 4, text: 'o' })).toBeUndefined()
})

import { effect, signal } from '@preact/signals'
import { expect, test, vi } from 'vitest'
import { frameQueue } from './frame-queue.ts'

/** A queue whose frames are drawn by hand. */
function queue() {
  const frames: (() => void)[] = []
  const add = frameQueue(draw => frames.push(draw))
  return { add, frames, draw: () => frames.shift()?.() }
}

test('frameQueue makes all changes of one frame in order, and draws once for them', () => {
  const { add, draw, frames } = queue()
  const text = signal('')
  const drawn: string[] = []
  effect(() => void drawn.push(text.value))
  const write = (letter: string) => add(() => (text.value += letter))

  write('a')
  write('b')
  expect(drawn).toEqual([''])
  draw()
  write('c')
  draw()

  expect(drawn).toEqual(['', 'ab', 'abc'])
  expect(frames).toEqual([])
})

test('frameQueue reports a change that goes wrong and makes the others', () => {
  const report = vi.fn()
  vi.stubGlobal('reportError', report)
  const { add, draw } = queue()
  const made: number[] = []
  add(() => made.push(1))
  add(() => {
    throw new Error('wrong')
  })
  add(() => made.push(3))
  draw()
  expect(made).toEqual([1, 3])
  expect(report).toHaveBeenCalledWith(new Error('wrong'))
})

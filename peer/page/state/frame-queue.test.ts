import { expect, test } from 'vitest'
import { frameQueue } from './frame-queue.ts'

test('frameQueue hands over everything of one frame at once, in order', () => {
  const frames: (() => void)[] = []
  const applied: (readonly number[])[] = []
  const add = frameQueue<number>(
    items => applied.push(items),
    draw => frames.push(draw),
  )

  add(1)
  add(2)
  expect(applied).toEqual([])
  frames.shift()?.()
  add(3)
  frames.shift()?.()

  expect(applied).toEqual([[1, 2], [3]])
  expect(frames).toEqual([])
})

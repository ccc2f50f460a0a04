import { signal } from '@preact/signals'
import { expect, test } from 'vitest'
import { LogWindow } from './log-window.ts'

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({ id: String(from + index) }))
const edges = (view: LogWindow<{ id: string }>) => [view.drawn.value[0]?.id, view.drawn.value.at(-1)?.id]

test('LogWindow draws the end and follows what is added, its beginning in steps', () => {
  const all = signal(numbered(0, 1000))
  const view = new LogWindow(all)
  expect(edges(view)).toEqual(['840', '999'])
  all.value = numbered(0, 1019)
  expect(edges(view)).toEqual(['840', '1018'])
  all.value = numbered(0, 1020)
  expect(edges(view)).toEqual(['900', '1019'])
})

test('LogWindow holds its first row when it is told to, while the end grows', () => {
  const all = signal(numbered(0, 1000))
  const view = new LogWindow(all)
  view.hold()
  all.value = numbered(0, 1010)
  expect(edges(view)).toEqual(['840', '1009'])
})

test('LogWindow moves up without growing beyond its limit, and down again to the end', () => {
  const view = new LogWindow(signal(numbered(0, 1000)))
  for (let step = 0; step < 5; step += 1) view.earlier()
  expect(edges(view)).toEqual(['540', '839'])
  expect(view.reachesEnd.value).toBe(false)
  for (let step = 0; step < 4; step += 1) view.later()
  expect(edges(view)).toEqual(['700', '999'])
  expect(view.reachesEnd.value).toBe(true)
})

test('LogWindow stays where it is when older rows are put in front', () => {
  const all = signal(numbered(500, 600))
  const view = new LogWindow(all)
  view.hold()
  expect(view.reachesStart.value).toBe(true)
  all.value = numbered(400, 600)
  expect(edges(view)).toEqual(['500', '599'])
  view.earlier()
  expect(edges(view)).toEqual(['440', '599'])
})

test('LogWindow shows a row that is far away, and leaves a drawn one where it is', () => {
  const view = new LogWindow(signal(numbered(0, 1000)))
  view.show('300')
  expect(edges(view)).toEqual(['240', '359'])
  view.show('250')
  expect(edges(view)).toEqual(['240', '359'])
})

test('LogWindow falls back to the end when its edges are gone', () => {
  const all = signal(numbered(0, 1000))
  const view = new LogWindow(all)
  view.show('300')
  all.value = numbered(2000, 2010)
  expect(edges(view)).toEqual(['2000', '2009'])
})

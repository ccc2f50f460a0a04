import { expect, test } from 'vitest'
import type { Present } from '../protocol/present.ts'
import { InOrder } from './in-order.ts'

/** Hears what is told, and answers when the test says so. */
function listener() {
  const told: string[] = []
  const asked: ((answer: Present | Error) => void)[] = []
  const inOrder = new InOrder({
    ask: () =>
      new Promise((resolve, reject) => {
        asked.push(answer => (answer instanceof Error ? reject(answer) : resolve(answer)))
      }),
    onPresent: ({ last }) => void told.push(`present ${last}`),
    onEvent: ({ id }) => void told.push(id),
    onProblem: error => void told.push(String(error)),
  })
  const answer = async (given: string | Error) => {
    asked.shift()?.(given instanceof Error ? given : { last: given, events: [] })
    await new Promise(resolve => setTimeout(resolve))
  }
  const hear = (...ids: string[]) => {
    for (const id of ids) inOrder.hear({ id, name: 'message', data: '{}' })
  }
  return { inOrder, told, asked, answer, hear }
}

test('what is heard before the first answer comes behind it, without what is part of it', async () => {
  const { inOrder, told, answer, hear } = listener()
  inOrder.ask()
  hear('a-4', 'a-5', 'a-6')
  await answer('a-4')
  hear('a-6', 'a-7')
  expect(told).toEqual(['present a-4', 'a-5', 'a-6', 'a-7'])
})

test('an event that was missed is noticed by the next one, or by hearing of it, and everything is asked anew', async () => {
  const { inOrder, told, asked, answer, hear } = listener()
  inOrder.ask()
  await answer('a-4')
  hear('a-6', 'a-7')
  expect(asked).toHaveLength(1)
  await answer('a-6')
  inOrder.hear({ id: 'a-7' })
  expect(asked).toHaveLength(0)
  inOrder.hear({ id: 'a-8' })
  expect(asked).toHaveLength(1)
  await answer('a-8')
  expect(told).toEqual(['present a-4', 'present a-6', 'a-7', 'present a-8'])
})

test('another count is asked about once, however many events of an older one come late', async () => {
  const { inOrder, told, asked, answer, hear } = listener()
  inOrder.ask()
  await answer('a-4')
  hear('b-1', 'b-2')
  await answer('b-2')
  hear('b-3')
  expect(asked).toHaveLength(0)
  hear('a-5', 'a-6')
  expect(asked).toHaveLength(1)
  await answer('b-3')
  await answer('b-3')
  hear('b-4')
  expect(told.slice(0, 3)).toEqual(['present a-4', 'present b-2', 'b-3'])
  expect(told.at(-1)).toBe('b-4')
  expect(asked).toHaveLength(0)
})

test('what is heard meanwhile is without bound in number, not in memory: what was dropped is missed and asked for', async () => {
  const { inOrder, told, asked, answer, hear } = listener()
  inOrder.ask()
  hear(...Array.from({ length: 10_001 }, (_, index) => `a-${index + 1}`))
  await answer('a-0')
  expect(asked).toHaveLength(1)
  await answer('a-10001')
  expect(told).toEqual(['present a-0', 'present a-10001'])
})

test('a refusal to say how everything is is told, and nothing is told twice', async () => {
  const { inOrder, told, answer } = listener()
  inOrder.ask()
  await answer(new Error('no disk'))
  inOrder.ask()
  await answer('a-1')
  inOrder.stop()
  expect(told).toEqual(['Error: no disk', 'present a-1'])
})

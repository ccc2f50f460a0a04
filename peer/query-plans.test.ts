/** What is asked of the history while people talk must not grow slower with its length: every step is found by an index. */
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import { openStore, type Store } from '../shared/process/store.ts'
import { sampleMessage } from '../test/harness/samples.ts'
import { scratchFolder } from '../test/harness/scratch.ts'
import { Choices } from './choices.ts'
import { Clearing } from './clearing.ts'
import { History } from './history.ts'
import { migrations } from './migrations.ts'
import { Said } from './said.ts'

const Step = z.object({ detail: z.string() })
/** Tables of a few rows, and lists that are given, whatever the length of the history; a subquery has steps of its own. */
const SHORT = /^SCAN (\(subquery-\d+\)|c|conversation|text_position|json_each|CONSTANT ROW)( |$)/
/** The text index is always "scanned", by an index of its own where the plan names a match (M). */
const MATCHED = /^SCAN message_text VIRTUAL TABLE INDEX \d+:.*M/

/** A history that notes each statement it runs. */
function openNoting() {
  const file = join(scratchFolder(), 'peer.db')
  const store = openStore({ path: file, migrations })
  const statements = new Set<string>()
  const noted = (sql: string) => {
    statements.add(sql)
    return sql
  }
  const noting: Store = {
    shrink: pages => store.shrink(pages),
    trouble: undefined,
    failures: 0,
    all: (row, sql, ...parameters) => store.all(row, noted(sql), ...parameters),
    get: (row, sql, ...parameters) => store.get(row, noted(sql), ...parameters),
    run: (sql, ...parameters) => store.run(noted(sql), ...parameters),
    write: work => store.write(work),
    note: work => store.note(work),
    close: () => store.close(),
  }
  const database = new DatabaseSync(file)
  onTestFinished(() => {
    database.close()
    store.close()
  })
  const stepsOf = (sql: string) =>
    database
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(row => Step.parse(row).detail)
  return { store, noting, history: new History(noting), statements, stepsOf }
}

test('history finds by an index whatever it is asked for while people talk', async () => {
  const { store, noting, history, statements, stepsOf } = openNoting()
  const stream = '5d2b0f0e-9a63-4c39-8f57-6f2f0a8d7c01'
  const own = sampleMessage()
  await store.write(() => {
    history.add('bob', own, { outgoing: true, stored: false })
    history.place(own.id, { stream, sequence: 1 })
    history.add('bob', sampleMessage(), { outgoing: false, stored: false, placement: { stream, sequence: 1 } })
    history.setMarks('bob', { stream, delivered: 1, received: 1, read: 0 })
    history.setState(own.id, null)
    history.reading.markRead('bob')
    for (const position of history.reading.toTell()) history.reading.told(position)
  })
  history.find(own.id)
  history.before('bob', 10, 10)
  history.conversations()
  history.reading.unread('bob')
  history.undelivered('bob')
  const said = new Said(noting)
  const choices = new Choices(noting)
  said.newest('bob', { after: 0, before: 10, limit: 10 })
  said.count('bob', { after: 0, before: 10 })
  said.isAnswered({ id: own.id, name: 'bob', arrival: 1 })
  await store.write(() => {
    said.wasCommand(own.id)
    choices.choose('bob', 'happy')
    choices.beginAnew('bob')
  })
  choices.find('bob')
  await history.texts.search('hello', 10)
  await new Clearing(noting, history.texts).clear('bob')
  expect(statements.size).toBeGreaterThan(15)
  const slow = [...statements].flatMap(sql =>
    stepsOf(sql)
      .filter(step => step.includes('SCAN') && !SHORT.test(step) && !MATCHED.test(step))
      .map(step => `${step}: ${sql}`),
  )
  expect(slow).toEqual([])
})

test('what is undelivered is found by its stream, so that what was delivered is not read', () => {
  const { history, statements, stepsOf } = openNoting()
  history.undelivered('bob')
  const searched = [...statements].flatMap(stepsOf).filter(step => step.startsWith('SEARCH m '))
  expect(searched).toEqual([expect.stringMatching(/USING INDEX message_in_stream \(conversation=\? AND stream=\?\)$/)])
})

test('counting the unread reads the index alone', () => {
  const { history, statements, stepsOf } = openNoting()
  history.reading.unread('bob')
  expect([...statements].flatMap(stepsOf)).toContainEqual(
    expect.stringMatching(/^SEARCH m USING COVERING INDEX message_in_conversation/),
  )
})

import { expect, test } from 'vitest'
import type { TableView } from '../../../shared/protocol/control.ts'
import { checkDraft, type Draft, freshRowId, showAs, startDraft } from './draft.ts'

const base: TableView = {
  version: 3,
  endpoints: {
    bob: { kind: 'peer', host: '127.0.0.1', port: 10002 },
    GPT: { kind: 'openai', baseUrl: 'https://api.openai.com/v1', model: 'm', parameters: { seed: 1 } },
  },
}
const json = (text: string): Draft => ({ base, content: { view: 'json', text } })
const shown = (draft: Draft | { problem: string }): Draft => {
  if ('problem' in draft) throw new Error(draft.problem)
  return draft
}

test('a fresh draft stands for the table it started from', () => {
  expect(checkDraft(startDraft(base))).toEqual({ endpoints: base.endpoints })
})

test('a draft survives form → JSON → form unchanged', () => {
  const there = shown(showAs(startDraft(base), 'json'))
  expect(checkDraft(there)).toEqual({ endpoints: base.endpoints })
  expect(shown(showAs(there, 'form')).content).toEqual(startDraft(base).content)
})

test('a draft with broken JSON says so and stays in its view', () => {
  expect(checkDraft(json('{'))).toMatchObject({ issues: [{ field: '', words: expect.stringMatching(/^Not JSON/) }] })
  expect(showAs(json('{'), 'form')).toHaveProperty('problem')
  expect(showAs(json('{"bob": 5}'), 'form')).toHaveProperty('problem')
})

test('an invalid route survives the change of view, so that it can be mended in either', () => {
  const draft = shown(showAs(json('{"bob": {"kind": "peer", "host": "h", "port": "x", "colour": 1}}'), 'form'))
  expect(checkDraft(draft)).toMatchObject({
    issues: [
      { name: 'bob', field: 'port' },
      { name: 'bob', field: '' },
    ],
  })
})

test('two rows of one name are an issue and never merge in silence', () => {
  const draft = startDraft(base)
  if (draft.content.view !== 'form') throw new Error('a draft starts as a form')
  const [first, second] = draft.content.rows
  if (first === undefined || second === undefined) throw new Error('the sample has two rows')
  for (const name of ['bob', 'BOB']) {
    const rows = [first, { ...second, name }]
    const shared: Draft = { base, content: { view: 'form', rows } }
    expect(checkDraft(shared)).toHaveProperty('issues')
    expect(showAs(shared, 'json')).toHaveProperty('problem')
  }
})

test('a fresh row id is one that no row has, also after a removal', () => {
  const { content } = startDraft(base)
  if (content.view !== 'form') throw new Error('a draft starts as a form')
  expect(freshRowId(content.rows)).toBe(3)
  expect(freshRowId(content.rows.slice(1))).toBe(3)
  expect(freshRowId([])).toBe(1)
})

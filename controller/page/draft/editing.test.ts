import { afterEach, expect, test, vi } from 'vitest'
import type { TableView } from '../../../shared/protocol/control.ts'
import { apply, editingOf, holdsChanges, savedVersions, startEditing } from './editing.ts'

const table = (version: number, port: number): TableView => ({
  version,
  endpoints: { bob: { kind: 'peer', host: 'h', port } },
})
const json = (status: number, body: unknown) => Response.json(body, { status })

/** The controller's answers, in order; the requests it got. */
function controller(...answers: (Response | Error)[]) {
  const requests: { method: string | undefined; ifMatch: string | null }[] = []
  vi.stubGlobal('fetch', async (_path: string, { method, headers }: RequestInit) => {
    requests.push({ method, ifMatch: new Headers(headers).get('if-match') })
    const answer = answers.shift()
    if (answer instanceof Response) return answer
    throw answer ?? new Error('one request too many')
  })
  return requests
}

afterEach(() => vi.unstubAllGlobals())

test('apply saves over the version it names, closes the draft and notes the new version', async () => {
  const requests = controller(json(200, table(4, 2)))
  startEditing('saved', table(3, 1))
  await apply('saved', { endpoints: table(3, 2).endpoints, over: 3 })
  expect(requests).toEqual([{ method: 'PUT', ifMatch: '"3"' }])
  expect(editingOf('saved').value).toBeUndefined()
  expect(savedVersions.value['saved']).toBe(4)
})

test('apply never overwrites what was saved meanwhile: it shows both', async () => {
  const theirs = table(4, 9)
  const requests = controller(json(409, { error: { code: 'changed', message: 'changed' } }), json(200, theirs))
  startEditing('conflict', table(3, 1))
  await apply('conflict', { endpoints: table(3, 2).endpoints, over: 3 })
  expect(requests.map(({ method }) => method)).toEqual(['PUT', 'GET'])
  expect(editingOf('conflict').value).toMatchObject({
    busy: false,
    draft: { base: { version: 3 } },
    step: { at: 'conflict', theirs, endpoints: table(3, 2).endpoints },
  })
})

test('apply lays a refusal at its field and returns to the draft', async () => {
  controller(
    json(422, {
      error: { code: 'invalid_input', message: 'Cannot: endpoints.bob.port is taken', field: 'endpoints.bob.port' },
    }),
  )
  startEditing('refused', table(3, 1))
  await apply('refused', { endpoints: table(3, 2).endpoints, over: 3 })
  expect(editingOf('refused').value).toMatchObject({
    step: { at: 'edit' },
    refusal: { name: 'bob', field: 'port', words: 'is taken' },
  })
})

test('apply keeps the draft when the controller does not answer', async () => {
  controller(new TypeError('network'))
  startEditing('away', table(3, 1))
  await apply('away', { endpoints: table(3, 2).endpoints, over: 3 })
  expect(editingOf('away').value).toMatchObject({ busy: false, refusal: { field: '' } })
  expect(savedVersions.value['away']).toBeUndefined()
})

test('a draft holds changes as soon as it differs from its table, or cannot be read at all', () => {
  startEditing('fresh', table(3, 1))
  const fresh = editingOf('fresh').value
  if (fresh === undefined) throw new Error('it was just started')
  expect(holdsChanges(fresh)).toBe(false)
  const typed = (text: string) => ({ ...fresh, draft: { ...fresh.draft, content: { view: 'json' as const, text } } })
  expect(holdsChanges(typed(JSON.stringify(table(3, 1).endpoints)))).toBe(false)
  expect(holdsChanges(typed(JSON.stringify(table(3, 2).endpoints)))).toBe(true)
  expect(holdsChanges(typed('{'))).toBe(true)
})

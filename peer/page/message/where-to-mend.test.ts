import { expect, test } from 'vitest'
import { whereToMend } from './where-to-mend.ts'

const DASHBOARD = 'http://localhost:8000'
const leadsTo = (code: string) => whereToMend({ code, retryable: false }, DASHBOARD)?.href

test('a key that is missing or dead leads to the credentials, a model or an address that is wrong to the routes', () => {
  expect(leadsTo('wrong_key')).toBe(`${DASHBOARD}/#/credentials`)
  expect(leadsTo('unknown_model')).toBe(`${DASHBOARD}/#/proxies`)
})

test('what the dashboard cannot mend leads nowhere, nor does a word that nobody knows', () => {
  for (const code of ['overloaded', 'no_credit', 'constructor', '']) expect(leadsTo(code)).toBeUndefined()
  expect(whereToMend(undefined, DASHBOARD)).toBeUndefined()
  expect(whereToMend({ code: 'wrong_key', retryable: false }, undefined)).toBeUndefined()
})

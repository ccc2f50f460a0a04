/** The choice of automatic replies where not every one of them can be had. */
import { expect, onTestFinished, test } from 'vitest'
import { Me } from '../../shared/protocol/peer-api.ts'
import { Browser } from '../harness/browser.ts'
import { Fleet } from '../harness/fleet.ts'
import { persons } from '../harness/overlay.ts'
import { call } from '../harness/peer-client.ts'

test('a mode that is refused is said in words, and the list says again what is in force', async () => {
  const fleet = await Fleet.open({ config: config => ({ ...persons('alice')(config), routes: {} }) })
  onTestFinished(() => fleet[Symbol.asyncDispose]())
  await fleet.startAll('alice')
  await using browser = await Browser.open()
  const page = await browser.page(fleet.peer(0))
  const choice = page.getByRole('combobox', { name: 'Automatic replies' })
  await choice.selectOption('Away')
  await page.getByText('at most once a minute').waitFor()
  await choice.selectOption('AI assistant')
  await page.getByText('needs an AI: the configuration has none among its routes').waitFor()
  expect(await choice.inputValue()).toBe('away')
  expect(Me.parse((await call('GET', `${fleet.peer(0)}/api/me`)).body).mode).toBe('away')
})

/** A conversation with an AI in the page: what is known of an answer, commands, asking again. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { accessibilityViolations } from './axe.ts'
import { demonstrationInBrowser } from './demonstration.ts'

const { overlay, browser } = await demonstrationInBrowser()

const open = (name: string) => browser.page(`${overlay.peer(1)}/#/${name}`)
const composer = (page: Page, name: string) => page.getByRole('textbox', { name: `Message to ${name}` })
const answers = (page: Page) => page.locator('[data-testid=message].theirs:not(.growing)')
const END_IS_SHOWN =
  "[...document.querySelectorAll('.log')].every(log => log.scrollHeight - log.scrollTop - log.clientHeight < 40)"
const options = (page: Page) => page.getByTestId('completions').getByRole('option')

async function send(page: Page, name: string, text: string): Promise<void> {
  await composer(page, name).fill(text)
  await composer(page, name).press('Escape')
  await composer(page, name).press('Enter')
}

/** Resolves once the answer with that number is whole. */
async function answered(page: Page, number: number): Promise<void> {
  await browser.shows(answers(page).nth(number - 1))
}

test('the details of an answer tell the model, the tokens, the times and what of the conversation went along', async () => {
  const page = await open('ANTHROPIC')
  await send(page, 'ANTHROPIC', 'What is an overlay network?')
  await answered(page, 1)
  await send(page, 'ANTHROPIC', 'personality spanish')
  await answered(page, 2)
  await send(page, 'ANTHROPIC', 'And why would I want one?')
  await answered(page, 3)
  await answers(page).nth(2).getByText('Details').click()
  const details = await answers(page).nth(2).locator('dl').innerText()
  for (const fact of [/Model\s+claude/, /Tokens in\s+\d/, /Tokens out\s+\d/, /First piece after/, /Whole answer after/])
    expect(details).toMatch(fact)
  expect(details).toMatch(/Conversation\s+2 earlier turns went along, none was left out \(about \d+ tokens\)/)
  expect(details).toMatch(/Personality\s+spanish/)
  expect(await accessibilityViolations(page)).toEqual([])
  await page.close()
})

test('a slash in an empty composer lists the commands; arrows, Tab, Enter and Escape work, and axe finds nothing', async () => {
  const page = await open('GPT')
  const field = composer(page, 'GPT')
  await field.pressSequentially('/')
  await browser.shows(page.getByRole('listbox', { name: 'Commands' }))
  expect(await options(page).allInnerTexts()).toHaveLength(9)
  expect(await accessibilityViolations(page)).toEqual([])
  await field.press('ArrowUp')
  expect(await page.locator('[aria-selected=true]').innerText()).toContain('/model')
  await field.press('ArrowDown')
  await field.press('ArrowDown')
  expect(await field.getAttribute('aria-activedescendant')).toBe(
    await page.locator('[aria-selected=true]').getAttribute('id'),
  )
  await field.press('Escape')
  expect(await options(page).count()).toBe(0)
  expect(await field.inputValue()).toBe('/')
  await field.pressSequentially('ro')
  await field.press('Tab')
  expect(await field.inputValue()).toBe('/rotate')
  await field.press('Enter')
  await browser.shows(page.getByTestId('personality').filter({ hasText: 'happy' }))
  await field.pressSequentially('/personality s')
  await field.press('Enter')
  expect(await field.inputValue()).toBe('/personality spanish')
  await field.press('Enter')
  await browser.shows(page.getByTestId('personality').filter({ hasText: 'spanish' }))
  await page.reload()
  await browser.shows(page.getByTestId('personality').filter({ hasText: 'spanish' }))
  await send(page, 'GPT', 'personality none')
  await page.getByTestId('personality').waitFor({ state: 'detached' })
  await page.close()
})

test('a slash lists nothing in a conversation with a person', async () => {
  const page = await open('bob')
  await composer(page, 'bob').pressSequentially('/')
  expect(await options(page).count()).toBe(0)
  await composer(page, 'bob').fill('')
  await page.close()
})

test('an answer that was stopped is asked again: the part stays, and the new answer comes below', async () => {
  const page = await open('MISTRAL')
  await send(page, 'MISTRAL', 'Tell me a story. [[long 60]] [[slow]]')
  await browser.shows(page.locator('.growing [data-testid=bubble]').filter({ hasText: /\w+ \w+ \w+/ }))
  await page.getByRole('button', { name: 'Stop' }).click()
  await browser.shows(page.getByTestId('ending'))
  const part = await answers(page).first().getByTestId('bubble').innerText()
  await page.getByRole('button', { name: 'Ask again' }).click()
  await browser.shows(page.locator('.growing'))
  expect(await page.getByRole('button', { name: 'Ask again' }).count()).toBe(0)
  await page.getByRole('button', { name: 'Stop' }).click()
  await answered(page, 2)
  expect(await answers(page).first().getByTestId('bubble').innerText()).toBe(part)
  expect(await page.locator('[data-testid=message].mine').count()).toBe(1)
  expect(await page.getByRole('button', { name: 'Ask again' }).count()).toBe(1)
  await page.close()
})

test('an answer that breaks off keeps its part and says so; one that fails says why and can be tried again', async () => {
  const page = await open('GEMINI')
  await send(page, 'GEMINI', 'This one is cut. [[cut]]')
  await browser.shows(page.getByTestId('ending'))
  await browser.shows(page.getByRole('button', { name: /Ask again|Retry/ }).first())
  await send(page, 'GEMINI', 'This one fails. [[error 401]]')
  await browser.shows(page.locator('.failure'))
  expect(await page.locator('.failure').innerText()).toMatch(/key/i)
  await page.close()
})

test('an assistant grows its answer over the overlay, is stopped, asked again, and obeys its commands', async () => {
  const page = await open('BOT')
  await send(page, 'BOT', 'Tell me a story. [[long 60]] [[slow]]')
  await browser.shows(page.locator('.growing [data-testid=bubble]').filter({ hasText: /\w+ \w+ \w+/ }))
  await page.getByRole('button', { name: 'Stop' }).click()
  await browser.shows(page.getByTestId('ending'))
  await page.getByRole('button', { name: 'Ask again' }).click()
  await browser.shows(page.locator('.growing'))
  await page.getByRole('button', { name: 'Stop' }).click()
  await answered(page, 2)
  expect(await page.locator('[data-testid=message].mine').count()).toBe(2)
  await send(page, 'BOT', '/personality angry')
  await browser.shows(page.getByTestId('personality').filter({ hasText: 'angry' }))
  await page.close()
})

test('whoever sends from further up is brought to the end, where the answer comes', async () => {
  const page = await open('MISTRAL')
  await page.setViewportSize({ width: 900, height: 320 })
  await answered(page, 2)
  await page.locator('.log').hover()
  await page.mouse.wheel(0, -400)
  await browser.shows(page.getByRole('button', { name: /Jump to latest/ }))
  await send(page, 'MISTRAL', '/model')
  await answered(page, 3)
  await expect.poll(() => page.evaluate(END_IS_SHOWN)).toBe(true)
  await page.close()
})

test('no page complained on its console', () => {
  expect(browser.complaints).toEqual([])
})

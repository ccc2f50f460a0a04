/** 200 texts from people and AIs that try to run code in Chromium, or to make the page ask another server. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { Overlay } from '../harness/overlay.ts'
import { PeerClient } from '../harness/peer-client.ts'
import { addressOf } from './hostile-upstream.ts'
import { payloads } from './payloads.ts'
import { SpeakingUpstream, say } from './speaking-upstream.ts'
import { isFull, report } from './table.ts'
import { addRoutes, OURS } from './tables.ts'

let overlay: Overlay
beforeAll(async () => {
  overlay = await Overlay.start({ args: ['--demo', '--only', 'alice,bob'] })
})
afterAll(() => overlay?.[Symbol.asyncDispose]())

const owner = () => ({ controller: overlay.controller, peer: overlay.peer(1), name: 'alice' })

test.runIf(isFull)(
  'texts of people and AIs run nothing in the page, and make it ask nobody else',
  async () => {
    let hits = 0
    const canary = createServer((_, response) => {
      hits += 1
      response.end()
    })
    await once(canary.listen(0, '127.0.0.1'), 'listening')
    const texts = payloads(`http://127.0.0.1:${addressOf(canary).port}`)
    // Every fourth is one of its own kind; the full run takes all of them.
    let next = 0
    await using upstream = await SpeakingUpstream.open(({ kind }, response) =>
      say(kind, [`${texts[next] ?? ''}`, '\n\nsaid'], response),
    )
    await addRoutes(owner(), {
      H1: { kind: 'openai', baseUrl: upstream.baseUrl('openai'), model: 'm', ...OURS },
    })
    using bob = await PeerClient.connect(overlay.peer(2))
    using alice = await PeerClient.connect(overlay.peer(1))
    await using browser = await Browser.open()
    const page = await browser.page(`${overlay.peer(1)}/#/bob`)
    const own = new URL(overlay.peer(1)).origin
    const foreign: string[] = []
    page.on('request', request => {
      const { origin, protocol } = new URL(request.url())
      if (origin !== own && protocol !== 'data:' && protocol !== 'blob:') foreign.push(request.url())
    })
    page.on('dialog', dialog => void dialog.dismiss())
    let executions = 0
    const look = async () => {
      const bad: string[] = await page.evaluate(`(() => {
      const bad = globalThis.pwned === undefined ? [] : ['executed']
      delete globalThis.pwned
      for (const a of document.querySelectorAll('a[href]'))
        if (!['http:', 'https:', 'mailto:'].includes(a.protocol)) bad.push('link ' + a.protocol)
      for (const one of document.querySelectorAll('[data-testid=message] :is(script, iframe, object, embed, form, style, link, meta, base, video, audio), [data-testid=message] [onerror], [data-testid=message] [onload]'))
        bad.push(one.tagName)
      return bad
    })()`)
      executions += bad.length
      return bad
    }
    const problems: unknown[] = []
    for (const [index, text] of texts.entries()) {
      if (index % 2 === 0) {
        const id = await bob.send('alice', text)
        await alice.message(message => message.id === id)
      } else {
        next = index
        const id = await alice.send('H1', `question ${index}`)
        await alice.message(({ metadata }) => metadata.replyTo === id)
      }
      if (index % 10 !== 9 && index !== texts.length - 1) continue
      for (const name of ['bob', 'H1']) {
        await page.evaluate(`location.hash = '#/${name}'`)
        await browser.shows(page.getByRole('textbox', { name: `Message to ${name}` }))
        await browser.shows(page.getByTestId('message').last())
        // What would be asked for or run is: nothing that waits for idle time.
        await page.evaluate('new Promise(done => requestIdleCallback(() => setTimeout(done, 50)))')
        const bad = await look()
        if (bad.length > 0) problems.push([name, index, bad])
      }
    }
    canary.closeAllConnections()
    canary.close()
    report({
      attack: 'XSS and Markdown that leaks, from people and AIs, in Chromium',
      tried: texts.length,
      found: `${executions} executions, ${foreign.length + hits} off-origin requests`,
      held: executions + foreign.length + hits === 0,
    })
    expect(problems).toEqual([])
    expect(foreign).toEqual([])
    expect(hits).toBe(0)
    expect(page.url().startsWith(own)).toBe(true)
  },
  300_000,
)

/** Makes the code of a page throw while it draws, at a place that a test chooses; the product has no code for it. */
import type { Page } from 'playwright-core'

/**
 * Preact asks its options for a hook before it draws a component, and an object without one asks the prototype of all objects.
 * A place is what the nearest boundary around a component holds; effects are reached through what they call of the browser.
 */
const SCRIPT = `
  globalThis.thrown = { seen: {}, next: undefined, armed: undefined }
  addEventListener('hashchange', () => {
    thrown.armed = thrown.next
    thrown.next = undefined
  })
  const reach = (place, boundary) => {
    const { seen, armed } = thrown
    seen[place] = (seen[place] ?? 0) + 1
    if (armed === undefined || armed.place !== place || armed.after-- > 0) return
    thrown.armed = undefined
    thrown.boundary = boundary
    thrown.tell()
    throw new Error('thrown by the test')
  }
  const nameOf = ({ __: parent, props }) => {
    if (typeof parent?.props?.what === 'string') return parent.props.what
    const inside = props.children?.props ?? {}
    if ('opens' in inside) return 'message'
    if ('whole' in inside) return 'text of a message'
    if ('entry' in inside) return 'foot of a message'
    return 'person' in inside ? 'row' : 'announcer'
  }
  const isBoundary = vnode => typeof vnode?.props?.instead === 'function'
  Object.defineProperty(Object.prototype, '__r', {
    configurable: true,
    writable: true,
    value(vnode) {
      if (isBoundary(vnode)) return
      let around = vnode?.__
      while (around && !isBoundary(around)) around = around.__
      if (around) reach(nameOf(around), nameOf(around))
    },
  })
  const observe = IntersectionObserver.prototype.observe
  IntersectionObserver.prototype.observe = function (element) {
    reach('effect of the messages', 'The messages')
    return observe.call(this, element)
  }
  const match = globalThis.matchMedia
  globalThis.matchMedia = query => {
    if (query === '(hover: hover)') reach('effect of the composer', 'The place to write')
    return match(query)
  }
  const html = Object.getOwnPropertyDescriptor(Element.prototype, 'innerHTML')
  Object.defineProperty(Element.prototype, 'innerHTML', {
    ...html,
    set(text) {
      if (text !== '') reach('HTML of a message', 'text of a message')
      html.set.call(this, text)
    },
  })
`

export interface Arm {
  readonly place: string
  /** How many times the place is drawn before it throws. */
  readonly after: number
}

/** For one page, before it is loaded. */
export async function throwing(page: Page) {
  await page.addInitScript(SCRIPT)
  return {
    /** From the next change of the address on. */
    arm: (arm: Arm) =>
      page.evaluate(
        `void Object.assign(thrown, { next: ${JSON.stringify(arm)}, boundary: undefined, told: new Promise(tell => { thrown.tell = tell }) })`,
      ),
    /**
     * Resolves as soon as it has thrown, with what the nearest boundary holds; with undefined where all was drawn before the
     * place was drawn that often, which depends on how events come together. From then on it does not throw.
     */
    async hasThrown(drawn: Promise<void>): Promise<string | undefined> {
      await Promise.race([page.evaluate('thrown.told'), drawn.catch(() => undefined)])
      const boundary: unknown = await page.evaluate('thrown.armed = undefined, thrown.boundary')
      return typeof boundary === 'string' ? boundary : undefined
    },
    /** How many times each place was drawn during the work. */
    async seen(work: () => Promise<void>): Promise<ReadonlyMap<string, number>> {
      await page.evaluate('thrown.seen = {}')
      await work()
      const entries: [string, number][] = await page.evaluate('Object.entries(thrown.seen)')
      return new Map(entries)
    },
  }
}

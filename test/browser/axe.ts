/** Runs axe-core in a page. The page's own policy allows no foreign script, so it is evaluated, not loaded. */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'

const source = readFileSync(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

/** @returns a line for each violation: the rule and where it is broken */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  await page.evaluate(source)
  return page.evaluate(async () => {
    const axe: { run: () => Promise<{ violations: { id: string; nodes: { target: unknown }[] }[] }> } = Reflect.get(
      globalThis,
      'axe',
    )
    const { violations } = await axe.run()
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${String(target)}`))
  })
}

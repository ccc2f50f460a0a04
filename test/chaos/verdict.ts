/** The verdict over loads: what their people were answered, against what the recipients show in the end. */
import { expect } from 'vitest'
import { inFigures, judge, nothingWrong, together } from './checker.ts'
import { arrived, shownFrom } from './conversation.ts'
import type { Load } from './load.ts'

/** Longest wait until everything arrived once nothing is broken any more, in milliseconds. */
const SETTLED_MS = 90_000

/**
 * Once every load has ended and nothing is broken any more: waits until everything arrived, and judges. The loads are
 * all that was ever sent between their people, and none of it may have been refused for good.
 * @param peerOf the address of a person's peer
 * @returns the figures for a report
 */
export async function verdictOn(loads: readonly Load[], peerOf: (name: string) => string): Promise<string> {
  const pairs = new Map(loads.map(({ options: { from, to } }) => [`${from} ${to}`, { from, to }]))
  const verdicts = await Promise.all(
    [...pairs.values()].map(async ({ from, to }) => {
      await arrived(peerOf(from), to, SETTLED_MS)
      const theirs = loads.filter(({ options }) => options.from === from && options.to === to)
      return judge(
        theirs.flatMap(({ history }) => history),
        await shownFrom(peerOf(to), from),
      )
    }),
  )
  const verdict = together(verdicts)
  expect(verdict).toEqual(nothingWrong)
  expect(loads.flatMap(({ history }) => history.filter(({ outcome }) => outcome === 'failed'))).toEqual([])
  return inFigures(verdict)
}

/** How many messages were sent, whatever was answered. */
export const sentBy = (loads: readonly Load[]): number => loads.reduce((sum, { history }) => sum + history.length, 0)

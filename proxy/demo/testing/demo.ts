/** A demonstration provider for a test file: fast, on a free port, stopped at the end. */
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { DemoCall } from '../calls.ts'
import type { DemoOptions, DemoProvider } from '../server.ts'
import { startDemoProvider } from '../server.ts'

export type DemoUnderTest = {
  readonly provider: DemoProvider
  /** The calls of the running test. */
  readonly calls: readonly DemoCall[]
}

export function useDemo(options: Omit<DemoOptions, 'port' | 'onCall'> = {}): DemoUnderTest {
  let provider: DemoProvider | undefined
  const calls: DemoCall[] = []
  beforeAll(async () => {
    provider = await startDemoProvider({ pieceMs: 0, ...options, port: 0, onCall: call => calls.push(call) })
  })
  afterAll(() => provider?.[Symbol.asyncDispose]())
  beforeEach(() => {
    calls.length = 0
  })
  return {
    get provider() {
      if (provider === undefined) throw new Error('the demonstration provider is not started yet')
      return provider
    },
    calls,
  }
}

/** All items, in order. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** What a promise was rejected with. */
export const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('it was not rejected')
    },
    (error: unknown) => error,
  )

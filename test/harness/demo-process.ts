/** A demonstration provider in a process of its own, so that what a test does does not delay what the provider sees. */
import { fork } from 'node:child_process'
import { join } from 'node:path'
import * as z from 'zod'
import { Heard } from './heard.ts'

const DemoReport = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ready'),
    port: z.int(),
    baseUrls: z.object({ openai: z.string(), anthropic: z.string(), gemini: z.string(), mistral: z.string() }),
  }),
  z.object({ kind: z.literal('call'), call: z.int(), body: z.string() }),
  z.object({ kind: z.literal('heard'), word: z.int(), at: z.number() }),
  z.object({
    kind: z.literal('ended'),
    call: z.int(),
    how: z.enum(['complete', 'closed-early', 'broken']),
    at: z.number(),
  }),
])
export type DemoReport = z.infer<typeof DemoReport>
export type DemoEnd = Extract<DemoReport, { kind: 'ended' }>

/** Milliseconds since 1970 with fractions, the same in every process of the machine, as in {@link DemoEnd.at}. */
export const preciseNow = (): number => performance.timeOrigin + performance.now()

/** @param pieceMs mean pause before a piece, in milliseconds */
export async function startDemoProcess(pieceMs: number) {
  const child = fork(join(import.meta.dirname, 'demo-child.ts'), [String(pieceMs)], { execArgv: ['--import', 'tsx'] })
  const heard = new Heard<DemoReport>()
  child.on('message', message => heard.add(DemoReport.parse(message)))
  const gone = new Promise<never>((_, reject) =>
    child.once('exit', code => reject(new Error(`the provider ended with code ${code}`))),
  )
  gone.catch(() => undefined)
  const ready = await Promise.race([heard.first(report => report.kind === 'ready'), gone])
  if (ready.kind !== 'ready') throw new Error('unreachable')
  let words = 0
  const ended = new Map<number, Heard<DemoEnd>>()
  const endOf = (call: number): Heard<DemoEnd> => {
    const known = ended.get(call) ?? new Heard<DemoEnd>()
    ended.set(call, known)
    return known
  }
  child.on('message', message => {
    const report = DemoReport.parse(message)
    if (report.kind === 'ended') endOf(report.call).add(report)
  })
  return {
    port: ready.port,
    baseUrls: ready.baseUrls,
    calls: () => heard.all.filter(report => report.kind === 'call'),
    /** The number of the call in whose body a text is. */
    callWith: async (text: string): Promise<number> => {
      const found = await heard.first(report => report.kind === 'call' && report.body.includes(text))
      return found.kind === 'call' ? found.call : 0
    },
    end: (call: number): Promise<DemoEnd> => endOf(call).first(() => true),
    /** How long a word to the provider takes now, in milliseconds: what a machine that stands still adds to everything else. */
    stall: async (): Promise<number> => {
      const word = ++words
      const began = preciseNow()
      child.send(word)
      const found = await heard.first(report => report.kind === 'heard' && report.word === word)
      return found.kind === 'heard' ? found.at - began : 0
    },
    [Symbol.dispose]: () => {
      child.removeAllListeners()
      child.disconnect()
    },
  }
}
export type DemoProcess = Awaited<ReturnType<typeof startDemoProcess>>

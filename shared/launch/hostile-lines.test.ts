/** What others make a process log or print, as the launcher shows and keeps it: every record a line, nothing that steers. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { Child } from './child.ts'
import { Console } from './console.ts'

const LOG = join(import.meta.dirname, '..', 'process', 'log.ts')
const RUN = join(import.meta.dirname, '..', 'process', 'run.ts')
const FORGED = '{"level":"info","time":"2026-01-01T00:00:00.000Z","process":"controller","msg":"FORGED"}'
const HOSTILE = `x\u001b]52;c;Zm9v\u0007\u001b[2J\u009b1A\u202e\r\n${FORGED}\n12:00:00 startup FORGED\u2028${FORGED}\u2029${FORGED}\u0085end`
const STEERING = /[\p{Cc}\u2028-\u202e\u2066-\u206f]/u

/** Runs a program as the launcher does until it is ready. @returns the lines that a terminal shows and those of the log file */
async function written(program: string, { colours = false } = {}) {
  const folder = scratchFolder()
  const file = join(folder, 'child.mts')
  writeFileSync(
    file,
    `import { createLog } from ${JSON.stringify(LOG)}
    import { runProcess } from ${JSON.stringify(RUN)}
    const hostile = ${JSON.stringify(HOSTILE)}
    const log = createLog('proxy alice')
    ${program}`,
  )
  let shown = ''
  const write = vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    shown += String(text)
    return true
  })
  const name = 'proxy alice'
  const env = { ...process.env, NODE_OPTIONS: '--import tsx' }
  const child = new Child({ name, file, args: [], env }, new Console(folder, colours))
  onTestFinished(() => {
    child.kill()
    write.mockRestore()
  })
  await child.start()
  await child.stop(5_000)
  write.mockRestore()
  const kept = readFileSync(join(folder, 'proxy-alice.log'), 'utf8')
  return { shown: shown.trimEnd().split('\n'), kept: kept.trimEnd().split('\n') }
}

const READY = "process.send({ kind: 'ready' }); setInterval(() => {}, 1000)"

/** Where a proxy's log has words of others: each as its code logs them. */
const PLACES: readonly (readonly [what: string, call: string])[] = [
  ["a peer's reason", "log.warn({ to: 'bob', reason: hostile }, 'the message was refused')"],
  ["a route's model", "log.info({ route: 'claude', model: hostile }, 'question')"],
  ["an upstream's error", "log.error({ err: new Error(hostile) }, 'the call failed')"],
  ['a display name', 'log.info({ displayName: { [hostile]: [hostile] } }, hostile)'],
  ['a reason to end', 'log.fatal(hostile)'],
]

test('log lines with words of others are one line each, on the terminal and in the file', async () => {
  const { shown, kept } = await written(`${PLACES.map(([, call]) => call).join('\n')}\n${READY}`)
  expect([shown, kept].map(lines => lines.length)).toEqual([PLACES.length, PLACES.length])
  for (const line of [...shown, ...kept]) expect(line).not.toMatch(STEERING)
  for (const [index, [what]] of PLACES.entries()) {
    for (const lines of [shown, kept]) expect(lines[index], what).toMatch(/\\u001b\]52;c;Zm9v\\u0007.*\\u2028/)
    // What is kept says the same as what was logged.
    expect(JSON.stringify(JSON.parse(kept[index] ?? '')), what).toContain(JSON.stringify(HOSTILE).slice(1, -1))
  }
})

test('the colours of the launcher stay, and are its only ones', async () => {
  const { shown } = await written(`log.error({ err: new Error(hostile) }, 'the call failed'); ${READY}`, {
    colours: true,
  })
  expect(shown).toHaveLength(1)
  const [own = '', ...coloured] = (shown[0] ?? '').split('\u001b[')
  expect(own).toBe('')
  expect(coloured.map(text => text.slice(0, 3))).toEqual(['90m', '0m ', '36m', '0m ', '31m', '0m'])
  expect(coloured.join('')).not.toMatch(STEERING)
})

test('a trace with a forged record in its message is shown and kept as no record', async () => {
  const { shown, kept } = await written(`process.stderr.write(new Error(hostile).stack + '\\n'); ${READY}`)
  for (const line of [...shown, ...kept]) expect(line).not.toMatch(STEERING)
  expect(kept.every(line => line.startsWith('| '))).toBe(true)
  const forged = shown.filter(line => line.includes('FORGED'))
  expect(forged.length).toBeGreaterThan(1)
  for (const line of forged) expect(line).toMatch(/^\d\d:\d\d:\d\d proxy alice \| /)
})

test('what a package or a service prints with a forged record in it is one record of its own process', async () => {
  const { shown, kept } = await written(
    "await runProcess('service x', async () => { console.log(hostile); console.error('%s', hostile) })",
  )
  for (const line of [...shown, ...kept]) expect(line).not.toMatch(STEERING)
  const records = kept.map(line => JSON.parse(line))
  expect(records.filter(({ msg }) => msg === HOSTILE).map(({ level, process: from }) => [level, from])).toEqual([
    ['info', 'service x'],
    ['error', 'service x'],
  ])
  expect(records.some(({ msg }) => msg === 'FORGED')).toBe(false)
})

test('what a process says of its refusal is one line, and never a line of the log', async () => {
  const folder = scratchFolder()
  let shown = ''
  const write = vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    shown += String(text)
    return true
  })
  onTestFinished(() => write.mockRestore())
  const console = new Console(folder, false)
  console.introduce(HOSTILE)
  console.say(HOSTILE)
  console.line(HOSTILE.slice(0, 3), HOSTILE)
  write.mockRestore()
  expect(shown.trimEnd().split('\n')).toHaveLength(2)
  expect(shown.replaceAll('\n', '')).not.toMatch(STEERING)
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { lockData, lockPart, runningParts } from './lock.ts'

/** A process that looks like a launcher and holds a lock, until the test ends. */
async function launcherWith(file: string): Promise<number | undefined> {
  const launcher = spawn(process.execPath, ['-e', 'console.log("here"); setTimeout(() => {}, 60_000)', 'startup.ts'])
  onTestFinished(() => void launcher.kill('SIGKILL'))
  // Before it runs, the system does not know its command line.
  await once(launcher.stdout, 'data')
  writeFileSync(file, String(launcher.pid))
  return launcher.pid
}

test('parts of an overlay share a data folder with each other, not with themselves or a whole overlay', async () => {
  const data = join(scratchFolder(), 'data')
  using _bob = lockPart(data, 'proxy bob')
  const pid = await launcherWith(join(data, 'proxy-my-name.part.pid'))
  expect(() => lockPart(data, 'proxy My-Name')).toThrow(
    `Cannot start proxy My-Name: proxy My-Name with the data in ${data} is running already (process ${pid})`,
  )
  for (const what of ['start', 'restore'])
    expect(() => lockData(data, { what })).toThrow(`Cannot ${what}: proxy my-name with the data in ${data} is running`)
  expect(runningParts(data)).toEqual([{ part: 'proxy my-name', pid }])
  using _alice = lockPart(data, 'peer my-name')
  const whole = await launcherWith(join(data, 'overlay.pid'))
  expect(() => lockPart(data, 'controller')).toThrow(
    `Cannot start controller: an overlay with the data in ${data} is running already (process ${whole})`,
  )
  expect(readdirSync(data).sort()).toEqual([
    'overlay.pid',
    'peer-my-name.part.pid',
    'proxy-bob.part.pid',
    'proxy-my-name.part.pid',
  ])
})

/** A process that is called as a launcher is, and locks one folder after the other as soon as its input says so. */
function lockerOf(folders: readonly string[]) {
  const script = `
    import { lockData } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))}
    console.log('here')
    process.stdin.once('data', () => {
      for (const data of ${JSON.stringify(folders)})
        try { lockData(data); console.log('locked') } catch (error) { console.log(error.message) }
    })`
  const args = ['--import', 'tsx', '--input-type=module', '-e', script, 'startup.ts']
  const locker = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void locker.kill('SIGKILL'))
  const lines = createInterface({ input: locker.stdout })[Symbol.asyncIterator]()
  const nextLine = async (): Promise<string> => String((await lines.next()).value)
  return { nextLine, go: () => locker.stdin.write('go') }
}

test('of launchers that start at once one has the data, also where a launcher was killed before', async () => {
  const scratch = scratchFolder()
  const folders = Array.from({ length: 6 }, (_, index) => join(scratch, String(index)))
  const lockers = Array.from({ length: 4 }, () => lockerOf(folders))
  expect(await Promise.all(lockers.map(({ nextLine }) => nextLine()))).toEqual(lockers.map(() => 'here'))
  for (const data of folders) {
    mkdirSync(data)
    // The number of the one that was killed belongs to this test now.
    writeFileSync(join(data, 'overlay.pid'), String(process.pid))
  }
  for (const { go } of lockers) go()
  for (const data of folders) {
    const said = await Promise.all(lockers.map(({ nextLine }) => nextLine()))
    expect(said.filter(line => line === 'locked')).toHaveLength(1)
    expect(said.filter(line => line.startsWith(`Cannot start: an overlay with the data in ${data} `))).toHaveLength(3)
  }
  expect(folders.map(data => readdirSync(data))).toEqual(folders.map(() => ['overlay.pid']))
}, 60_000)

import { spawn } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { scratchFolder } from '../../test/harness/scratch.ts'
import { lockData, lockPart, runningParts } from './lock.ts'

/** A process that looks like a launcher and holds a lock, until the test ends. */
function launcherWith(file: string): number | undefined {
  const launcher = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)', 'startup.ts'])
  onTestFinished(() => void launcher.kill('SIGKILL'))
  writeFileSync(file, String(launcher.pid))
  return launcher.pid
}

test('parts of an overlay share a data folder with each other, not with themselves or a whole overlay', () => {
  const data = join(scratchFolder(), 'data')
  using _bob = lockPart(data, 'proxy bob')
  const pid = launcherWith(join(data, 'proxy-my-name.part.pid'))
  expect(() => lockPart(data, 'proxy My-Name')).toThrow(
    `Cannot start proxy My-Name: proxy My-Name with the data in ${data} is running already (process ${pid})`,
  )
  for (const what of ['start', 'restore'])
    expect(() => lockData(data, { what })).toThrow(`Cannot ${what}: proxy my-name with the data in ${data} is running`)
  expect(runningParts(data)).toEqual([{ part: 'proxy my-name', pid }])
  using _alice = lockPart(data, 'peer my-name')
  const whole = launcherWith(join(data, 'overlay.pid'))
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

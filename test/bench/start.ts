/** Starting everything, and the memory it takes when it is up. */
import { Overlay } from '../harness/overlay.ts'
import type { Scenario } from './figure.ts'
import { memoryOf } from './memory.ts'

export const start: Scenario = {
  name: 'start',
  about: 'until everything is ready, and what it takes in memory then',
  runs: 3,
  run: async () => {
    const began = performance.now()
    await using overlay = await Overlay.start()
    const seconds = (performance.now() - began) / 1_000
    const memory = memoryOf([...overlay.processes().values(), overlay.launcherPid])
    const launcher = memoryOf([overlay.launcherPid])
    return [
      { name: 'start until everything is ready', measured: seconds, unit: 's', aim: { atMost: 4 } },
      {
        name: 'resident memory, sum of RSS with the launcher',
        measured: memory.rss,
        unit: 'MB',
        aim: { atMost: 700 },
      },
      { name: '  of it the launcher', measured: launcher.rss, unit: 'MB' },
      { name: '  the same, shared pages counted once (PSS)', measured: memory.pss ?? Number.NaN, unit: 'MB' },
    ]
  },
}

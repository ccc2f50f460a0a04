/**
 * Loaded into every process of a test (`NODE_OPTIONS=--import …`) before anything else: tells, on a port of its own, what the
 * prototypes that all objects share hold beyond what they held at the start, and how long the process once stood still. Then it
 * collects its garbage, and tells what is left.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread } from 'node:worker_threads'

const shared = { Object, Array, Function, String, Number, Promise, RegExp, Error }
const keys = () =>
  Object.entries(shared).flatMap(([name, { prototype }]) =>
    Reflect.ownKeys(prototype).map(key => `${name}.prototype.${String(key)}`),
  )
const pristine = new Set(keys())

const folder = process.env.OVERLAY_WATCH
if (isMainThread && folder !== undefined) {
  const file = join(folder, `${process.pid}.port`)
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc')
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  const server = createServer(socket => {
    socket.on('error', () => {})
    const added = keys().filter(key => !pristine.has(key))
    const condition = { added, stoodStillMs: delay.max / 1e6 }
    collect()
    delay.reset()
    const { heapUsed, external } = process.memoryUsage()
    socket.end(JSON.stringify({ ...condition, keptMb: (heapUsed + external) / 1e6 }))
  })
  server.listen(0, '127.0.0.1', () => writeFileSync(file, String(server.address().port)))
  server.unref()
  process.once('exit', () => rmSync(file, { force: true }))
}

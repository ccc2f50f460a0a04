/** The demonstration provider as a process of a test: tells its parent of each call, and when and how that ended. */
import { startDemoProvider } from '../../proxy/demo/server.ts'
import type { DemoReport } from './demo-process.ts'

const tell = (report: DemoReport) => process.send?.(report)

let calls = 0
const { port, baseUrls } = await startDemoProvider({
  port: 0,
  pieceMs: Number(process.argv[2]),
  onCall: ({ body, outcome }) => {
    const call = ++calls
    tell({ kind: 'call', call, body: JSON.stringify(body) })
    void outcome.then(how => tell({ kind: 'ended', call, how, at: performance.timeOrigin + performance.now() }))
  },
})
process.on('message', word =>
  tell({ kind: 'heard', word: Number(word), at: performance.timeOrigin + performance.now() }),
)
tell({ kind: 'ready', port, baseUrls })
process.once('disconnect', () => process.exit(0))

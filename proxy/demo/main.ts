/** The demonstration provider's process: `main.ts --port 9000`. */
import { parseArgs } from 'node:util'
import { runProcess } from '../../shared/process/run.ts'
import { startDemoProvider } from './server.ts'

const { values } = parseArgs({ options: { port: { type: 'string', default: '9000' } } })

await runProcess('demo', async ({ started }) => {
  started.add(await startDemoProvider({ port: Number(values.port) }))
})

/** `import-main.ts NAME FILE`: reads a chat history of the Python overlay into a peer that does not run, then ends. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import * as z from 'zod'
import { loadOverlay } from '../config/changed-persons.ts'
import { findInstance } from '../config/find-instance.ts'
import { fileProblem } from '../shared/process/file-problem.ts'
import { stateFolder } from '../shared/process/process-args.ts'
import { complain, say, wordsOf } from '../shared/process/say.ts'
import { EXIT_REFUSED, StartError, StartFailedError } from '../shared/process/start-error.ts'
import { openStore } from '../shared/process/store.ts'
import { StorageFailedError } from '../shared/process/store-failure.ts'
import { messagesOf } from './import/imported.ts'
import { importInto } from './import/into-history.ts'
import { documentsOf, readHistory } from './import/python-history.ts'
import { summaryOf } from './import/summary.ts'
import { migrations } from './migrations.ts'

const Arguments = z.object({ name: z.string(), file: z.string(), config: z.string(), data: z.string() })

async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { config: { type: 'string' }, data: { type: 'string' } },
  })
  const [wanted, given] = positionals
  const { name, file, data, ...more } = Arguments.parse({ ...values, name: wanted, file: given })
  const config = loadOverlay({ data, ...more })
  const owner = findInstance(config, name).name
  const content = readHistory(file)
  say(`reading ${file} (${(statSync(file).size / 1024 / 1024).toFixed(1)} MB)`)
  const known = [...config.instances.map(instance => instance.name), ...Object.keys(config.routes)]
  const { messages, notes } = messagesOf(documentsOf(content, file), { file, owner, known })
  const store = openStore({ path: join(stateFolder(data, owner), 'peer.db'), migrations })
  try {
    for (const line of summaryOf(owner, await importInto(store, messages, say), notes)) say(line)
  } finally {
    store.close()
  }
}

try {
  await run(process.argv.slice(2))
} catch (thrown) {
  const error = fileProblem(thrown) ?? thrown
  const isNamed =
    error instanceof StartError || error instanceof StartFailedError || error instanceof StorageFailedError
  complain(wordsOf(error, isNamed))
  process.exitCode = error instanceof StartError ? EXIT_REFUSED : 1
}

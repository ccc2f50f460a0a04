/** The program that checks a store's file beside its process: `PATH KIND`. It prints `ok`, or what is wrong first. */
import { setPriority } from 'node:os'
import { DatabaseSync } from '@photostructure/sqlite'
import { errorText } from '../protocol/errors.ts'
import { DataFileError } from './start-error.ts'
import { CheckKind, integrityProblem } from './store-check.ts'
import { namedFailure } from './store-failure.ts'

/** Whoever serves goes first. */
setPriority(10)
const [path = '', kind] = process.argv.slice(2)
try {
  const database = new DatabaseSync(path, { readOnly: true })
  process.stdout.write(integrityProblem(database, CheckKind.parse(kind)) ?? 'ok')
  database.close()
} catch (error) {
  if (!(namedFailure(error, { path, verb: 'read' }) instanceof DataFileError)) throw error
  process.stdout.write(errorText(error))
}

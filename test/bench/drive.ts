/** Makes a load in another process, so that what is measured does not share its turns with what measures. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { LoadJob, LoadResult } from './load-job.ts'

/** A load that has not ended after this long is given up, in milliseconds. */
const DEADLINE_MS = 180_000

/** @throws {Error} when a message was not accepted, or not all were shown in time */
export async function drive(job: LoadJob): Promise<LoadResult> {
  const args = ['--import', 'tsx', join(import.meta.dirname, 'load.ts'), JSON.stringify(LoadJob.parse(job))]
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    timeout: DEADLINE_MS,
    maxBuffer: 64 * 1024 * 1024,
  })
  return LoadResult.parse(JSON.parse(stdout))
}

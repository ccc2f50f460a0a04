/** Small files of the program's own: readable by their owner only, and never half of one. */
import { renameSync, rmSync, writeFileSync } from 'node:fs'

/** It has its name once its content is on disk. */
export function writeWholeJson(file: string, content: object): void {
  const written = `${file}.tmp`
  rmSync(written, { force: true })
  writeFileSync(written, `${JSON.stringify(content)}\n`, { mode: 0o600, flush: true })
  renameSync(written, file)
}

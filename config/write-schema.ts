/** Writes `config/overlay.schema.json` from the schema that validates the configuration: `npm run schema`. */
import { writeFileSync } from 'node:fs'
import * as z from 'zod'
import { Config } from './config.ts'

export const configSchemaText = (): string => `${JSON.stringify(z.toJSONSchema(Config, { io: 'input' }), null, 2)}\n`

if (process.argv[1] === import.meta.filename)
  writeFileSync(new URL('overlay.schema.json', import.meta.url), configSchemaText())

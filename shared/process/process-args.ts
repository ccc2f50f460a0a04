/** The command line that every process of the overlay takes: `NAME --config FILE --data DIR --port-base N [--demo]`. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import * as z from 'zod'

const Arguments = z.object({
  config: z.string(),
  data: z.string(),
  pages: z.string().default(''),
  portBase: z.coerce.number().int(),
  demo: z.boolean().default(false),
})
export type ProcessArguments = z.infer<typeof Arguments> & { readonly name: string }

export function readProcessArguments(args: readonly string[]): ProcessArguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      config: { type: 'string' },
      data: { type: 'string' },
      pages: { type: 'string' },
      'port-base': { type: 'string' },
      demo: { type: 'boolean' },
    },
  })
  return { ...Arguments.parse({ ...values, portBase: values['port-base'] }), name: positionals[0] ?? '' }
}

/** Each instance keeps its state in a folder of its own. */
export const stateFolder = (data: string, name: string): string => join(data, name.toLowerCase())

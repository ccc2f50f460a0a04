/** A chat history of the Python overlay: a TinyDB file, which is JSON of tables of numbered documents. */
import * as z from 'zod'
import { HANDED_OVER } from '../../shared/process/open-file.ts'
import { readText } from '../../shared/process/read-text.ts'
import { StartError } from '../../shared/process/start-error.ts'
import { errorCode, errorText, firstIssue } from '../../shared/protocol/errors.ts'
import { instantOf } from './python-time.ts'

const text = z.string('must be a text')

/** What the Python programs wrote; what else stands in a document is of no use here. */
const Document = z.object({
  peer_id: text,
  sender: text,
  message: text,
  status: text.nullish(),
  timestamp: z
    .union([z.string(), z.number()], 'must be a text or a number')
    .refine(
      value => instantOf(value) !== undefined,
      'must be a time such as 2025-03-01T12:30:00, or seconds since 1970',
    ),
  auto_reply: z.literal([true, false, 0, 1], 'must be true or false').nullish(),
})
export type Document = z.infer<typeof Document>

/** A document, and where it stands in the file, in words. */
export type Placed = { readonly where: string; readonly document: Document }

const Tables = z.record(
  z.string(),
  z.record(z.string(), z.unknown(), 'must be a table of numbered documents'),
  'must be tables by their names, as TinyDB writes them',
)

/** Words itself: which file cannot be imported, where, why. Nothing was written when it is thrown. */
export class ImportError extends StartError {
  constructor(file: string, detail: string) {
    super(`Cannot import ${file}: ${detail}. Nothing was imported.`)
  }
}

/** @throws {ImportError} when there is no such file, it cannot be read, or it is not UTF-8 */
export function readHistory(file: string): string {
  try {
    return readText(file, HANDED_OVER)
  } catch (error) {
    const code = errorCode(error)
    throw new ImportError(file, code === 'ENOENT' ? 'there is no such file' : errorText(error))
  }
}

/** All documents of all tables, in the order in which they were written. @throws {ImportError} naming the document and the field */
export function documentsOf(content: string, file: string): Placed[] {
  const refuse = (where: string, error: z.ZodError) => {
    const { field, detail } = firstIssue(error)
    return new ImportError(file, [where, `${field} ${detail}`.trim()].filter(part => part !== '').join(': '))
  }
  const tables = Tables.safeParse(parse(content, file))
  if (!tables.success) throw refuse('', tables.error)
  return Object.entries(tables.data).flatMap(([table, documents]) =>
    Object.entries(documents).map(([number, found]) => {
      const where = `document ${number}${table === '_default' ? '' : ` of the table ${table}`}`
      const document = Document.safeParse(found)
      if (!document.success) throw refuse(where, document.error)
      return { where, document: document.data }
    }),
  )
}

/** TinyDB leaves a file empty until something is written. */
function parse(content: string, file: string): unknown {
  try {
    return content.trim() === '' ? {} : JSON.parse(content)
  } catch (error) {
    throw new ImportError(file, `it is not JSON (${errorText(error)})`)
  }
}

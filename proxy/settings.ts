/** The lasting values of a proxy's store. */
import { v4 as uuidv4 } from 'uuid'
import * as z from 'zod'
import type { Store } from '../shared/process/store.ts'

const Row = z.object({ value: z.uuid() })

/** Names this disk for life: made once. A peer's position in the events of another disk means nothing here. */
export async function readStoreId(store: Store): Promise<string> {
  await store.write(() => store.run("INSERT INTO setting VALUES ('store', ?) ON CONFLICT (name) DO NOTHING", uuidv4()))
  return z.uuid().parse(store.get(Row, "SELECT value FROM setting WHERE name = 'store'")?.value)
}

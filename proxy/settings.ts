/** The few lasting values of a proxy's store. */
import { v4 as uuidv4 } from 'uuid'
import * as z from 'zod'
import type { Store } from '../shared/process/store.ts'

const Row = z.object({ value: z.uuid() })

/** `storeId` names this disk for life; `stream` names the numbering of its outgoing messages. Both are made once. */
export async function readIdentity(store: Store): Promise<{ storeId: string; stream: string }> {
  const read = (name: string) => store.get(Row, 'SELECT value FROM setting WHERE name = ?', name)?.value
  await store.write(() => {
    for (const name of ['store', 'stream']) store.run('INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO NOTHING', name, uuidv4())
  })
  return { storeId: z.uuid().parse(read('store')), stream: z.uuid().parse(read('stream')) }
}

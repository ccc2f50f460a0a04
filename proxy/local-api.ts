/** The proxy's local side: its own peer, and programs on the same machine. */

import * as z from 'zod'
import type { Api } from '../shared/process/api.ts'
import { failpoint } from '../shared/process/failpoint.ts'
import type { Store } from '../shared/process/store.ts'
import { Count } from '../shared/protocol/bounds.ts'
import { NotFoundError, NotReadyError, OverlayError } from '../shared/protocol/errors.ts'
import {
  Accepted,
  CommandUsages,
  CursorAcknowledgement,
  PeerList,
  ReadMark,
  SignalSubmission,
  StopReason,
  Submission,
  SubmissionBatch,
  SubmissionResults,
} from '../shared/protocol/local.ts'
import { MessageId } from '../shared/protocol/message.ts'
import type { Carrier } from './carrier.ts'
import type { Identity } from './identity.ts'
import type { Inbox } from './inbox.ts'
import type { PeerLink } from './peer-link.ts'
import type { Peers } from './peers.ts'

class OtherStoreError extends OverlayError {
  readonly code = 'other_store'
  readonly status = 409
  override readonly retryable = true
}

const Done = z.object({ ok: z.literal(true) })
const Attachment = z.object({
  reader: z.uuid().describe('what the peer opens its event stream as: a stream under the one before is closed'),
  after: Count.default(0),
  store: z.uuid().optional().describe('the disk that `after` is a cursor of'),
  commands: CommandUsages.optional().describe('what the peer can be told if it is a service'),
})
const Listening = z.object({
  after: z.coerce.number().pipe(Count).default(0),
  store: z.uuid().optional(),
  reader: z.uuid().optional().describe('of the peer that took its place with `POST /attach`'),
})

export type LocalParts = {
  readonly carrier: Carrier
  readonly inbox: Inbox
  readonly link: PeerLink
  readonly peers: Peers
  readonly store: Store
  readonly identity: Identity
  readonly isReady: () => boolean
}

export function addLocalApi(api: Api, { carrier, inbox, link, peers, store, identity, isReady }: LocalParts): void {
  const requireTable = () => {
    if (!isReady())
      throw new NotReadyError(
        'Cannot send yet: this proxy has no routing table. It gets one as soon as the controller is reachable.',
      )
  }
  api.route(
    { method: 'get', path: '/peers', summary: 'Who is in the routing table', answers: { 200: PeerList } },
    ({ c }) => c.json(peers.list()),
  )
  api.route(
    { method: 'post', path: '/messages', summary: 'Send a message', body: Submission, answers: { 202: Accepted } },
    async ({ body, c }) => {
      requireTable()
      return c.json(await carrier.submit(body), 202)
    },
  )
  api.route(
    {
      method: 'post',
      path: '/messages/batch',
      summary: 'Send several',
      body: SubmissionBatch,
      answers: { 202: SubmissionResults },
    },
    async ({ body, c }) => {
      requireTable()
      if (body.store !== undefined && body.store !== identity.id)
        throw new OtherStoreError(
          'Cannot take these messages: this proxy has another disk since its peer last heard of it.',
        )
      return c.json({ results: await carrier.submitAll(body.messages) }, 202)
    },
  )
  api.route(
    {
      method: 'delete',
      path: '/messages/:id',
      summary: 'Take back or stop',
      params: z.object({ id: MessageId }),
      query: z.object({ why: StopReason.optional() }),
      answers: { 204: null },
    },
    async ({ params, query, c }) => {
      if (!(await carrier.cancel(params.id, query.why)))
        throw new NotFoundError(
          `Cannot stop ${params.id}: nothing with this id is under way. It was delivered, has ended, or never was.`,
        )
      return c.body(null, 204)
    },
  )
  api.route(
    {
      method: 'post',
      path: '/attach',
      summary: 'The own peer takes its place',
      body: Attachment,
      answers: { 200: Done },
    },
    async ({ body, c }) => {
      // The peer has events that this store never had: it was put back to an earlier state.
      if (body.store === identity.id && body.after > inbox.cursors.given) {
        await identity.renew()
        link.closeAll()
      }
      link.attach(body)
      return c.json({ ok: true })
    },
  )
  api.route(
    { method: 'get', path: '/events', summary: 'What arrives', query: Listening, answers: { 200: null } },
    ({ query: { store, after, reader }, c }) => link.open(c, { after: store === identity.id ? after : 0, reader }),
  )
  api.route(
    {
      method: 'post',
      path: '/events/acknowledge',
      summary: 'Everything up to the cursor is kept',
      body: CursorAcknowledgement,
      answers: { 200: Done },
    },
    async ({ body, c }) => {
      for (let more = body.store === identity.id; more; ) {
        const forgotten = await store.note(() => inbox.acknowledge(body.cursor))
        failpoint('proxy: after events are forgotten')
        for (const name of forgotten.sources) carrier.newsFor(name)
        more = forgotten.more
      }
      return c.json({ ok: true })
    },
  )
  api.route(
    { method: 'post', path: '/read', summary: 'Read up to a message', body: ReadMark, answers: { 200: Done } },
    async ({ body, c }) => {
      await store.note(() => inbox.sources.noteRead(body.sender, body.placement))
      carrier.newsFor(body.sender)
      return c.json({ ok: true })
    },
  )
  api.route(
    { method: 'post', path: '/signals', summary: 'Typing, or a piece', body: SignalSubmission, answers: { 202: Done } },
    ({ body, c }) => {
      carrier.signalTo(body.destination, body.signal)
      return c.json({ ok: true }, 202)
    },
  )
}

/** The public contract of a peer over HTTP. */
import * as z from 'zod'
import type { Api } from '../shared/process/api.ts'
import { MessageId } from '../shared/protocol/message.ts'
import { PeerName } from '../shared/protocol/names.ts'
import {
  Commands,
  Conversations,
  HistoryPage,
  HistoryQuery,
  Links,
  Me,
  MeChange,
  MessageAccepted,
  NewMessage,
  Peers,
  SearchHits,
  SearchQuery,
} from '../shared/protocol/peer-api.ts'
import type { Chat } from './chat.ts'
import type { Desk } from './desk.ts'
import { LookingBack } from './looking-back.ts'
import { addNews } from './news-api.ts'
import type { Talks } from './talks.ts'

const ByPeer = z.object({ peer: PeerName })
const ById = z.object({ id: MessageId })
const CONVERSATION = '/api/conversations/:peer'

export type PeerApiParts = {
  readonly desk: Desk
  readonly chat: Chat
  readonly talks: Pick<Talks, 'chosenIn' | 'commands'>
  readonly dashboard: string
  readonly typing: (peer: string) => void
}

export function addPeerApi(api: Api, parts: PeerApiParts): void {
  const past = new LookingBack(parts.desk, parts.talks)
  addSelf(api, parts)
  addNews(api, parts.desk, past)
  addConversations(api, parts, past)
  addMessages(api, parts, past)
}

function addSelf(api: Api, { desk, chat, talks, dashboard }: PeerApiParts): void {
  api.route({ method: 'get', path: '/api/me', summary: 'Who this peer is', answers: { 200: Me } }, ({ c }) =>
    c.json(desk.me),
  )
  api.route(
    { method: 'put', path: '/api/me', summary: 'Choose how it answers', body: MeChange, answers: { 200: Me } },
    async ({ body, c }) => {
      await chat.setMode(body.mode)
      return c.json(desk.me)
    },
  )
  api.route(
    { method: 'get', path: '/api/links', summary: 'Where the dashboard is', answers: { 200: Links } },
    ({ c }) => {
      const { proxy: connected, ...rest } = desk.connection
      return c.json({ dashboard, connected, ...rest })
    },
  )
  api.route({ method: 'get', path: '/api/peers', summary: 'Whom it can talk to', answers: { 200: Peers } }, ({ c }) =>
    c.json(desk.peers()),
  )
  api.route(
    { method: 'get', path: '/api/commands', summary: 'What an AI can be told to do', answers: { 200: Commands } },
    ({ c }) => c.json(talks.commands),
  )
}

function addConversations(api: Api, { desk, chat, typing }: PeerApiParts, past: LookingBack): void {
  api.route(
    { method: 'get', path: '/api/conversations', summary: 'One row a conversation', answers: { 200: Conversations } },
    ({ c }) => c.json(past.conversations()),
  )
  api.route(
    { method: 'delete', path: '/api/conversations', summary: 'Clear all', answers: { 204: null } },
    async ({ c }) => {
      await chat.clearAll()
      return c.body(null, 204)
    },
  )
  api.route(
    { method: 'delete', path: CONVERSATION, summary: 'Clear one', params: ByPeer, answers: { 204: null } },
    async ({ params, c }) => {
      await chat.clear(params.peer)
      return c.body(null, 204)
    },
  )
  api.route(
    { method: 'post', path: `${CONVERSATION}/read`, summary: 'Mark it read', params: ByPeer, answers: { 204: null } },
    async ({ params, c }) => {
      await chat.markRead(params.peer)
      return c.body(null, 204)
    },
  )
  api.route(
    {
      method: 'post',
      path: `${CONVERSATION}/typing`,
      summary: 'The person types',
      params: ByPeer,
      answers: { 204: null },
    },
    ({ params, c }) => {
      typing(desk.requirePeer(params.peer).name)
      return c.body(null, 204)
    },
  )
}

function addMessages(api: Api, { chat }: PeerApiParts, past: LookingBack): void {
  const path = `${CONVERSATION}/messages`
  api.route(
    {
      method: 'get',
      path,
      summary: 'A page of history',
      params: ByPeer,
      query: HistoryQuery,
      answers: { 200: HistoryPage },
    },
    ({ params, query, c }) => c.json(past.page(params.peer, query)),
  )
  api.route(
    {
      method: 'post',
      path,
      summary: 'Send a message',
      params: ByPeer,
      body: NewMessage,
      answers: { 202: MessageAccepted },
    },
    async ({ params, body, c }) => c.json(await chat.send(params.peer, body), 202),
  )
  api.route(
    {
      method: 'post',
      path: '/api/messages/:id/cancel',
      summary: 'Stop an answer, take a message back',
      params: ById,
      answers: { 202: MessageAccepted },
    },
    async ({ params, c }) => c.json(await chat.cancel(params.id), 202),
  )
  api.route(
    {
      method: 'post',
      path: '/api/messages/:id/retry',
      summary: 'Send a failed one again, ask an AI again',
      params: ById,
      answers: { 202: MessageAccepted },
    },
    async ({ params, c }) => c.json(await chat.retry(params.id), 202),
  )
  api.route(
    {
      method: 'get',
      path: '/api/search',
      summary: 'Full-text search',
      query: SearchQuery,
      answers: { 200: SearchHits },
    },
    async ({ query, c }) => c.json(await past.search(query.q, query.limit)),
  )
}

/** What the dashboard and other programs ask of the controller: proxies, their tables, credentials, news. */
import type { Context } from 'hono'
import * as z from 'zod'
import type { Api } from '../shared/process/api.ts'
import { addNewsRoutes } from '../shared/process/news-routes.ts'
import {
  CredentialChange,
  CredentialView,
  CredentialViews,
  ProxyViews,
  Rollback,
  TableChange,
  TableHistory,
  type TableVersion,
  TableView,
} from '../shared/protocol/control.ts'
import { PeerName } from '../shared/protocol/names.ts'
import { CredentialId } from '../shared/protocol/route.ts'
import { credentialViews } from './credentials.ts'
import { VersionRequiredError } from './errors.ts'
import type { Hub } from './hub.ts'
import type { Presence } from './presence.ts'
import type { Store } from './store.ts'

const Name = z.object({ name: PeerName })
const Id = z.object({ id: CredentialId })

type Parts = { readonly store: Store; readonly hub: Hub; readonly presence: Presence }

export function addDashboardApi(api: Api, parts: Parts): void {
  addProxies(api, parts)
  addTables(api, parts)
  addCredentials(api, parts)
  addNewsRoutes(api, {
    summary: 'News for the dashboard',
    open: c => parts.hub.openDashboard(c),
    present: () => parts.hub.present(),
  })
}

function addProxies(api: Api, { store, hub, presence }: Parts): void {
  api.route(
    { method: 'get', path: '/api/proxies', summary: 'Every proxy and how it is', answers: { 200: ProxyViews } },
    ({ c }) => c.json(hub.views()),
  )
  api.route(
    {
      method: 'delete',
      path: '/api/proxies/:name',
      summary: 'Forget a proxy until it registers again',
      params: Name,
      answers: { 204: null },
    },
    async ({ params, c }) => {
      await store.forget(params.name)
      presence.forget(params.name)
      hub.closeRoutes(params.name)
      return c.body(null, 204)
    },
  )
}

function addTables(api: Api, { store, presence }: Parts): void {
  const answer = (c: Context, { version, endpoints }: TableVersion) => {
    c.header('etag', `"${version}"`)
    return c.json({ version, endpoints })
  }
  const path = '/api/proxies/:name/endpoints'
  api.route(
    { method: 'get', path, summary: 'The table of one proxy', params: Name, answers: { 200: TableView } },
    ({ params, c }) => answer(c, store.table(params.name)),
  )
  api.route(
    {
      method: 'put',
      path,
      summary: 'Replace the table of one proxy',
      headers: { 'if-match': 'the ETag of the version that was read; 428 without it' },
      params: Name,
      body: TableChange,
      answers: { 200: TableView },
    },
    async ({ params, body, c }) => {
      store.table(params.name)
      const ifMatch = c.req
        .header('if-match')
        ?.trim()
        .replace(/^(?:W\/)?"(.*)"$/, '$1')
      if (ifMatch === undefined) throw new VersionRequiredError()
      const above = presence.applied(params.name) ?? 0
      const edit = { endpoints: body.endpoints, author: 'dashboard', ifMatch, above }
      return answer(c, await store.saveTable(params.name, edit))
    },
  )
  api.route(
    {
      method: 'get',
      path: `${path}/history`,
      summary: 'The last versions, newest first',
      params: Name,
      answers: { 200: TableHistory },
    },
    ({ params, c }) => c.json(store.history(params.name)),
  )
  api.route(
    {
      method: 'post',
      path: `${path}/rollback`,
      summary: 'Make an earlier version the newest',
      params: Name,
      body: Rollback,
      answers: { 200: TableView },
    },
    async ({ params, body, c }) => {
      const above = presence.applied(params.name) ?? 0
      return answer(c, await store.rollback(params.name, body.version, above))
    },
  )
}

function addCredentials(api: Api, { store }: Parts): void {
  api.route(
    {
      method: 'get',
      path: '/api/credentials',
      summary: 'Which credentials are set',
      answers: { 200: CredentialViews },
    },
    ({ c }) => c.json(credentialViews(store.state)),
  )
  api.route(
    {
      method: 'put',
      path: '/api/credentials/:id',
      summary: 'Set or replace a credential',
      params: Id,
      body: CredentialChange,
      answers: { 200: CredentialView },
    },
    async ({ params, body, c }) => {
      await store.putCredential(params.id, body)
      return c.json(credentialViews(store.state).find(({ id }) => id === params.id))
    },
  )
  api.route(
    {
      method: 'delete',
      path: '/api/credentials/:id',
      summary: 'Remove a credential',
      params: Id,
      answers: { 204: null },
    },
    async ({ params, c }) => {
      await store.removeCredential(params.id)
      return c.body(null, 204)
    },
  )
}

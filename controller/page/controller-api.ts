/** The calls of the controller that this page makes. Every answer is parsed by the schema that the controller shares. */

import { RequestError, requestJson } from '../../shared/page/request.ts'
import {
  type CredentialChange,
  CredentialView,
  TableHistory,
  type TableVersion,
  TableView,
} from '../../shared/protocol/control.ts'
import type { Endpoints } from '../../shared/protocol/route.ts'
import { type CredentialTrial, TrialAnswer } from '../../shared/protocol/trial.ts'
import { UsageView } from '../../shared/protocol/usage.ts'

const proxyPath = (name: string): string => `/api/proxies/${encodeURIComponent(name)}`
const credentialPath = (id: string): string => `/api/credentials/${encodeURIComponent(id)}`

export const fetchTable = async (name: string): Promise<TableView> =>
  TableView.parse(await requestJson<unknown>(`${proxyPath(name)}/endpoints`))

/** @throws {RequestError} status 409 when `version` is no longer the newest, 422 with the field that is refused */
export const saveTable = async (name: string, change: { version: number; endpoints: Endpoints }): Promise<TableView> =>
  TableView.parse(
    await requestJson<unknown>(`${proxyPath(name)}/endpoints`, {
      method: 'PUT',
      headers: { 'if-match': `"${change.version}"` },
      body: { endpoints: change.endpoints },
    }),
  )

/** Newest first. */
export const fetchHistory = async (name: string): Promise<TableVersion[]> =>
  TableHistory.parse(await requestJson<unknown>(`${proxyPath(name)}/endpoints/history`))

/** The restored table: the content of an old version as a new one. */
export const restoreTable = async (name: string, version: number): Promise<TableView> =>
  TableView.parse(
    await requestJson<unknown>(`${proxyPath(name)}/endpoints/rollback`, { method: 'POST', body: { version } }),
  )

export const forgetProxy = async (name: string): Promise<void> => {
  await requestJson<unknown>(proxyPath(name), { method: 'DELETE' })
}

export const fetchUsage = async (days: number): Promise<UsageView> =>
  UsageView.parse(await requestJson<unknown>(`/api/usage?days=${days}`))

export const saveCredential = async (id: string, change: CredentialChange): Promise<CredentialView> =>
  CredentialView.parse(await requestJson<unknown>(credentialPath(id), { method: 'PUT', body: change }))

export const deleteCredential = async (id: string): Promise<void> => {
  await requestJson<unknown>(credentialPath(id), { method: 'DELETE' })
}

/** A proxy asks a provider, which takes longer than the controller itself, in milliseconds. */
const TRIAL_MS = 30_000

/** Tries a key as it would be saved, and saves nothing. @throws {RequestError} when nobody can try it */
export const tryCredential = async (id: string, trial: CredentialTrial): Promise<TrialAnswer> =>
  TrialAnswer.parse(
    await requestJson<unknown>(`${credentialPath(id)}/test`, { method: 'POST', body: trial, timeoutMs: TRIAL_MS }),
  )

/** Tries a route as the form holds it. @throws {RequestError} status 422 with the field that is refused */
export const tryRoute = async (proxy: string, route: unknown): Promise<TrialAnswer> =>
  TrialAnswer.parse(
    await requestJson<unknown>(`${proxyPath(proxy)}/endpoints/test`, {
      method: 'POST',
      body: { route },
      timeoutMs: TRIAL_MS,
    }),
  )

/** What to tell a person about a failed call, as a sentence. */
export function failureWords(error: unknown): string {
  if (!(error instanceof RequestError)) return 'The answer of the controller could not be understood: reload the page.'
  return error.message.charAt(0).toUpperCase() + error.message.slice(1)
}

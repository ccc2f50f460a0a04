/** Requests that once broke a promise, each with what it found: they are sent first at every run. */
import type { Request } from './cases.ts'

export type Kept = { readonly what: string; readonly process: string; readonly request: Request }

export const kept: readonly Kept[] = []

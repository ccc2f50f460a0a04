/** What other terminals ask of a running launcher, and how they find it: loopback HTTP, each call with the token of `launcher.json`. */
import * as z from 'zod'

/** `launcher.json` in the data folder, readable by its owner only. */
export const LauncherFile = z.object({
  pid: z.int().positive(),
  url: z.url(),
  token: z.string().describe('256 random bits as hexadecimal digits; every call carries them'),
})
export type LauncherFile = z.infer<typeof LauncherFile>

/** `waiting` is to be started again, `down` is not. */
export const ProcessState = z.enum(['starting', 'ready', 'waiting', 'down', 'stopping', 'stopped'])

export const ProcessStatus = z.object({
  name: z.string().describe('such as `proxy alice`'),
  state: ProcessState,
  detail: z.string().optional().describe('why it is not ready'),
  pid: z.int().nullable(),
  address: z.string().nullable(),
  since: z.iso.datetime().nullable().describe('when the process that lives now was started'),
  restarts: z.int().nonnegative(),
})
export type ProcessStatus = z.infer<typeof ProcessStatus>

export const OverlayStatus = z.object({
  pid: z.int().describe('of the launcher'),
  since: z.iso.datetime(),
  demo: z.boolean(),
  web: z.boolean(),
  data: z.string(),
  config: z.string(),
  processes: z.array(ProcessStatus),
})
export type OverlayStatus = z.infer<typeof OverlayStatus>

/** A name that is none is refused by the schema of the configuration, in words that suit the command. */
export const AnyName = z.object({ name: z.string().min(1).max(200) })

export const Added = z.object({
  name: z.string(),
  n: z.int(),
  peer: z.string().describe('where its page and API are'),
  proxy: z.string(),
  config: z.string().describe('the file that has it now'),
  only: z.boolean().describe('the overlay was started with --only, so that its next start has to name it'),
  stopping: z.boolean().describe('the overlay was told to stop meanwhile'),
  tablesApplied: z.boolean().describe('false: some proxy has not taken its new table yet'),
})
export type Added = z.infer<typeof Added>

export const Removed = z.object({
  name: z.string(),
  config: z.string(),
  wasRunning: z.boolean(),
  controllerKnows: z.boolean().describe('false: it did not answer, and takes the change over at its next start'),
})
export type Removed = z.infer<typeof Removed>

/** `startup.ts add NAME` and `remove NAME`: at once where the overlay runs, else from its next start. */
import { personsFile } from '../../config/changed-persons.ts'
import { CallRefusedError } from '../process/http-client.ts'
import { stateFolder } from '../process/process-args.ts'
import { StartError } from '../process/start-error.ts'
import { errorText } from '../protocol/errors.ts'
import { configurePerson, placesOf, unconfigurePerson } from './configured-persons.ts'
import { type Ask, askLauncher, otherOverlay, silentLauncher } from './control-client.ts'
import { findLauncher } from './control-file.ts'
import { Added, Removed } from './control-protocol.ts'
import type { Options } from './options.ts'

/** Processes of a person are given a minute to become ready, and changes come one after another. */
const DONE_MS = 180_000

type Command = { readonly options: Options; readonly name: string; readonly say: (line: string) => void }

/** @returns the exit code @throws {StartError} saying why there is no such person now */
export async function addPerson({ options, name, say }: Command): Promise<number> {
  const answer = await askIfRunning(options, {
    what: `add "${name}"`,
    ask: { method: 'POST', path: '/api/persons', body: { name }, timeoutMs: DONE_MS },
  })
  if (answer === undefined) {
    const person = await configurePerson(name, options)
    const { peer } = placesOf(person, options.portBase)
    say(`${name} is kept in ${personsFile(options.data)}: n ${person.n}, page ${peer}.`)
    say(`Nothing runs with the data in ${options.data}: ${name} is there from the next start.${otherOverlay(options)}`)
  } else {
    const { peer, proxy, config, only, stopping, tablesApplied } = Added.parse(answer)
    if (stopping) say(`${name} is there from the next start: the overlay was told to stop meanwhile.`)
    else if (tablesApplied)
      say(`${name} is there: ${peer}, proxy ${proxy}. Everybody can write to ${name} now, and ${name} to everybody.`)
    else
      say(
        `${name} is there: ${peer}, proxy ${proxy}. Not every proxy has its new routes yet; the dashboard shows which, and why.`,
      )
    say(
      `Kept in ${config}.${only ? ` This overlay was started with --only: name ${name} there as well next time.` : ''}`,
    )
  }
  say(`To undo it: npx tsx startup.ts remove ${name}${options.flags}`)
  return 0
}

/** @returns the exit code @throws {StartError} saying why the person stays */
export async function removePerson({ options, name, say }: Command): Promise<number> {
  const answer = await askIfRunning(options, {
    what: `remove "${name}"`,
    ask: { method: 'DELETE', path: `/api/persons/${encodeURIComponent(name)}`, timeoutMs: DONE_MS },
  })
  const removed = answer === undefined ? await removeFrom(options, name) : Removed.parse(answer)
  say(
    `${removed.name} is removed${removed.wasRunning ? ', and its processes are stopped' : ''}. Kept in ${removed.config}.`,
  )
  if (answer === undefined) say(`Nothing runs with the data in ${options.data}.${otherOverlay(options)}`)
  if (!removed.controllerKnows) say('The controller does not answer: the routes of the others go at its next start.')
  say(
    `The history stays in ${stateFolder(options.data, removed.name)}. To undo it: npx tsx startup.ts add ${removed.name}${options.flags}`,
  )
  return 0
}

async function removeFrom(options: Options, name: string): Promise<Removed> {
  const person = await unconfigurePerson(name, options)
  return { name: person.name, config: personsFile(options.data), wasRunning: false, controllerKnows: true }
}

/** @returns the answer; undefined where nothing runs @throws {StartError} when it refuses or does not answer */
async function askIfRunning(options: Options, { what, ask }: { what: string; ask: Ask }): Promise<unknown> {
  const found = await findLauncher(options.data)
  if (found.kind === 'none') return undefined
  if (found.kind === 'silent') throw silentLauncher(what, { pid: found.pid, data: options.data })
  try {
    return await askLauncher(found.launcher, ask)
  } catch (error) {
    if (error instanceof CallRefusedError) throw new StartError(error.message)
    throw new StartError(
      `Cannot ${what}: the launcher (process ${found.launcher.pid}) does not answer (${errorText(error)}). npx tsx startup.ts status says what runs.`,
    )
  }
}

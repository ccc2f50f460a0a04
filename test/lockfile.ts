/** What `npm test` demands of package-lock.json, so that what is installed is what was reviewed, and nothing of it runs by being installed. */
import * as z from 'zod'

const REGISTRY = 'https://registry.npmjs.org/'

/** Packages that may have an install script, each with what it does. None has to run: `.npmrc` runs none. */
export const INSTALL_SCRIPTS: Readonly<Record<string, string>> = {
  '@photostructure/sqlite': 'compiles where none of the binaries that come with the package fits the machine',
  esbuild: 'puts the binary, which comes as a package of its own, in the place of a script that starts it',
}

const Package = z.looseObject({
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  link: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  devDependencies: z.record(z.string(), z.string()).optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
})
const Lockfile = z.looseObject({ lockfileVersion: z.literal(3), packages: z.record(z.string(), Package) })
type Package = z.infer<typeof Package>

/** @returns what is wrong, each as a sentence with the name of the package; nothing where all is well */
export function lockfileProblems(text: string): string[] {
  const result = Lockfile.safeParse(parsed(text))
  if (!result.success) return [`it is no lockfile of version 3: ${result.error.issues[0]?.message}`]
  const packages = Object.entries(result.data.packages)
  const installed = packages.filter(([place]) => place !== '')
  if (installed.length === 0) return ['it holds no packages']
  const scripted = installed
    .filter(([, { hasInstallScript }]) => hasInstallScript === true)
    .map(([place]) => nameOf(place))
  return [
    ...packages.flatMap(([place, found]) => addressProblems(place, found)),
    ...installed.flatMap(([place, found]) => contentProblems(place, found)),
    ...scripted
      .filter(name => !Object.hasOwn(INSTALL_SCRIPTS, name))
      .map(name => `${name} has an install script that is not on the list of test/lockfile.ts`),
    ...Object.keys(INSTALL_SCRIPTS)
      .filter(name => !scripted.includes(name))
      .map(name => `${name} is on the list of install scripts and has none`),
  ]
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const nameOf = (place: string): string => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** Without an address npm asks the registry that its user has; with one, it asks there. */
function addressProblems(place: string, { resolved, link, ...found }: Package): string[] {
  const name = place === '' ? 'this project' : nameOf(place)
  const wanted = { ...found.dependencies, ...found.devDependencies, ...found.optionalDependencies }
  return [
    ...(link === true ? [`${name} is a link to a folder`] : []),
    ...(resolved !== undefined && link !== true && !resolved.startsWith(REGISTRY)
      ? [`${name} comes from ${resolved}, which is not ${REGISTRY}`]
      : []),
    ...Object.entries(wanted)
      .filter(([, range]) => /[:/]/.test(range))
      .map(([other, range]) => `${name} wants ${other} from ${range}, which is no version`),
  ]
}

/** A digest of 512 bits for each: what the registry gives is compared with it. */
function contentProblems(place: string, { integrity, version, link }: Package): string[] {
  if (link === true) return []
  const name = nameOf(place)
  return [
    ...(integrity === undefined ? [`${name} has no integrity`] : []),
    ...(integrity !== undefined && !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity)
      ? [`${name} has an integrity that is no SHA-512: ${integrity}`]
      : []),
    ...(version === undefined || !/^\d+\.\d+\.\d+[\w.+-]*$/.test(version) ? [`${name} has no version`] : []),
  ]
}

/**
 * Bundles the processes and the pages at start, in a fraction of a second: a process then reads one file instead of
 * a thousand, and starts in a third of the time and two thirds of the memory. Nothing bundled is ever committed.
 */

import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildOptions, build, type Plugin, stop } from 'esbuild'
import { StartError } from '../process/start-error.ts'
import { errorText } from '../protocol/errors.ts'
import { freshFolder, MARK, requireOwnFolder } from './own-folder.ts'

/** The folders of the bundles; no pages where they are off. */
export type Bundles = { readonly processes: string; readonly pages: string | undefined }

const ENTRIES = {
  controller: 'controller/main.ts',
  proxy: 'proxy/main.ts',
  peer: 'peer/main.ts',
  service: 'peer/service-main.ts',
  demo: 'proxy/demo/main.ts',
  check: 'shared/process/store-check-main.ts',
  trial: 'proxy/trial/client-worker.ts',
} as const
export type ProcessKind = keyof typeof ENTRIES

/**
 * A package with a binary is loaded from where it is installed, and so are the clients of the providers: they are wanted
 * only when a key is tried, and would make each start build megabytes.
 */
const installedPackages: Plugin = {
  name: 'installed-packages',
  setup: build =>
    build.onResolve(
      { filter: /^(@photostructure\/sqlite|openai|@anthropic-ai\/sdk|@mistralai\/mistralai)$/ },
      ({ path }) => ({
        // An address already: made into one again, a space in the folder would become %2520.
        path: import.meta.resolve(path),
        external: true,
      }),
    ),
}

const ENTRY = 'overlay-entry:'

/**
 * What is bundled, each file under a name: taken as it is, where esbuild itself would read a `*` in a path as a pattern.
 * @param files whole path by name
 */
export function bundling(
  files: Readonly<Record<string, string>>,
  plugins: readonly Plugin[] = [],
): Pick<BuildOptions, 'entryPoints' | 'plugins'> {
  const literal: Plugin = {
    name: 'literal-entries',
    setup: build =>
      build.onResolve({ filter: new RegExp(`^${ENTRY}`) }, ({ path }) => ({
        path: files[path.slice(ENTRY.length)] ?? '',
      })),
  }
  const entryPoints = Object.fromEntries(Object.keys(files).map(name => [name, ENTRY + name]))
  return { entryPoints, plugins: [literal, ...plugins] }
}

export const processOptions: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  splitting: true,
  outExtension: { '.js': '.mjs' },
  // Its main file hides what it requires from a bundler.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  // Drops the calls of empty functions, which the failpoints are.
  minifySyntax: true,
  logLevel: 'silent',
  banner: {
    js: "import { createRequire as overlayRequire } from 'node:module'; const require = overlayRequire(import.meta.url);",
  },
}

const pageOptions: BuildOptions = {
  bundle: true,
  minify: true,
  sourcemap: true,
  format: 'esm',
  target: 'es2022',
  splitting: true,
  jsx: 'automatic',
  jsxImportSource: 'preact',
  entryNames: '[name]-[hash]',
  logLevel: 'silent',
}

/** Where an overlay is built, below a folder of its own. */
export const bundlesIn = (target: string, { web = true } = {}): Bundles => ({
  processes: join(target, 'processes'),
  pages: web ? join(target, 'pages') : undefined,
})

/** Where the bundles of a data folder are; those of a part in a folder of its own there. */
export const buildFolder = (data: string): string => join(data, 'build')

/** What versions before the mark left there. */
const PART = '(?:controller|proxy-[\\w-]+|peer-[\\w-]+)/'
const BUNDLED = [
  `processes/(?:${Object.keys(ENTRIES).join('|')}|[\\w-]+-[A-Z0-9]{8})\\.mjs`,
  'processes/services/[\\w-]+\\.mjs',
  'pages/assets/(?:chat|dashboard)/[\\w-]+-[A-Z0-9]{8}\\.(?:js|css)(?:\\.map)?',
  'pages/public/(?:favicon\\.svg|robots\\.txt)',
  'cache/v[^/]+/[^/]+',
  MARK.replace('.', '\\.'),
]
const OURS = new RegExp(`^(?:${PART})?(?:${BUNDLED.join('|')})$`)
const OWN = { what: 'build', isOurs: (path: string) => OURS.test(path) }

/** To be asked before anything is done with a data folder. @throws {StartError} where its folder for bundles holds what is not ours */
export const requireBuildFolder = (data: string): void => requireOwnFolder(buildFolder(data), { ...OWN, what: 'start' })

/** `plugins` are how a test puts a file of its own in the place of one of ours. */
export type BuildChoice = { readonly web?: boolean; readonly plugins?: readonly Plugin[] }

/** @throws {StartError} with the place in the source when something does not build, and where the folder holds what is not ours */
export async function buildOverlay(
  root: string,
  target: string,
  { web = true, plugins = [] }: BuildChoice = {},
): Promise<Bundles> {
  const bundles = bundlesIn(target, { web })
  freshFolder(target, OWN)
  const files = Object.fromEntries(Object.entries(ENTRIES).map(([kind, file]) => [kind, join(root, file)]))
  try {
    await Promise.all([
      build({
        ...processOptions,
        ...bundling(files, [installedPackages, ...plugins]),
        outdir: bundles.processes,
      }),
      ...(bundles.pages === undefined ? [] : buildPages(root, bundles.pages)),
    ])
  } catch (error) {
    throw new StartError(`Cannot build the overlay: ${errorText(error)}`)
  } finally {
    await stop()
  }
  return bundles
}

function buildPages(root: string, target: string): Promise<unknown>[] {
  const page = (name: string, source: string) =>
    build({ ...pageOptions, ...bundling({ [name]: join(root, source) }), outdir: join(target, 'assets', name) })
  cpSync(join(root, 'public'), join(target, 'public'), { recursive: true })
  return [page('chat', 'peer/page/main.tsx'), page('dashboard', 'controller/page/main.tsx')]
}

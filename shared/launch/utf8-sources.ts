/** The sources of a user's module as texts: the bundler by itself puts U+FFFD in the place of what is not UTF-8. */
import { extname } from 'node:path'
import type { Loader, Plugin } from 'esbuild'
import { UnfitFileError } from '../process/file-problem.ts'
import { NotUtf8Error, readText } from '../process/read-text.ts'

const LOADERS: Readonly<Record<string, Loader>> = {
  ...{ '.js': 'js', '.mjs': 'js', '.cjs': 'js', '.jsx': 'jsx' },
  ...{ '.ts': 'ts', '.mts': 'ts', '.cts': 'ts', '.tsx': 'tsx', '.json': 'json' },
}

/** Packages are left to the bundler: their authors know what they ship. */
export const utf8Sources: Plugin = {
  name: 'utf8-sources',
  setup: build =>
    build.onLoad({ filter: /\.(?:[cm]?[jt]s|[jt]sx|json)$/ }, ({ path }) => {
      if (/[\\/]node_modules[\\/]/.test(path)) return undefined
      try {
        return { contents: readText(path), loader: LOADERS[extname(path)] ?? 'default' }
      } catch (error) {
        if (!(error instanceof NotUtf8Error || error instanceof UnfitFileError)) throw error
        return { errors: [{ text: `${path}: ${error.message}` }] }
      }
    }),
}

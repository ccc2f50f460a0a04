/** What the chat page makes everybody load before anything is shown. */
import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

test('chat page loads no schemas: what its peer tells it was checked there', async () => {
  const { metafile } = await build({
    entryPoints: [join(import.meta.dirname, '..', '..', 'peer', 'page', 'main.tsx')],
    ...{ bundle: true, splitting: true, format: 'esm', write: false, outdir: 'nowhere', metafile: true },
    ...{ jsx: 'automatic', jsxImportSource: 'preact', loader: { '.css': 'empty' } },
  })
  const packages = Object.keys(metafile.inputs).filter(file => file.includes('node_modules'))
  expect(packages.some(file => file.includes('/preact/'))).toBe(true)
  expect(packages.filter(file => file.includes('/zod/'))).toEqual([])
})

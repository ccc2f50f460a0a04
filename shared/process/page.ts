/** Serves a page that was bundled at start, and the files of `public/`. Bundles carry their hash in the name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { Hono } from 'hono'
import type { ErrorBody } from '../protocol/errors.ts'
import { StartError } from './start-error.ts'

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
}

type Asset = { readonly content: Uint8Array<ArrayBuffer>; readonly type: string }

/** What a page needs to be served: where its bundle lies (nowhere with `--no-web`), which entry it starts with, and its title. */
export type Page = { readonly folder: string; readonly entry: string; readonly title: string }

/**
 * @param page.folder holds `assets/` (the bundle) and `public/`, as the build step left them; empty where pages are off,
 *   which is then said instead of shown
 * @throws {StartError} when the bundle is not there
 */
export function addPage(app: Hono, page: Page): void {
  if (page.folder === '') return addNoPage(app)
  const assets = readFolder(join(page.folder, 'assets', page.entry))
  const files = readFolder(join(page.folder, 'public'))
  const html = renderHtml(page, [...assets.keys()])
  app.get('/', c => c.html(html, 200, { 'cache-control': 'no-cache' }))
  app.get('/assets/:file', c => {
    const asset = assets.get(c.req.param('file'))
    if (asset === undefined) return c.notFound()
    return c.body(asset.content, 200, {
      'content-type': asset.type,
      'cache-control': 'public, max-age=31536000, immutable',
    })
  })
  for (const [name, file] of files)
    app.get(`/${name}`, c => c.body(file.content, 200, { 'content-type': file.type, 'cache-control': 'no-cache' }))
}

function addNoPage(app: Hono): void {
  const message =
    'Cannot show a page: this overlay was started with --no-web. Programs use it as before, /openapi.json lists the calls; start it without --no-web for the page.'
  const body: ErrorBody = { error: { code: 'no_page', message } }
  app.get('/', c => c.json(body, 404))
}

function readFolder(folder: string): Map<string, Asset> {
  if (!existsSync(folder))
    throw new StartError(
      `Cannot serve the page: ${folder} is missing. Start through startup.ts, which bundles the pages.`,
    )
  const names = readdirSync(folder).filter(name => MEDIA_TYPES[extname(name)] !== undefined)
  return new Map(
    names.map(name => [
      name,
      { content: new Uint8Array(readFileSync(join(folder, name))), type: MEDIA_TYPES[extname(name)] ?? '' },
    ]),
  )
}

function renderHtml({ entry, title }: Page, assets: readonly string[]): string {
  const find = (extension: string) => assets.find(name => name.startsWith(`${entry}-`) && name.endsWith(extension))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/${find('.css')}">
<script type="module" src="/assets/${find('.js')}"></script>
</head>
<body><div id="app"></div><noscript>This page needs JavaScript.</noscript></body>
</html>
`
}

/** Every call that a process takes, as its own `/openapi.json` describes it. */
import * as z from 'zod'
import { Schema } from './valid.ts'

const Operation = z.object({
  parameters: z.array(z.object({ name: z.string(), in: z.enum(['path', 'query', 'header']), schema: Schema })),
  requestBody: z.object({ content: z.object({ 'application/json': z.object({ schema: Schema }) }) }).optional(),
})
const Document = z.object({ paths: z.record(z.string(), z.record(z.string(), Operation)) })

export type RouteOf = {
  readonly method: string
  /** With parameters as `{name}`. */
  readonly path: string
  readonly parameters: z.infer<typeof Operation>['parameters']
  readonly body: Schema | undefined
}

/** @param headers such as the token that a process wants even for this */
export async function routesOf(origin: string, headers: Record<string, string> = {}): Promise<RouteOf[]> {
  const response = await fetch(`${origin}/openapi.json`, { headers })
  const { paths } = Document.parse(await response.json())
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { parameters, requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      parameters,
      body: requestBody?.content['application/json'].schema,
    })),
  )
}

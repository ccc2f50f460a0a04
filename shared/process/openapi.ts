/** `/openapi.json`: an OpenAPI 3.1 document made from the schemas that validate. */
import * as z from 'zod'
import { ErrorBody } from '../protocol/errors.ts'
import type { AnyRouteSpec } from './api.ts'

const toSchema = (schema: z.ZodType, io: 'input' | 'output') => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}
const json = (schema: z.ZodType, io: 'input' | 'output') => ({ 'application/json': { schema: toSchema(schema, io) } })

export function describeRoutes(title: string, specs: readonly AnyRouteSpec[]) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const spec of specs) {
    const path = spec.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [spec.method]: describeRoute(spec) }
  }
  return { openapi: '3.1.0', info: { title, version: '1' }, paths }
}

function describeRoute(spec: AnyRouteSpec) {
  const answers = Object.entries(spec.answers).map(([status, schema]) => {
    const stream = schema === null && status === '200'
    const content =
      schema === null ? (stream ? { [spec.produces ?? 'text/event-stream']: {} } : undefined) : json(schema, 'output')
    return [status, { description: 'success', ...(content && { content }) }]
  })
  return {
    summary: spec.summary,
    parameters: [...parameters(spec.params, 'path'), ...parameters(spec.query, 'query'), ...headers(spec.headers)],
    ...(spec.body && { requestBody: { required: true, content: json(spec.body, 'input') } }),
    responses: {
      ...Object.fromEntries(answers),
      default: { description: 'error', content: json(ErrorBody, 'output') },
    },
  }
}

function parameters(schema: z.ZodType | undefined, where: 'path' | 'query') {
  if (!(schema instanceof z.ZodObject)) return []
  const entries: [string, z.core.$ZodType][] = Object.entries(schema.shape)
  return entries.map(([name, value]) => {
    const { $schema: _, ...described } = z.toJSONSchema(value, { io: 'input', unrepresentable: 'any' })
    return { name, in: where, required: where === 'path' || !z.safeParse(value, undefined).success, schema: described }
  })
}

const headers = (meanings: Readonly<Record<string, string>> = {}) =>
  Object.entries(meanings).map(([name, description]) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  }))

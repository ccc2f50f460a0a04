/** What a route says, in the few words that a list has room for. */
import { isApiRoute, type Route } from '../../../shared/protocol/route.ts'

export const routeAddress = (route: Route): string =>
  isApiRoute(route) ? route.baseUrl : `${route.host}:${route.port}`

/** Such as `temperature 0.7`, `timeout 30 s`; empty for a peer. */
export function routeSettings(route: Route): string[] {
  if (!isApiRoute(route)) return []
  const { temperature, topP, maxTokens, seed, stop } = route.parameters ?? {}
  const { parallel, waiting } = route.limits ?? {}
  const settings: Record<string, string | number | undefined> = {
    temperature,
    'top P': topP,
    'max tokens': maxTokens,
    seed,
    'stops at': stop?.map(text => JSON.stringify(text)).join(', '),
    timeout: route.timeoutMs === undefined ? undefined : `${route.timeoutMs / 1000} s`,
    parallel,
    waiting,
    dialect: route.kind === 'openai' ? route.dialect : undefined,
    'falls back to': route.fallback?.join(', '),
  }
  const words = Object.entries(settings).flatMap(([word, value]) => (value === undefined ? [] : [`${word} ${value}`]))
  return route.privateNetwork === true ? [...words, 'private network'] : words
}

/** What became of a table version that was saved here: the proxy runs it, refused it, or has yet to answer. */
import type { ProxyView } from '../../../shared/protocol/control.ts'

export type Outcome = { readonly tone: 'good' | 'bad' | 'waiting'; readonly words: string }

export function savedOutcome(version: number, proxy: ProxyView): Outcome {
  const { applied, refused, wanted } = proxy.version
  if (applied !== null && applied >= version) {
    const newer = applied > version ? `; it now runs version ${applied}` : ''
    return { tone: 'good', words: `Version ${version} applied by ${proxy.name}${newer}.` }
  }
  if (refused?.version === version)
    return { tone: 'bad', words: `Version ${version} refused by ${proxy.name}: ${refused.reason}` }
  if (wanted > version) return { tone: 'waiting', words: `Version ${version} was replaced by version ${wanted}.` }
  if (!proxy.connected)
    return {
      tone: 'waiting',
      words: `Version ${version} saved. ${proxy.name} is not connected and takes it when it is back.`,
    }
  return { tone: 'waiting', words: `Version ${version} saved, waiting for ${proxy.name} to apply it…` }
}

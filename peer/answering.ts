/** How a configured instance answers: in which mode, whether that may be changed, and through which AI. */
import type { Config } from '../config/config.ts'
import type { Instance } from '../config/instance.ts'
import type { ReplyMode } from '../shared/protocol/peer-api.ts'
import type { Assistant } from './automatic-replies.ts'

export type Answering = {
  readonly mode: ReplyMode
  /** The mode is what the instance is for. */
  readonly fixed: boolean
  /** Missing where the configuration has no AI route. */
  readonly assistant: Assistant | undefined
}

/** A person who names no route answers through the first one, should they choose so. */
export function answeringOf(instance: Instance, routes: Config['routes']): Answering {
  switch (instance.kind) {
    case 'person': {
      const route = instance.assistant?.route ?? Object.keys(routes)[0]
      const assistant = route === undefined ? undefined : { route, personality: instance.assistant?.personality }
      return { mode: instance.mode, fixed: false, assistant }
    }
    case 'assistant':
      return { mode: 'assistant', fixed: true, assistant: { route: instance.route, personality: instance.personality } }
    case 'service':
      return { mode: 'manual', fixed: true, assistant: undefined }
    default:
      return instance satisfies never
  }
}

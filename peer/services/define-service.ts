/** What a module that is a service imports, as `overlay-chat/service`: types for the editor, and nothing that runs. */
import type { ServiceDefinition } from './definition.ts'

export type { CommandDesk, PublisherDesk, ServiceDefinition } from './definition.ts'
export type { Reply } from './reply.ts'

/** Gives the types; the definition is checked where the service starts. */
export const defineService = (definition: ServiceDefinition): ServiceDefinition => definition

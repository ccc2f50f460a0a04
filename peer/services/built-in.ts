/** The services that come with the overlay, by the names that a configuration gives them. */
import type { BuiltInService } from '../../config/built-in-services.ts'
import type { ServiceDefinition } from './definition.ts'
import { thermometer } from './thermometer.ts'

export const builtIn: Readonly<Record<BuiltInService, ServiceDefinition>> = { thermometer }

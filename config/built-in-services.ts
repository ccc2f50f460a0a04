/** The services that come with the overlay; everything else that an instance names as its service is a file. */
import { dirname, resolve } from 'node:path'

export const BUILT_IN_SERVICES = ['thermometer'] as const
export type BuiltInService = (typeof BUILT_IN_SERVICES)[number]

export const isBuiltIn = (service: string): service is BuiltInService =>
  BUILT_IN_SERVICES.some(name => name === service)

/** The file of a module, which the configuration names as seen from its own folder. */
export const moduleFile = (service: string, configFile: string): string => resolve(dirname(configFile), service)

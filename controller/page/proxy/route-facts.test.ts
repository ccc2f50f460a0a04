import { expect, test } from 'vitest'
import { routeAddress, routeSettings } from './route-facts.ts'

test('a peer shows where it is and has no settings', () => {
  const route = { kind: 'peer' as const, host: '127.0.0.1', port: 10002 }
  expect(routeAddress(route)).toBe('127.0.0.1:10002')
  expect(routeSettings(route)).toEqual([])
})

test('an API shows its address, and only the settings that it has', () => {
  const route = { kind: 'openai' as const, baseUrl: 'https://api.openai.com/v1', model: 'm' }
  expect(routeAddress(route)).toBe('https://api.openai.com/v1')
  expect(routeSettings(route)).toEqual([])
  const parameters = { temperature: 0, maxTokens: 10, stop: ['\n'] }
  expect(routeSettings({ ...route, parameters, timeoutMs: 1500 })).toEqual([
    'temperature 0',
    'max tokens 10',
    'stops at "\\n"',
    'timeout 1.5 s',
  ])
  const beyond = {
    dialect: 'compatible' as const,
    limits: { parallel: 2, waiting: 10 },
    fallback: ['MISTRAL', 'GEMINI'],
  }
  expect(routeSettings({ ...route, ...beyond })).toEqual([
    'parallel 2',
    'waiting 10',
    'dialect compatible',
    'falls back to MISTRAL, GEMINI',
  ])
})

/** Requests that once broke a promise, each with what it found: they are sent first at every run. */
import type { Request } from './cases.ts'

export type Kept = { readonly what: string; readonly process: string; readonly request: Request }

const json = { 'content-type': 'application/json' }

export const kept: readonly Kept[] = [
  {
    what: 'a batch that begins at the largest whole number was committed, and answered with a 500',
    process: 'proxy thermometer1',
    request: {
      method: 'POST',
      path: '/overlay/messages',
      headers: json,
      body: '{"from":"nobody","to":"CAROL","stream":"749917e5-9b09-463d-a14d-9a74f6a22573","begin":9007199254740991,"oldest":9007199254740991,"messages":[{"sequence":9007199254740991,"message":null,"stored":true}],"receipts":[],"presence":{"kind":"person","online":true},"signals":[]}',
    },
  },
  {
    what: 'the address of an AI that is no address was looked at nevertheless, and answered with a 500',
    process: 'controller',
    request: {
      method: 'PUT',
      path: '/api/proxies/carol/endpoints',
      headers: { ...json, 'if-match': '*' },
      body: '{"endpoints":{"AI":{"kind":"openai","baseUrl":"http://api.openai.com%40127.0.0.1:1/v1","model":"m"}}}',
    },
  },
  {
    what: 'a length that is an object was compared, and answered with a 500',
    process: 'peer bob',
    request: {
      method: 'POST',
      path: '/api/conversations/nobody/messages',
      headers: json,
      body: '{"message":{"length":{"toString":null}}}',
    },
  },
]

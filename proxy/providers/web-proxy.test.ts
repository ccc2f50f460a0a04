import { expect, test } from 'vitest'
import { WebProxyError, webProxiesOf } from './web-proxy.ts'

const OPENAI = 'https://api.openai.com'
const originFor = (environment: Record<string, string>, address = OPENAI) =>
  webProxiesOf(environment).for(address)?.origin

test.each([
  [{}, undefined],
  [{ HTTPS_PROXY: 'http://a:1' }, 'http://a:1'],
  [{ https_proxy: 'http://a:1' }, 'http://a:1'],
  [{ HTTPS_PROXY: 'http://a:1', https_proxy: 'http://b:2' }, 'http://b:2'],
  [{ HTTPS_PROXY: 'http://a:1', https_proxy: '' }, 'http://a:1'],
  [{ HTTPS_PROXY: 'http://a:1', HTTP_PROXY: 'http://b:2' }, 'http://a:1'],
  [{ HTTP_PROXY: 'http://b:2' }, 'http://b:2'],
  [{ HTTPS_PROXY: 'a:3128' }, 'http://a:3128'],
  [{ HTTPS_PROXY: 'https://a' }, 'https://a'],
  [{ HTTPS_PROXY: '  ' }, undefined],
  [{ PROXY: 'http://a:1' }, undefined],
])('in the environment %o the web proxy for https is %s', (environment, origin) => {
  expect(originFor(environment)).toBe(origin)
})

test('the web proxy for http is not that for https', () => {
  expect(originFor({ HTTPS_PROXY: 'http://a:1' }, 'http://ollama.lan:11434')).toBeUndefined()
  expect(originFor({ http_proxy: 'http://b:2' }, 'http://ollama.lan:11434')).toBe('http://b:2')
})

test.each([
  'http://localhost:11434',
  'http://demo.localhost',
  'http://127.0.0.1:11434',
  'http://127.8.9.10',
  'http://0.0.0.0:8080',
  'http://[::1]:11434',
  'http://[::ffff:127.0.0.1]',
  'http://LOCALHOST.',
])('%s is never reached through a web proxy', address => {
  expect(originFor({ http_proxy: 'http://a:1' }, address)).toBeUndefined()
})

test.each([
  ['api.openai.com', OPENAI],
  ['API.OpenAI.com', OPENAI],
  ['openai.com', OPENAI],
  ['.openai.com', OPENAI],
  ['*.openai.com', OPENAI],
  ['*', OPENAI],
  ['example.com,openai.com', OPENAI],
  ['example.com  openai.com', OPENAI],
  ['api.openai.com:443', OPENAI],
  ['10.0.0.0/8', 'https://10.1.2.3:8443'],
  ['192.168.1.5', 'https://192.168.1.5'],
  ['fd00::/8', 'https://[fd00::7]:1'],
  ['[fd00::7]', 'https://[fd00::7]:1'],
  ['fd00::7', 'https://[fd00::7]:1'],
])('NO_PROXY=%s exempts %s', (noProxy, address) => {
  for (const name of ['no_proxy', 'NO_PROXY'])
    expect(originFor({ https_proxy: 'http://a:1', [name]: noProxy }, address)).toBeUndefined()
})

test.each([
  ['', OPENAI],
  ['nai.com', OPENAI],
  ['api.openai.com:8443', OPENAI],
  ['api.openai.com.evil.example', OPENAI],
  ['10.0.0.0/8', 'https://11.1.2.3'],
  ['10.0.0.0/99', 'https://10.1.2.3'],
])('NO_PROXY=%s does not exempt %s', (noProxy, address) => {
  expect(originFor({ https_proxy: 'http://a:1', NO_PROXY: noProxy }, address)).toBe('http://a:1')
})

test.each([
  ['http://joe:s3cret@a:1', 'joe:s3cret'],
  ['http://joe:s%403cret@a:1', 'joe:s@3cret'],
  ['http://joe:100%@a:1', 'joe:100%'],
  ['http://joe@a:1', 'joe:'],
  ['joe:s3cret@a:1', 'joe:s3cret'],
])('of %s user and password are told to the proxy alone', (address, credentials) => {
  const proxies = webProxiesOf({ HTTPS_PROXY: address })
  const proxy = proxies.for(OPENAI)
  expect(proxy?.authorization?.reveal()).toBe(`Basic ${Buffer.from(credentials).toString('base64')}`)
  expect(JSON.stringify([proxy, proxies.described])).not.toMatch(/s3cret|joe|100/)
})

test.each(['http://', 'socks5://joe:s3cret@a:1', 'http://joe:s3cret@a:x', 'joe s3cret', 'file:///s3cret'])(
  'the address %s is refused without quoting it',
  address => {
    const proxies = webProxiesOf({ HTTPS_PROXY: address })
    expect(() => proxies.for(OPENAI)).toThrow(WebProxyError)
    expect(() => proxies.for(OPENAI)).toThrow('HTTPS_PROXY is not the address of a web proxy')
    expect(JSON.stringify(proxies.described)).not.toContain('s3cret')
  },
)

test('what is used is described for the log', () => {
  expect(webProxiesOf({ NO_PROXY: 'a' }).described).toBeUndefined()
  expect(webProxiesOf({ HTTPS_PROXY: 'http://u:p@a:1', NO_PROXY: '.lan' }).described).toEqual({
    https: 'http://a:1',
    noProxy: '.lan',
  })
})

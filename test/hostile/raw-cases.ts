/** Requests that no HTTP client would send: written to a socket byte by byte. */
import { connect } from 'node:net'
import type { Draw } from './draw.ts'
import { hostileText } from './mutate.ts'

const MOST_MS = 500

/** Bytes of one connection to the port; not all of them make a request. */
export function rawBytes(port: number, draw: Draw): Buffer {
  const host = `Host: 127.0.0.1:${port}\r\n`
  const json = `${host}content-type: application/json\r\n`
  const path = draw.of(['/api/me', '/peers', '/overlay/messages', '/api/proxies', '/messages', '/api/register', '/'])
  const one = `GET ${path} HTTP/1.1\r\n${host}\r\n`
  const texts = [
    one.repeat(1 + draw.below(50)),
    `POST ${path} HTTP/1.1\r\n${json}transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n`,
    `POST ${path} HTTP/1.1\r\n${json}transfer-encoding: chunked\r\n\r\n${draw.of(['ffffffffff', '-1', 'g', '0x5', '5;x=y'])}\r\n{"a":`,
    `POST ${path} HTTP/1.1\r\n${json}content-length: ${draw.of(['100', '-1', '1e3', '99999999999999999999', '0', '4194304'])}\r\n\r\n{"a":1}`,
    `POST ${path} HTTP/1.1\r\n${json}content-length: 7\r\ncontent-length: 8\r\n\r\n{"a":1}`,
    `POST ${path} HTTP/1.1\r\n${json}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${one}`,
    `${draw.of(['BREW', 'CONNECT', 'get', 'PRI', 'M-SEARCH', 'PURGE'])} ${path} HTTP/1.1\r\n${host}\r\n`,
    `GET ${path} HTTP/${draw.of(['0.9', '1.0', '2.0', '9.9', '1.1\0'])}\r\n${host}\r\n`,
    `GET ${path} HTTP/1.1\r\n${host}x: ${'y'.repeat(draw.of([100, 8_000, 17_000, 100_000]))}\r\n\r\n`,
    `GET ${path} HTTP/1.1\r\n${host}${'a: b\r\n'.repeat(draw.of([10, 200, 3_000]))}\r\n`,
    `GET ${path} HTTP/1.1\r\n${host} folded: x\r\n\tmore\r\n\r\n`,
    `GET ${path} HTTP/1.1\r\n${host}upgrade: websocket\r\nconnection: upgrade\r\n\r\n`,
    `POST ${path} HTTP/1.1\r\n${json}expect: 100-continue\r\ncontent-length: 5\r\n\r\n`,
    `GET ${hostileText(draw)} HTTP/1.1\r\n${host}\r\n`,
    hostileText(draw),
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  ]
  const text = draw.of(texts) ?? ''
  return draw.once(4)
    ? Buffer.concat([Buffer.from(text), draw.bytes()])
    : Buffer.from(text, draw.once(4) ? 'latin1' : 'utf8')
}

/**
 * Writes them, ends its side or not, and reads until the server closes or {@link MOST_MS} are over.
 * @returns the status codes that came back
 */
export function writeRaw(port: number, bytes: Buffer, { ends }: { ends: boolean }): Promise<number[]> {
  return new Promise(resolve => {
    let heard = ''
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => {
      if (ends) socket.end(bytes)
      else socket.write(bytes)
    })
    const timer = setTimeout(() => socket.destroy(), MOST_MS)
    socket.setEncoding('latin1').on('data', (text: string) => {
      if (heard.length < 200_000) heard += text
    })
    socket.on('end', () => socket.destroy())
    socket.on('error', () => {})
    socket.once('close', () => {
      clearTimeout(timer)
      resolve([...heard.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(match => Number(match[1])))
    })
  })
}

/** Hostile values, and valid values of which one place was made hostile. */
import { BODY_BYTES } from '../../shared/process/guard.ts'
import type { Draw } from './draw.ts'

/** Stands in a value for a text that JSON.stringify would never write. */
const RAW = '\u0001raw:'
const raw = (text: string): string => `${RAW}${text}\u0001`

/** The JSON of a value, with what no value can say put in. */
export const written = (value: unknown): string =>
  (JSON.stringify(value) ?? '').replaceAll(/"\\u0001raw:((?:[^"\\]|\\.)*?)\\u0001"/g, (_, text) =>
    JSON.parse(`"${text}"`),
  )

const NUMBERS = [
  0,
  -1,
  1,
  255,
  65_535,
  65_536,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 40,
  2 ** 40 + 1,
  2 ** 53 - 1,
  2 ** 53,
  0.5,
]
const RAW_NUMBERS = ['1e308', '1e999', '-1e999', '-0', '9007199254740993', '9'.repeat(400), 'NaN', '0x10', '1.0', '01']
const WORDS = [
  ...[
    '',
    ' ',
    '\0',
    'a\0b',
    '\ud800',
    '\udfff\ud800',
    '\u202e',
    '\u2028',
    '\u001b]52;c;AAAA\u0007',
    '\r\n\r\nHTTP/1.1 200',
  ],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'null',
    'true',
    '{{7*7}}',
    '../../etc/passwd',
  ],
  ...[
    '<img src=x onerror=alert(1)>',
    '`'.repeat(300),
    '__a_ '.repeat(50),
    '>'.repeat(500),
    '[[[['.repeat(100),
    '%00',
    '*',
  ],
]
const LENGTHS = [1, 32, 33, 64, 65, 200, 201, 255, 256, 512, 513, 4_000, 4_001, 16_384, 16_385, 65_536, 65_537, 300_000]
const COUNTS = [0, 1, 5, 8, 9, 16, 17, 50, 51, 256, 257, 1_000, 1_001, 5_000]
const DEPTHS = [5, 8, 9, 50, 500, 4_150, 20_000]

function nested(draw: Draw): string {
  const depth = draw.of(DEPTHS) ?? 0
  return draw.once(2)
    ? raw('['.repeat(depth) + ']'.repeat(depth))
    : raw(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)
}

export function hostileText(draw: Draw): string {
  switch (draw.below(4)) {
    case 0:
      return draw.text()
    case 1:
      return (draw.of(['a', 'é', '𝒳', '"', '\\', '\n', ' ', '\u001b']) ?? '').repeat(
        draw.once(6) ? (draw.of(LENGTHS) ?? 0) : draw.below(300),
      )
    default:
      return draw.of(WORDS) ?? ''
  }
}

export function hostileValue(draw: Draw): unknown {
  switch (draw.below(10)) {
    case 0:
      return draw.of(NUMBERS)
    case 1:
      return raw(draw.of(RAW_NUMBERS) ?? '0')
    case 2:
    case 3:
      return hostileText(draw)
    case 4:
      return draw.json()
    case 5:
      return draw.of([null, true, false, [], {}, '', [null], [[]], { length: 2 ** 31 }])
    case 6:
      return draw.once(4) ? nested(draw) : draw.double()
    case 7:
      return raw(`{"__proto__":{"polluted":${draw.below(9)}},"constructor":{"prototype":{"polluted":1}}}`)
    case 8:
      return Array.from({ length: draw.once(10) ? (draw.of(COUNTS) ?? 0) : draw.below(20) }, () => draw.below(9))
    default:
      return raw(`{"a":1,"a":${draw.below(9)},"toString":null,"then":1}`)
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** So often, or until a body of ours would be refused unread: what is repeated may have been repeated before. */
const repeated = (item: unknown, times: number): unknown[] => {
  const most = Math.ceil((BODY_BYTES * 1.5) / ((JSON.stringify(item)?.length ?? 0) + 1))
  return Array.from({ length: Math.min(times, most) }, () => item)
}

/** Of an object or array: a copy in which one place, however deep, is missing, repeated, renamed or hostile. */
export function mutated(value: unknown, draw: Draw): unknown {
  if (Array.isArray(value)) {
    if (value.length === 0 || draw.once(6)) return hostileValue(draw)
    const at = draw.below(value.length)
    // At a bound and one more, whatever the bound is.
    if (draw.once(6)) return repeated(value[at], draw.of(COUNTS) ?? 0)
    return value.map((item, index) => (index === at ? mutated(item, draw) : item))
  }
  const keys = isObject(value) ? Object.keys(value) : []
  const key = draw.of(keys)
  if (!isObject(value) || key === undefined) return hostileValue(draw)
  const { [key]: chosen, ...others } = value
  switch (draw.below(8)) {
    case 0:
      return others
    case 1:
      return { ...value, [hostileText(draw)]: hostileValue(draw) }
    case 2:
      return { ...others, [`${key} `]: chosen }
    case 3:
      return { ...others, [key]: hostileValue(draw) }
    default:
      return { ...value, [key]: mutated(chosen, draw) }
  }
}

/** The bytes of a text, now and then not those of a text. */
export function damaged(text: string, draw: Draw): Buffer {
  const whole = Buffer.from(text)
  const at = draw.below(whole.length)
  switch (draw.below(6)) {
    case 0:
      return whole.subarray(0, at)
    case 1:
      return Buffer.concat([whole.subarray(0, at), draw.bytes(), whole.subarray(at)])
    case 2:
      return Buffer.from(text, 'utf16le')
    case 3:
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), whole])
    case 4:
      return Buffer.from(text, 'latin1')
    default:
      return Buffer.concat([whole, whole])
  }
}

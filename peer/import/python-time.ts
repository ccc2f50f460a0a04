/** Times as Python programs write them. */

const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/i
const SECONDS = /^\d+(?:\.\d+)?$/
const YEAR_10000 = 253_402_300_800_000

/**
 * The instant in milliseconds: of seconds since 1970, as a number or as its text, or of an ISO time with a T or a space,
 * whose microseconds are cut. Without a zone it is the time of this machine, as it was that of the program.
 * @returns undefined when it is no time, or not of the years 1970 to 9999
 */
export function instantOf(value: string | number): number | undefined {
  const instant = typeof value === 'number' || SECONDS.test(value) ? Number(value) * 1000 : ofText(value.trim())
  return instant >= 0 && instant < YEAR_10000 ? Math.floor(instant) : undefined
}

function ofText(text: string): number {
  const [, day, time = '', fraction = '', zone = ''] = ISO.exec(text) ?? []
  if (day === undefined) return Number.NaN
  const seconds = time.length === 5 ? `${time}:00` : time
  return Date.parse(`${day}T${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}${zoneOf(zone)}`)
}

/** `+0100` and `+01` as JavaScript knows them. */
const zoneOf = (zone: string): string =>
  zone === '' || /^z$/i.test(zone)
    ? zone.toUpperCase()
    : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`

import { expect, test } from 'vitest'
import { type Place, parsePlace, placeLink } from './place.ts'

const places: Place[] = [
  { view: 'proxies' },
  { view: 'credentials' },
  { view: 'usage' },
  { view: 'proxy', name: 'bob', tab: 'routes' },
  { view: 'proxy', name: 'thermometer1', tab: 'history' },
]

test.each(places)('a place survives its link: %o', place => {
  expect(parsePlace(placeLink(place))).toEqual(place)
})

test.each(['', '#', '#/', '#/nowhere', '#/proxies/'])('an unknown fragment "%s" opens the overview', fragment => {
  expect(parsePlace(fragment)).toEqual({ view: 'proxies' })
})

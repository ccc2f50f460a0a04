/** What may happen to an overlay of two, one thing after the other. */
import fc from 'fast-check'
import { CUTS, FAULTS } from './faulty-line.ts'

const HOUR = 3_600_000
const name = fc.constantFrom('alice', 'bob')
const part = fc.constantFrom('proxy' as const, 'peer' as const)
/** Picks one of those that there are when it comes to it. */
const pick = fc.nat({ max: 7 })
const kind = <K extends string>(word: K) => fc.constant(word)

const action = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: kind('send'), who: name, count: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('crash'), who: name, part }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('stop'), who: name, part }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('start'), who: name, part }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('crash and start'), who: name, part }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('cut'), who: name, how: fc.constantFrom(...CUTS) }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('heal') }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: kind('fault'),
      who: name,
      fault: fc.constantFrom(...FAULTS),
      ms: fc.integer({ min: 0, max: 30_000 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: kind('pass'), ms: fc.constantFrom(1, 100, 1_000, 5_000, 30_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: kind('jump'), ms: fc.constantFrom(-HOUR, -1_000, 1_000, 24 * HOUR) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('a lifetime passes') }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('cancel'), who: name, pick }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('retry'), who: name, pick }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('read'), who: name }) },
)

/** How many turns of the event loop pass before the next step: few enough to meet it half-way, or until all is quiet. */
const turns = fc.oneof(
  { weight: 3, arbitrary: fc.nat({ max: 12 }) },
  { weight: 2, arbitrary: fc.constant('quiet' as const) },
)

export const story = fc.record({
  /** Seeds what the processes draw by lot. */
  lot: fc.nat(),
  steps: fc.array(fc.record({ action, turns }), { minLength: 1, maxLength: 40, size: 'max' }),
})

type Of<A> = A extends fc.Arbitrary<infer T> ? T : never
export type Action = Of<typeof action>
export type Story = Of<typeof story>

/** Stories that once broke a promise, each with what it found: they happen first at every run. */
import type { Story } from './steps.ts'

const quiet = 'quiet' as const

export const found: readonly { readonly what: string; readonly story: Story }[] = [
  {
    what: 'both ends waited to try again by a clock that was set back an hour',
    story: {
      lot: 1,
      steps: [
        { action: { kind: 'cut', who: 'alice', how: 'refused' }, turns: quiet },
        { action: { kind: 'cut', who: 'bob', how: 'refused' }, turns: quiet },
        { action: { kind: 'send', who: 'alice', count: 1 }, turns: quiet },
        { action: { kind: 'send', who: 'bob', count: 1 }, turns: quiet },
        { action: { kind: 'pass', ms: 30_000 }, turns: quiet },
        { action: { kind: 'jump', ms: -3_600_000 }, turns: quiet },
      ],
    },
  },
  {
    what: 'a message was sent again for the second time after the clock was set back',
    story: {
      lot: 1,
      steps: [
        { action: { kind: 'cut', who: 'alice', how: 'refused' }, turns: quiet },
        { action: { kind: 'send', who: 'alice', count: 1 }, turns: quiet },
        { action: { kind: 'cancel', who: 'alice', pick: 0 }, turns: quiet },
        { action: { kind: 'retry', who: 'alice', pick: 0 }, turns: quiet },
        { action: { kind: 'cancel', who: 'alice', pick: 0 }, turns: quiet },
        { action: { kind: 'jump', ms: -3_600_000 }, turns: quiet },
        { action: { kind: 'retry', who: 'alice', pick: 0 }, turns: quiet },
      ],
    },
  },
  {
    what: 'a peer that could not reach its proxy took back what an earlier attempt had handed over',
    story: {
      lot: 0,
      steps: [
        { action: { kind: 'send', who: 'bob', count: 1 }, turns: 3 },
        { action: { kind: 'crash', who: 'bob', part: 'proxy' }, turns: 0 },
        { action: { kind: 'send', who: 'bob', count: 1 }, turns: 0 },
        { action: { kind: 'fault', who: 'alice', fault: 'lost', ms: 0 }, turns: 1 },
        { action: { kind: 'cancel', who: 'bob', pick: 0 }, turns: quiet },
        { action: { kind: 'cut', who: 'alice', how: 'refused' }, turns: 0 },
      ],
    },
  },
]

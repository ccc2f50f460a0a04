/** What is told of each recorded stream of Gemini. */
import { ended, failed, testRecordings } from '../streams.ts'

const usage = { input: 12, output: 5 }
const asked = { input: 12, output: 0 }
const cutOff = ended('interrupted', 'The connection broke before the answer was whole.')
const stopped = (why: string) => ended('filtered', `Gemini stopped the answer: ${why}.`)
const blocked = (reason: string) => ({
  usage: { input: 7, output: 0 },
  end: ended(
    'filtered',
    `Gemini did not take the question: blocked by its content filter (${reason}). Word the question differently.`,
  ),
})
const overloaded = (said: string) =>
  failed('overloaded', `The provider is overloaded (${said}). Try again in a moment.`)
const unreadable = failed(
  'broken_answer',
  'The answer could not be read. Check that the address of the route belongs to an API of this kind.',
  { retryable: false },
)

testRecordings('gemini', {
  answer: { text: 'Hello there.', usage },
  comments: { text: 'AB', usage },
  'byte-order-mark': { text: 'Hi', usage },
  unicode: { text: 'Grüße 🌍 你好 👩‍🚀', usage },
  'data-over-several-lines': { text: 'Ok', usage },
  'two-parts': { text: 'One two three four', usage },
  'parts-of-other-types': {
    text: '42',
    usage,
    end: ended('stop', 'The model also gave code that it ran, its sources, and an image, which cannot be shown here.'),
  },
  'pieces-without-candidates': { text: 'Ok', usage },

  thoughts: {
    thinking: '**Looking**\n\nHm. ',
    text: 'Yes.',
    usage: { input: 12, output: 45, thinking: 40, cached: 4 },
  },
  'thoughts-not-shown': { text: 'Yes.', usage: { input: 12, output: 45, thinking: 40 } },
  'thoughts-used-the-length': {
    usage: { input: 12, output: 97, thinking: 97 },
    end: ended(
      'length',
      'The model used the whole length limit for thinking, before any text. Raise maxTokens of the route, which thinking counts towards.',
    ),
  },

  'usage-after-the-end': { text: 'Yes', usage: { input: 12, output: 9 } },
  'usage-shrinks': { text: 'Yes', usage: { input: 12, output: 9 }, end: stopped('its safety filter was triggered') },
  'usage-of-tools': { text: 'Yes', usage: { input: 42, output: 2 } },

  empty: { usage: asked, end: ended('stop', 'The model ended its answer without writing any text.') },
  length: { text: 'Once upon a', usage, end: ended('length', 'The answer reached the length limit.') },
  'length-before-text': {
    usage: asked,
    end: ended('length', 'The answer was stopped by the length limit before any text. Raise maxTokens of the route.'),
  },
  'blocked-safety': blocked('SAFETY'),
  'blocked-prohibited-content': blocked('PROHIBITED_CONTENT'),
  'blocked-other': blocked('OTHER'),

  'finish-safety': { text: 'Once', usage, end: stopped('its safety filter was triggered') },
  'finish-recitation': { text: 'Once', usage, end: stopped('it came too close to a text that exists') },
  'finish-language': { usage: asked, end: stopped('the language is not supported') },
  'finish-blocklist': { usage: asked, end: stopped('it contains a forbidden term') },
  'finish-prohibited-content': { usage: asked, end: stopped('it may contain prohibited content') },
  'finish-spii': { usage: asked, end: stopped('it may contain sensitive personal data') },
  'finish-malformed-function-call': { usage: asked, end: stopped('the model tried to call a tool and failed') },
  'finish-other': { usage: asked, end: stopped('no reason was given') },
  'finish-image-safety': { usage: asked, end: stopped('reason IMAGE_SAFETY') },
  'finish-finish-reason-unspecified': {
    usage: asked,
    end: ended('stop', 'The model ended its answer without writing any text.'),
  },

  'cut-off': { text: 'Ok', usage, end: cutOff },
  'cut-off-before-text': { end: cutOff },
  'error-in-the-middle': {
    text: 'Ok',
    usage,
    end: overloaded('The model is overloaded. Please try again later'),
  },
  'error-quota-at-once': {
    end: failed(
      'rate_limited',
      'Too many requests in a short time (You exceeded your current quota). Try again in 35 s.',
      { retryAfterMs: 34_400 },
    ),
  },
  'error-without-a-frame': { text: 'Ok', usage, end: overloaded('The model is overloaded') },
  'error-without-a-frame-cut-off': { text: 'Ok', usage, end: cutOff },
  garbage: { text: 'Ok', usage, end: unreadable },
  'garbage-of-another-kind': { end: unreadable },

  'stop-then-recitation': { text: 'Once', usage, end: stopped('it came too close to a text that exists') },
  'function-call': { usage, end: ended('stop', 'The model wanted to call a tool, and there is none.') },
  'image-only': {
    usage,
    end: ended('stop', 'The model wrote no text. It gave an image, which cannot be shown here.'),
  },
  blank: { usage, end: ended('stop', 'The model ended its answer without writing any text.') },
  'thought-picture': { text: 'Yes', usage },
})

/** What is told of each recorded stream of Mistral. */
import { ended, failed, testRecordings } from '../streams.ts'

const usage = { input: 11, output: 9 }
const cutOff = ended('interrupted', 'The connection broke before the answer was whole.')
const serverError = (said: string) =>
  failed('server_error', `The provider had an error of its own${said}. Try again in a moment.`)
const unreadable = failed(
  'broken_answer',
  'The answer could not be read. Check that the address of the route belongs to an API of this kind.',
  { retryable: false },
)

testRecordings('mistral', {
  answer: { text: 'Hello there.', usage },
  'answer-ending-with-text': { text: 'Hello there.', usage },
  'crlf-and-comments': { text: 'Ok', usage },
  unicode: { text: 'Grüße 🌍 你好 👩‍🚀', usage },
  'data-over-several-lines': { text: 'Ok', usage },
  'pieces-without-choices': { text: 'Ok', usage },

  'usage-cached': { text: 'Ok', usage: { ...usage, cached: 4 } },
  'usage-without-choices': { text: 'Ok', usage },
  'usage-unreadable': { text: 'Ok' },

  thinking: { thinking: 'Hmm.', text: 'Yes', usage },
  'thinking-then-plain-text': { thinking: 'Hmm.', text: 'Yes', usage },
  'thinking-used-the-length': {
    thinking: 'Hmm',
    usage,
    end: ended(
      'length',
      'The model used the whole length limit for thinking, before any text. Raise maxTokens of the route, which thinking counts towards.',
    ),
  },
  references: {
    text: 'Yes',
    usage,
    end: ended('stop', 'The model also gave its sources, which cannot be shown here.'),
  },

  length: { text: 'Once upon', usage, end: ended('length', 'The answer reached the length limit.') },
  'length-before-text': {
    usage,
    end: ended('length', 'The answer was stopped by the length limit before any text. Raise maxTokens of the route.'),
  },
  'model-length': {
    text: 'Once upon',
    usage,
    end: ended('length', "The answer reached the end of the model's context window. Send /reset to go on."),
  },
  'content-filter': {
    text: 'Once',
    usage,
    end: ended('filtered', "The provider's content filter stopped the answer."),
  },
  'tool-calls': { usage, end: ended('stop', 'The model wanted to call a tool, and there is none.') },
  'finish-reason-unknown': {
    text: 'Ok',
    usage,
    end: ended('stop', 'Mistral ended the answer with the reason "solar_flare".'),
  },
  'finish-reason-error': { text: 'Ok', usage, end: serverError('') },
  empty: { usage, end: ended('stop', 'The model ended its answer without writing any text.') },

  'no-done': { text: 'Ok', usage },
  'no-finish-reason': { text: 'Ok' },
  'cut-off': { text: 'Ok', end: cutOff },
  'cut-off-before-text': { end: cutOff },

  'error-in-the-middle': { text: 'Ok', end: serverError(' (Internal server error)') },
  'error-before-done': {
    text: 'Ok',
    end: failed('rate_limited', 'Too many requests in a short time (Rate limit exceeded). Try again in a moment.'),
  },
  'error-wrapped': { text: 'Ok', end: serverError(' (Service unavailable)') },
  'error-of-a-field': { end: serverError(' (messages: Value error, too many)') },
  'error-without-words': { text: 'Ok', end: serverError('') },
  garbage: { end: unreadable },
  'garbage-in-the-middle': { text: 'Ok', end: unreadable },

  'tool-calls-with-stop': { end: ended('stop', 'The model wanted to call a tool, and there is none.') },
  image: { end: ended('stop', 'The model wrote no text. It gave an image, which cannot be shown here.') },
  blank: { end: ended('stop', 'The model ended its answer without writing any text.') },
})

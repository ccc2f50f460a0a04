/** Texts as people write them: words of a made-up vocabulary, the nth as frequent as 1/n; the same seed, the same texts. */

const WORDS = 20_000
const SYLLABLES = [
  'ba',
  'de',
  'fi',
  'go',
  'hu',
  'ka',
  'le',
  'mi',
  'no',
  'pu',
  'ra',
  'se',
  'ti',
  'vo',
  'zu',
  'an',
  'el',
  'or',
]

/** A word that no text contains, and one that none contains although all its pieces of three letters are common. */
export const NOWHERE = 'qxqxq'
export const NOWHERE_OF_COMMON_PIECES = 'babababababa'

/** The word of a rank, the most frequent first: short words are frequent ones. */
export function word(rank: number): string {
  let rest = rank + SYLLABLES.length
  let text = ''
  while (rest > 0) {
    text += SYLLABLES[rest % SYLLABLES.length] ?? ''
    rest = Math.floor(rest / SYLLABLES.length)
  }
  return text
}

const words = Array.from({ length: WORDS }, (_, rank) => word(rank))
const shares = words.map((_, rank) => 1 / (rank + 1))
const total = shares.reduce((sum, share) => sum + share, 0)
let sum = 0
const upTo = Float64Array.from(shares, share => {
  sum += share / total
  return sum
})

function pick(at: number): string {
  let low = 0
  let high = WORDS - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((upTo[middle] ?? 1) < at) low = middle + 1
    else high = middle
  }
  return words[low] ?? ''
}

/** A text of 20 to 200 characters. */
export function sentence(random: () => number): string {
  const length = 20 + Math.floor(random() * 180)
  let text = pick(random())
  while (text.length < 20) text += ` ${pick(random())}`
  for (let next = pick(random()); text.length + 1 + next.length <= length; next = pick(random())) text += ` ${next}`
  return text
}

/** Characters of Chinese, the nth as frequent as 1/n. */
const CHINESE = 2_000

/** The character of Chinese of a rank, the most frequent first. */
export const chinese = (rank: number): string => String.fromCodePoint(0x4e00 + rank)

/** A text of Chinese, 5 to 50 characters. */
export const chineseSentence = (random: () => number): string =>
  Array.from({ length: 5 + Math.floor(random() * 45) }, () => chinese(Math.floor(CHINESE ** random()) - 1)).join('')

/** Where an event stands in the count of a stream: each tab hears each event once, whoever passes it on. */

/**
 * What an event is to a reader that has come to `position`: the next one, one that it knows already, or one behind others
 * that it missed. Both are ids such as `5f1c62d4-17`. With another word in front it is another count, of which nothing is known.
 */
export function standing(position: string, id: string): 'next' | 'known' | 'missed' {
  const here = parse(position)
  const there = parse(id)
  if (here.life !== there.life) return 'missed'
  if (there.number <= here.number) return 'known'
  return there.number === here.number + 1 ? 'next' : 'missed'
}

function parse(id: string): { life: string; number: number } {
  const at = id.lastIndexOf('-')
  return { life: id.slice(0, at), number: Number(id.slice(at + 1)) }
}

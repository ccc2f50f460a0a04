/** Lets one call end before the next begins: each trial loads a client of up to 80 MiB. */
export function inTurn<Given extends unknown[], Result>(
  run: (...given: Given) => Promise<Result>,
): (...given: Given) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve()
  return (...given) => {
    const mine = last.then(() => run(...given))
    last = mine.catch(() => {})
    return mine
  }
}

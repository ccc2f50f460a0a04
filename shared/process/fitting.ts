/** As many from the front as together have at most `most` of something, such as bytes; the first one always. */
export function fitting<T>(items: readonly T[], sizeOf: (item: T) => number, most: number): readonly T[] {
  let sum = 0
  const end = items.findIndex((item, index) => {
    sum += sizeOf(item)
    return index > 0 && sum > most
  })
  return end < 0 ? items : items.slice(0, end)
}

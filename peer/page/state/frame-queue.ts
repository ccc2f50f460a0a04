/** Collects what arrives between two frames, so that the page is drawn once a frame however fast an answer streams. */

/** Returns the function that adds an item; `apply` gets all that were added since the last frame, in order. */
export function frameQueue<Item>(
  apply: (items: readonly Item[]) => void,
  nextFrame: (draw: () => void) => unknown = requestAnimationFrame,
): (item: Item) => void {
  let waiting: Item[] = []
  const drain = () => {
    const items = waiting
    waiting = []
    apply(items)
  }
  return item => {
    if (waiting.length === 0) nextFrame(drain)
    waiting.push(item)
  }
}

/** Collects changes of the page between two frames, so that it is drawn once a frame however fast they come. */
import { batch } from '@preact/signals'

/** A page that nobody sees has no frames: its changes, such as the number of unread messages, are made all the same. */
const LONGEST_FRAME_MS = 250

/** Returns the function that adds a change; all that were added since the last frame are made together, in order. */
export function frameQueue(nextFrame: (draw: () => void) => void = soon): (change: () => void) => void {
  let waiting: (() => void)[] = []
  const drain = () => {
    const changes = waiting
    waiting = []
    batch(() => changes.forEach(attempt))
  }
  return change => {
    waiting.push(change)
    if (waiting.length === 1) nextFrame(drain)
  }
}

/** One that goes wrong is reported and keeps none of the others from being made. */
function attempt(change: () => void): void {
  try {
    change()
  } catch (error) {
    reportError(error)
  }
}

function soon(draw: () => void): void {
  const once = () => {
    cancelAnimationFrame(frame)
    clearTimeout(timer)
    draw()
  }
  const frame = requestAnimationFrame(once)
  const timer = setTimeout(once, LONGEST_FRAME_MS)
}

/** How much the controller's document holds: what others can make it keep has a bound, and so has all of it. */

/** Proxies at one controller, at most: each holds a stream open, and has a table. */
export const MOST_PROXIES = 10_000
/** Tables of instances that the configuration no longer names. */
export const MOST_REMOVED = 200
export const MOST_CREDENTIALS = 100

/** All of it, in bytes: what would make it larger is refused. */
export const DOCUMENT_BYTES = 64 * 1024 * 1024
/** From here on only those grow that the configuration names: nobody who invents names takes their place. */
export const SHARED_BYTES = 48 * 1024 * 1024

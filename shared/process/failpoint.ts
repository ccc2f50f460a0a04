/**
 * A named place at which a test may end the process, to see what a crash right there leaves behind. Here it is empty and
 * the bundler drops its calls; the tests bundle another file in its place.
 */
export function failpoint(_name: string): void {}

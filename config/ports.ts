/** Which port belongs to which process where the configuration gives it no address; `--port-base` moves all of these together. */

export const DEFAULT_PORT_BASE = 5000

export type Ports = {
  readonly controller: number
  readonly demo: number
  readonly peer: (n: number) => number
  readonly proxy: (n: number) => number
}

/** With the default base: peers at 5000+n, controller 8000, demonstration provider 9000, proxies at 10000+n. */
export const portsFrom = (base: number): Ports => ({
  peer: n => base + n,
  controller: base + 3000,
  demo: base + 4000,
  proxy: n => base + 5000 + n,
})

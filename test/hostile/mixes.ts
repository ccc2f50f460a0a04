/** Mixes of headers that only a page of another origin, or a name that was bound anew, could send: none of them may be answered. */

/** @param own the Host that the process answers to */
export function foreignMixes(own: string): Readonly<Record<string, string>>[] {
  const [, port] = own.split(':')
  const hosts = [
    ...[
      'evil.example',
      `evil.example:${port}`,
      'localhost',
      '127.0.0.1',
      `127.0.0.1:${Number(port) + 1}`,
      `127.0.0.1.nip.io:${port}`,
    ],
    ...[`0.0.0.0:${port}`, `127.1:${port}`, `2130706433:${port}`, `LOCALHOST.:${port}`, `user@${own}`, `${own}.`],
  ]
  const origins = [
    ...[
      'http://evil.example',
      'null',
      `https://${own}`,
      `http://127.0.0.1:${Number(port) + 1}`,
      `http://localhost:${port}`,
      'file://',
    ],
    ...[`http://${own}.evil.example`, `http://${own}, http://evil.example`],
  ]
  const sites = ['cross-site', 'same-site', 'cross-site, same-origin', 'anything']
  return [
    ...hosts.map(host => ({ host })),
    ...origins.map(origin => ({ host: own, origin })),
    ...sites.map(site => ({ host: own, 'sec-fetch-site': site })),
    { host: own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' },
    { host: own, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
    { host: own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    { host: own, origin: 'http://evil.example', 'content-type': 'text/plain' },
    { host: own, origin: 'null', 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'cross-site' },
    { host: 'evil.example', origin: 'http://evil.example', 'sec-fetch-site': 'same-origin' },
  ]
}

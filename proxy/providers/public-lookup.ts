/** Keeps a route on the internet: no address of a private network is connected to, whatever its name says. */
import type { LookupFunction } from 'node:net'
import { privateAddress, privateHost } from '../../shared/protocol/private-address.ts'

/** A connection that was not made. The message says where it would have led. */
export class PrivateAddressError extends Error {
  constructor(host: string, { leads, address }: { leads: string; address?: string }) {
    const at = address === undefined || address === host ? '' : ` (${address})`
    super(`${host} leads to ${leads}${at}; if that is meant, tick "Private network" of the route on the dashboard`)
  }
}

/** @throws {PrivateAddressError} for a host that is an address of a private network, or a name that only such a one has */
export function refusePrivateHost(host: string): void {
  const leads = privateHost(host)
  if (leads !== undefined) throw new PrivateAddressError(host, { leads })
}

/**
 * Some VPNs answer for every name with an address of this network, which is kept for tests of networks and has no hosts
 * (RFC 2544), and lead the connection on.
 */
const STANDING_FOR_ANOTHER = /^198\.1[89]\./

/** Looks a name up; fails with a {@link PrivateAddressError} where any of its addresses is private: another may be next. */
export const publicLookup =
  (lookup: LookupFunction): LookupFunction =>
  (host, options, callback) =>
    lookup(host, options, (error, found, family) => {
      if (error !== null) return callback(error, found, family)
      const addresses = typeof found === 'string' ? [found] : found.map(({ address }) => address)
      for (const address of addresses) {
        const leads = STANDING_FOR_ANOTHER.test(address) ? undefined : privateAddress(address)
        if (leads !== undefined) return callback(new PrivateAddressError(host, { leads, address }), found, family)
      }
      callback(null, found, family)
    })

/**
 * Whom not to shake hands with: a host that has as many connections as one host may have. It is looked at before
 * anything is computed for a newcomer; what its identity is worth is decided later, by those who know it.
 *
 * Loopback and private addresses are not counted: there they would be one machine, or one office.
 */
import { isLoopback, isPrivate } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'

/** Far more than strangers of one host are given in the end, and enough for members behind one address. */
export const connectionsPerHostMax = 16

/** Whether one more connection from there is too many, with those that there are. */
export function isCrowded(newcomer: Multiaddr, present: Iterable<Multiaddr>): boolean {
  const host = hostOf(newcomer)
  if (host === undefined || isLoopback(newcomer) || isPrivate(newcomer)) return false
  let count = 0
  for (const each of present) if (hostOf(each) === host) count += 1
  return count >= connectionsPerHostMax
}

/** Undefined where an address does not begin with a number: over memory, say. */
function hostOf(address: Multiaddr): string | undefined {
  const [first] = address.getComponents()
  return first?.name === 'ip4' || first?.name === 'ip6' ? first.value : undefined
}

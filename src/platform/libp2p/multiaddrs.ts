/** What multiaddrs say: where an address is, from how far away it can be dialled, and over what. */
import type { Multiaddr } from '@multiformats/multiaddr'
import { CODE_P2P, multiaddr } from '@multiformats/multiaddr'
import { type Ip, type Reach, readIp4, readIp6 } from '../../base/ip.ts'

const directForms: ReadonlySet<string> = new Set([
  ...['ip4/tcp', 'ip6/tcp', 'ip4/udp/quic-v1', 'ip6/udp/quic-v1', 'memory'],
])
const reaches: readonly Reach[] = ['loopback', 'local', 'public']

/** Undefined if the text is not a multiaddr. */
export function parseAddress(text: string): Multiaddr | undefined {
  try {
    return multiaddr(text)
  } catch {
    return undefined
  }
}

/** The IP address that a multiaddr begins with; undefined for names and for what is no network of IP. */
export function ipOf(address: Multiaddr): Ip | undefined {
  const [first] = address.getComponents()
  if (first?.name === 'ip4') return readIp4(first.value ?? '')
  return first?.name === 'ip6' ? readIp6(first.value ?? '') : undefined
}

export function isQuic(address: Multiaddr): boolean {
  return has(address, 'quic-v1')
}

/**
 * Whether a node of ours can dial it as it is: a host by number and a port of TCP or QUIC. Names would have to be
 * looked up, and relays are somebody else. `/memory` is there for tests.
 */
export function isDirect(address: Multiaddr): boolean {
  const parts = address.getComponents()
  const form = parts.map(({ name }) => name).join('/')
  return directForms.has(form.replace(/\/p2p$/, '')) && parts[1]?.value !== '0'
}

/** IPv6 link-local: of no use without the name of an interface, which is another one on each machine. */
export function isLinkLocal6(address: Multiaddr): boolean {
  return address.toString().startsWith('/ip6/fe80:')
}

/**
 * Whether an address is of use to somebody who sees this node, or is seen by it, as near as `viewer` says. Undefined:
 * it is not known, or there is no nearness.
 */
export function isWithin(address: Multiaddr, viewer: Reach | undefined): boolean {
  const ip = ipOf(address)
  if (ip === undefined || viewer === undefined) return true
  return reaches.indexOf(ip.reach) >= reaches.indexOf(viewer)
}

/**
 * TCP before QUIC, otherwise as given: QUIC connects sooner, but carries a quarter to three quarters of what TCP
 * does, for twice the processor's time.
 */
export function tcpFirst(addresses: readonly Multiaddr[]): readonly Multiaddr[] {
  return [...addresses.filter((each) => !isQuic(each)), ...addresses.filter(isQuic)]
}

/** Without the peer id at its end. */
export function withoutPeer(address: Multiaddr): Multiaddr {
  const last = address.getComponents().at(-1)
  return last?.code === CODE_P2P ? address.decapsulate(`/p2p/${last.value}`) : address
}

function has(address: Multiaddr, protocol: string): boolean {
  return address.getComponents().some(({ name }) => name === protocol)
}

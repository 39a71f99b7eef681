/**
 * Where an address is: on which host, in which neighbourhoods. One who owns a network has any number of its
 * addresses for nothing, so limits count neighbourhoods and not addresses. Reads the three notations there are:
 * multiaddrs with an IP address, multiaddrs with a name, and the simulator's `sim:name` or `sim:name@place`.
 *
 * Resolves nothing, and does not judge whether an address can be dialled (the network does).
 */
import { type Ip, readIp4, readIp6 } from '../../base/ip.ts'
import type { PeerId } from '../../kernel/environment.ts'
import { addressCharactersMax } from '../../protocol/wire/addresses.ts'

/** Each is a text that can be compared and nothing else. */
export interface Place {
  /** One machine: an IPv4 address, an IPv6 /64, a name. */
  readonly host: string
  /** IPv4 /24, IPv6 /48. */
  readonly subnet: string
  /** IPv4 /16, IPv6 /32, the last two parts of a name. */
  readonly netgroup: string
  /** Loopback, private and link-local: here limits by place would count one machine, or one office. */
  readonly isLocal: boolean
}

const simPrefix = 'sim:'
const nowhere: Place = { host: 'other', subnet: 'other', netgroup: 'other', isLocal: false }

export function placeOf(address: string): Place {
  if (address.startsWith(simPrefix))
    return simPlace(address.slice(simPrefix.length).replace(/^.*@/, ''))
  const [, protocol = '', value = ''] = address.split('/')
  if (protocol === 'ip4') return ipPlace(readIp4(value))
  if (protocol === 'ip6') return ipPlace(readIp6(value))
  return protocol.startsWith('dns') ? namePlace(value.toLowerCase()) : nowhere
}

/** The peer that an address names; undefined if it names none. */
export function peerIn(address: string): PeerId | undefined {
  if (address.startsWith(simPrefix))
    return address.slice(simPrefix.length).replace(/@.*$/, '') || undefined
  const parts = address.split('/')
  const at = parts.lastIndexOf('p2p')
  return at < 0 ? undefined : parts[at + 1] || undefined
}

/** QUIC: quick to connect, dear in use. It is dialled where TCP does not lead to the peer. */
export function isSecondChoice(address: string): boolean {
  return address.includes('/quic-v1')
}

/** Whether an address can be written down: it is short enough, and printable ASCII. */
export function isKeepable(address: string): boolean {
  return address.length <= addressCharactersMax && /^[ -~]+$/.test(address)
}

/**
 * Whether an address is taken from strangers: it names a peer and a number. A name would have this node ask
 * a name server of the stranger's choice, and a local address is told only among neighbours.
 */
export function isTellable(address: string, toPlace: Place): boolean {
  if (!isKeepable(address) || peerIn(address) === undefined) return false
  if (address.includes('/p2p-circuit')) return false
  const isNumeric = /^(?:\/ip[46]\/|sim:)/.test(address)
  const place = placeOf(address)
  return isNumeric && place !== nowhere && (!place.isLocal || toPlace.isLocal)
}

/** Simulated hosts are neighbours if their names begin alike: `sim:a.b.c` is host a.b.c, subnet a.b, group a. */
function simPlace(name: string): Place {
  const parts = name.split('.')
  const subnet = parts.length > 2 ? parts.slice(0, -1).join('.') : name
  return {
    host: `sim/${name}`,
    subnet: `sim/${subnet}`,
    netgroup: `sim/${parts[0] ?? ''}`,
    isLocal: false,
  }
}

function namePlace(name: string): Place {
  const netgroup = `name/${name.split('.').slice(-2).join('.')}`
  return { host: `name/${name}`, subnet: `name/${name}`, netgroup, isLocal: false }
}

function ipPlace(ip: Ip | undefined): Place {
  if (ip === undefined) return nowhere
  const { host, subnet, netgroup, reach } = ip
  return { host, subnet, netgroup, isLocal: reach !== 'public' }
}

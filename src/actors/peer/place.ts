/**
 * Where an address is: on which host, in which neighbourhoods. One who owns a network has any number of its
 * addresses for nothing, so limits count neighbourhoods and not addresses. Reads the three notations there are:
 * multiaddrs with an IP address, multiaddrs with a name, and the simulator's `sim:name`.
 *
 * Resolves nothing, and does not judge whether an address can be dialled (the network does).
 */
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
  if (address.startsWith(simPrefix)) return simPlace(address.slice(simPrefix.length))
  const [, protocol = '', value = ''] = address.split('/')
  if (protocol === 'ip4') return ip4Place(value)
  if (protocol === 'ip6') return ip6Place(value)
  return protocol.startsWith('dns') ? namePlace(value.toLowerCase()) : nowhere
}

/** The peer that an address names; undefined if it names none. */
export function peerIn(address: string): PeerId | undefined {
  if (address.startsWith(simPrefix)) return address.slice(simPrefix.length) || undefined
  const parts = address.split('/')
  const at = parts.lastIndexOf('p2p')
  return at < 0 ? undefined : parts[at + 1] || undefined
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

function ip4Place(text: string): Place {
  const parts = text.split('.')
  const bytes = parts.map(Number)
  const isSound = parts.length === 4 && parts.every((part, i) => isByte(part, bytes[i] ?? -1))
  if (!isSound) return nowhere
  return {
    host: `ip4/${text}`,
    subnet: `ip4/${bytes.slice(0, 3).join('.')}`,
    netgroup: `ip4/${bytes.slice(0, 2).join('.')}`,
    isLocal: isLocalIp4(bytes),
  }
}

function isByte(text: string, value: number): boolean {
  return /^\d{1,3}$/.test(text) && value <= 255 && String(value) === text
}

/** RFC 1122 (0/8, 127/8), RFC 1918, RFC 3927, RFC 6598. */
function isLocalIp4([a = 0, b = 0]: readonly number[]): boolean {
  if (a === 0 || a === 10 || a === 127) return true
  if (a === 172) return b >= 16 && b < 32
  if (a === 100) return b >= 64 && b < 128
  return (a === 192 && b === 168) || (a === 169 && b === 254)
}

function ip6Place(text: string): Place {
  const groups = ip6Groups(text)
  if (groups === undefined) return nowhere
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  const [high = 0, low = 0] = groups.slice(6)
  if (isMapped) return ip4Place([high >> 8, high & 255, low >> 8, low & 255].join('.'))
  const prefix = (count: number): string =>
    `ip6/${groups
      .slice(0, count)
      .map((group) => group.toString(16))
      .join(':')}`
  return {
    host: prefix(4),
    subnet: prefix(3),
    netgroup: prefix(2),
    isLocal: isLocalIp6(groups),
  }
}

/** RFC 4291 (loopback, link-local), RFC 4193. */
function isLocalIp6(groups: readonly number[]): boolean {
  const first = groups[0] ?? 0
  const isLoopback = groups.slice(0, 7).every((group) => group === 0)
  return isLoopback || (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80
}

/** The eight groups of 16 bits; undefined if the text is not an IPv6 address (RFC 4291, 2.2). */
function ip6Groups(text: string): readonly number[] | undefined {
  const [head = '', tail, ...more] = text.split('::')
  if (more.length > 0) return undefined
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = 8 - before.length - after.length
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined
  const all = [...before, ...new Array<string>(missing).fill('0'), ...after]
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined
  return all.map((group) => Number.parseInt(group, 16))
}

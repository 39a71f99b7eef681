/**
 * IP addresses as text: in which neighbourhoods they lie, and from how far away they can be reached. One who owns a
 * network has any number of its addresses for nothing, so limits count neighbourhoods and not addresses.
 *
 * Resolves no names.
 */

/** `loopback`: from this machine alone. `local`: from one house or office. `public`: from anywhere. */
export type Reach = 'loopback' | 'local' | 'public'

/** Each neighbourhood is a text that can be compared and nothing else. */
export interface Ip {
  /** One machine: an IPv4 address, an IPv6 /64. */
  readonly host: string
  /** IPv4 /24, IPv6 /48. */
  readonly subnet: string
  /** IPv4 /16, IPv6 /32. */
  readonly netgroup: string
  readonly reach: Reach
}

/** Reads dotted decimal without leading zeros; undefined if the text is anything else. */
export function readIp4(text: string): Ip | undefined {
  const parts = text.split('.')
  const bytes = parts.map(Number)
  const isSound = parts.length === 4 && parts.every((part, i) => isByte(part, bytes[i] ?? -1))
  if (!isSound) return undefined
  return {
    host: `ip4/${text}`,
    subnet: `ip4/${bytes.slice(0, 3).join('.')}`,
    netgroup: `ip4/${bytes.slice(0, 2).join('.')}`,
    reach: reachOfIp4(bytes),
  }
}

/** Reads every form of RFC 4291, 2.2, without a zone. An IPv4 address in disguise is read as what it is. */
export function readIp6(text: string): Ip | undefined {
  const groups = ip6Groups(text)
  if (groups === undefined) return undefined
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  const [high = 0, low = 0] = groups.slice(6)
  if (isMapped) return readIp4([high >> 8, high & 255, low >> 8, low & 255].join('.'))
  const prefix = (count: number): string =>
    `ip6/${groups
      .slice(0, count)
      .map((group) => group.toString(16))
      .join(':')}`
  return { host: prefix(4), subnet: prefix(3), netgroup: prefix(2), reach: reachOfIp6(groups) }
}

function isByte(text: string, value: number): boolean {
  return /^\d{1,3}$/.test(text) && value <= 255 && String(value) === text
}

/** RFC 1122 (0/8, 127/8), RFC 1918, RFC 3927, RFC 6598. */
function reachOfIp4([a = 0, b = 0]: readonly number[]): Reach {
  if (a === 0 || a === 127) return 'loopback'
  const isPrivate = a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168)
  const isShared = (a === 100 && b >= 64 && b < 128) || (a === 169 && b === 254)
  return isPrivate || isShared ? 'local' : 'public'
}

/** RFC 4291 (unspecified, loopback, link-local), RFC 4193. */
function reachOfIp6(groups: readonly number[]): Reach {
  const first = groups[0] ?? 0
  const last = groups[7] ?? 0
  if (groups.slice(0, 7).every((group) => group === 0) && last <= 1) return 'loopback'
  const isLocal = (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80
  return isLocal ? 'local' : 'public'
}

/** The eight groups of 16 bits; undefined if the text is not an IPv6 address. */
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

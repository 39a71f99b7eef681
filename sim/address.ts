/**
 * Addresses of simulated hosts: `sim:n3@here` says that the host n3 is at the place `here`, which may have been so once, or
 * never. A host begins at the place of its own name, and `sim:n3` is short for that.
 */
import type { PeerId } from '../src/kernel/environment.ts'

const prefix = 'sim:'

/** Whom an address names, and where they are supposed to be. */
export interface Whereabouts {
  readonly peer: PeerId
  readonly place: string
}

/** Where the host of this name can be dialled, unless it has moved. */
export function addressOf(name: PeerId): string {
  return `${prefix}${name}`
}

/** Where the host of this name can be dialled if it is at that place. */
export function addressAt(name: PeerId, place: string): string {
  return place === name ? addressOf(name) : `${addressOf(name)}@${place}`
}

/** What an address says; undefined if it is in another notation. */
export function whereaboutsOf(address: string): Whereabouts | undefined {
  if (!address.startsWith(prefix)) return undefined
  const text = address.slice(prefix.length)
  const at = text.indexOf('@')
  return at < 0
    ? { peer: text, place: text }
    : { peer: text.slice(0, at), place: text.slice(at + 1) }
}

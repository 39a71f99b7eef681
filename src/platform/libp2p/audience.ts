/**
 * Whom this node is talking to while it says where peers are to be found. libp2p asks for the addresses to tell
 * without saying whom they are for; so the answer to a request runs in the context of the connection that it came
 * by, and private addresses can be kept from those outside.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { StreamHandler } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Reach } from '../../base/ip.ts'
import { ipOf, isWithin } from './multiaddrs.ts'

const audience = new AsyncLocalStorage<Reach | undefined>()

/** A handler of streams that knows whom it answers. */
export function knowingAudience(handler: StreamHandler): StreamHandler {
  return (stream, connection) => {
    const reach = ipOf(connection.remoteAddr)?.reach
    return audience.run(reach, () => handler(stream, connection))
  }
}

/** Those that the present audience can make use of; all if it is this node itself. */
export function tellable(addresses: readonly Multiaddr[]): Multiaddr[] {
  const viewer = audience.getStore()
  return addresses.filter((address) => isWithin(address, viewer))
}

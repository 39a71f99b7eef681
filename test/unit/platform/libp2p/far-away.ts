/** TCP on loopback that looks, to the libp2p around it, as if it went far: other addresses are seen and listened on. */
import type { MultiaddrConnection, Upgrader } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { override } from '../../../../src/platform/libp2p/override.ts'
import type { NetworkOptions } from '../../../../src/platform/network.ts'

export interface Pretence {
  /** Where whoever dials in is seen. */
  readonly inbound?: string | (() => string)
  /** Where whoever listens on this port is seen. */
  readonly outbound?: (port: number) => string
  /** What is listened on. */
  readonly listening?: readonly string[]
}

type Parts = NonNullable<NetworkOptions['parts']>
type Transport = NonNullable<Parts['transports']>[number]

export function farAway({ inbound, outbound, listening }: Pretence): Parts {
  const transport: Transport = (components) => {
    const real = tcp()(components)
    return override(real, {
      createListener: (options) => {
        const upgrader =
          inbound === undefined ? options.upgrader : upgradingAs(options.upgrader, inbound)
        const listener = real.createListener({ ...options, upgrader })
        if (listening === undefined) return listener
        return override(listener, { getAddrs: () => listening.map((text) => multiaddr(text)) })
      },
      dial: (address, options) => {
        const upgrader =
          outbound === undefined
            ? options.upgrader
            : upgradingAs(options.upgrader, outbound(portOf(address)))
        return real.dial(address, { ...options, upgrader })
      },
    })
  }
  return { transports: [transport] }
}

function upgradingAs(upgrader: Upgrader, seen: string | (() => string)): Upgrader {
  const pretend = (connection: MultiaddrConnection): MultiaddrConnection => {
    return Object.defineProperty(connection, 'remoteAddr', {
      value: multiaddr(typeof seen === 'string' ? seen : seen()),
    })
  }
  return override(upgrader, {
    upgradeInbound: (connection, options) => upgrader.upgradeInbound(pretend(connection), options),
    upgradeOutbound: (connection, options) =>
      upgrader.upgradeOutbound(pretend(connection), options),
  })
}

function portOf(address: Multiaddr): number {
  return Number(address.getComponents().find(({ name }) => name === 'tcp')?.value)
}

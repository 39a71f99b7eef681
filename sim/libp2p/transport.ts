/** A transport of libp2p over the simulated network, for addresses like `/ip4/10.0.0.7/tcp/30400`. */
import {
  type ComponentLogger,
  type Connection,
  type CreateListenerOptions,
  type DialTransportOptions,
  type Listener,
  type ListenerEvents,
  type Logger,
  serviceCapabilities,
  type Transport,
  TypedEventEmitter,
  transportSymbol,
} from '@libp2p/interface'
import { CODE_IP4, CODE_P2P, CODE_TCP, type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import type { Socket } from '../stack/wire/socket.ts'
import type { Listener as SocketListener, Sockets } from '../stack/wire/sockets.ts'
import { SocketConnection } from './connection.ts'

/** What libp2p hands to a transport, as far as this one asks. */
interface Components {
  readonly logger: ComponentLogger
}

/** For `transports` of a node on the machine that these sockets are of. */
export function socketTransport(sockets: Sockets): (components: Components) => Transport {
  return ({ logger }) => new SocketTransport(sockets, logger.forComponent('sim:transport'))
}

class SocketTransport implements Transport {
  readonly [transportSymbol] = true
  readonly [Symbol.toStringTag] = 'sim'
  readonly [serviceCapabilities]: string[] = ['@libp2p/transport']
  readonly #sockets: Sockets
  readonly #log: Logger

  constructor(sockets: Sockets, log: Logger) {
    this.#sockets = sockets
    this.#log = log
  }

  async dial(address: Multiaddr, options: DialTransportOptions): Promise<Connection> {
    const { ip, port } = placeIn(address)
    const { signal } = options
    const socket = await this.#sockets.connect(ip, port, { signal })
    const init = { remoteAddr: address, direction: 'outbound', log: this.#log } as const
    const connection = new SocketConnection(socket, init)
    try {
      return await options.upgrader.upgradeOutbound(connection, options)
    } catch (error) {
      connection.abort(asError(error))
      throw error
    }
  }

  createListener(options: CreateListenerOptions): Listener {
    return listenerOf(this.#sockets, this.#log, options)
  }

  listenFilter(addresses: Multiaddr[]): Multiaddr[] {
    return addresses.filter(isOurs)
  }

  dialFilter(addresses: Multiaddr[]): Multiaddr[] {
    return this.listenFilter(addresses)
  }
}

/** A listener, composed of the emitter that it has to be and the functions that it has to have. */
function listenerOf(sockets: Sockets, log: Logger, options: CreateListenerOptions): Listener {
  const emitter = new TypedEventEmitter<ListenerEvents>()
  const controller = new AbortController()
  let listening: { readonly address: Multiaddr; readonly at: SocketListener } | undefined
  const accept = (socket: Socket): void => {
    const { ip, port } = socket.remote
    const remoteAddr = multiaddr(`/ip4/${ip}/tcp/${port}`)
    const connection = new SocketConnection(socket, { remoteAddr, direction: 'inbound', log })
    const { signal } = controller
    options.upgrader
      .upgradeInbound(connection, { signal })
      .catch((error: unknown) => connection.abort(asError(error)))
  }
  return Object.assign(emitter, {
    listen: async (address: Multiaddr): Promise<void> => {
      listening = { address, at: sockets.listen(placeIn(address).port, accept) }
      // Whoever asked attaches its listeners only now.
      queueMicrotask(() => emitter.safeDispatchEvent('listening'))
    },
    getAddrs: (): Multiaddr[] => (listening === undefined ? [] : [listening.address]),
    updateAnnounceAddrs: (): void => undefined,
    close: async (): Promise<void> => {
      listening?.at.close()
      listening = undefined
      controller.abort()
      queueMicrotask(() => emitter.safeDispatchEvent('close'))
    },
  })
}

/** An IPv4 address, a port of TCP, perhaps a peer, and nothing else. */
function isOurs(address: Multiaddr): boolean {
  const [ip, tcp, peer, ...rest] = address.getComponents().map(({ code }) => code)
  const isPeer = peer === undefined || peer === CODE_P2P
  return ip === CODE_IP4 && tcp === CODE_TCP && isPeer && rest.length === 0
}

function placeIn(address: Multiaddr): { readonly ip: string; readonly port: number } {
  const [ip, tcp] = address.getComponents()
  return { ip: ip?.value ?? '', port: Number(tcp?.value) }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

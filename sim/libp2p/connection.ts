/** A connection of libp2p over a socket of the simulated network: what `@libp2p/tcp` is to a real one. */
import type { Logger, MessageStreamDirection } from '@libp2p/interface'
import { AbstractMultiaddrConnection, type SendResult } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Socket } from '../stack/wire/socket.ts'

export interface ConnectionInit {
  readonly remoteAddr: Multiaddr
  readonly direction: MessageStreamDirection
  readonly log: Logger
}

/** The base class does what is the same for every transport; libp2p accepts no connection that is not of it. */
export class SocketConnection extends AbstractMultiaddrConnection {
  readonly #socket: Socket

  constructor(socket: Socket, init: ConnectionInit) {
    super(init)
    this.#socket = socket
    socket
      .onDrain(() => this.safeDispatchEvent('drain'))
      .onEnd(() => socket.end())
      .onClose((reason) => {
        if (this.status !== 'open' && this.status !== 'closing') return
        if (reason === 'ended') this.onTransportClosed()
        else if (reason === 'reset') this.onRemoteReset()
        else this.onTransportClosed(new Error('the far end is silent'))
      })
      .onData((bytes) => this.onData(bytes))
  }

  sendData(data: Parameters<AbstractMultiaddrConnection['sendData']>[0]): SendResult {
    return { sentBytes: data.byteLength, canSendMore: this.#socket.send(data.subarray()) }
  }

  sendReset(): void {
    this.#socket.abort()
  }

  sendClose(): Promise<void> {
    this.#socket.end()
    return Promise.resolve()
  }

  sendPause(): void {
    this.#socket.pause()
  }

  sendResume(): void {
    this.#socket.resume()
  }
}

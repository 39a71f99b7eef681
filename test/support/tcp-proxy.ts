/**
 * The ways between programs on one machine: each is a small TCP proxy that can be cut (connections are reset and
 * refused), held (bytes wait and nobody is told, as when a cable is pulled) and mended. It counts what it carries.
 */
import {
  type AddressInfo,
  createServer,
  type Server,
  type Socket,
  connect as tcpConnect,
} from 'node:net'

const host = '127.0.0.1'

/** `kept`: what is connected stays so, and nobody comes who was not there: a way has no name of whoever dials. */
export type WayState = 'open' | 'kept' | 'held' | 'cut'

/** One way: from whoever dials `port` to whoever listens at the end. */
export interface Way {
  readonly port: number
  /** Bytes carried so far, both directions together. */
  readonly bytes: number
  set(state: WayState): void
  close(): Promise<void>
}

/** Opens a way to a port of this machine. */
export async function openWay(toPort: number): Promise<Way> {
  const way = new ProxiedWay(toPort)
  await way.listen()
  return way
}

class ProxiedWay implements Way {
  readonly #toPort: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #state: WayState = 'open'
  bytes = 0

  constructor(toPort: number) {
    this.#toPort = toPort
    this.#server = createServer((near) => this.#carry(near))
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(0, host, resolve)
    })
  }

  set(state: WayState): void {
    this.#state = state
    for (const socket of this.#sockets) {
      if (state === 'cut') socket.resetAndDestroy()
      else if (state === 'held') socket.pause()
      else socket.resume()
    }
  }

  async close(): Promise<void> {
    this.set('cut')
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** A held way lets a connection begin, and nothing more. */
  #carry(near: Socket): void {
    if (this.#state === 'cut' || this.#state === 'kept') {
      near.resetAndDestroy()
      return
    }
    const far = tcpConnect(this.#toPort, host)
    this.#pass(near, far)
    this.#pass(far, near)
  }

  #pass(from: Socket, to: Socket): void {
    this.#sockets.add(from)
    from.setNoDelay(true)
    if (this.#state === 'held') from.pause()
    from.on('data', (chunk) => {
      this.bytes += chunk.length
      if (to.write(chunk)) return
      from.pause()
      to.once('drain', () => {
        if (this.#state !== 'held') from.resume()
      })
    })
    from.on('end', () => to.end())
    from.on('error', () => to.resetAndDestroy())
    from.on('close', () => {
      this.#sockets.delete(from)
      to.destroy()
    })
  }
}

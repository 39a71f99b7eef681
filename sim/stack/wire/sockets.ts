/**
 * The sockets of one life of one machine, for its programs: listening and connecting, with promises, as such programs
 * expect. Faults are errors with a code that Node.js has for them.
 */
import type { StackHost } from '../host.ts'
import { Dial, type DialOutcome } from './dial.ts'
import type { Lines } from './lines.ts'
import type { Accept, Site } from './site.ts'
import type { Endpoint, Socket } from './socket.ts'

export type SocketCode =
  | 'EADDRINUSE'
  | 'ECONNREFUSED'
  | 'ECONNRESET'
  | 'EHOSTUNREACH'
  | 'EMFILE'
  | 'ETIMEDOUT'

/** What went wrong with a socket. */
export class SocketError extends Error {
  override readonly name = 'SocketError'
  readonly code: SocketCode

  constructor(code: SocketCode, detail: string) {
    super(`${code}: ${detail}`)
    this.code = code
  }
}

/** Whom an address leads to. */
export type FindSite = (nameOrIp: string) => Site | undefined

export interface ConnectOptions {
  /** Gives the attempt up. */
  readonly signal?: AbortSignal
}

/** A port that is listened on. */
export interface Listener {
  readonly local: Endpoint
  /** Takes no new connections. Those that there are go on. */
  close(): void
}

/** What a process does on the network. */
export class Sockets {
  readonly host: StackHost
  readonly #lines: Lines
  readonly #site: Site
  readonly #find: FindSite

  constructor(lines: Lines, site: Site, host: StackHost, find: FindSite) {
    this.#lines = lines
    this.#site = site
    this.#find = find
    this.host = host
  }

  /** The address of this machine. */
  get ip(): string {
    return this.#site.ip
  }

  /** Hands each new connection to `accept`. Throws EADDRINUSE if the port is taken. */
  listen(port: number, accept: Accept): Listener {
    const listening = { host: this.host, accept }
    const { ip, name } = this.#site
    if (!this.#site.listen(port, listening)) {
      throw new SocketError('EADDRINUSE', `port ${port} of ${name}`)
    }
    return { local: { ip, port }, close: () => this.#site.unlisten(port, listening) }
  }

  /** Connects to a port of a host, which is named or has this address. Rejects if it cannot. */
  connect(nameOrIp: string, port: number, options: ConnectOptions = {}): Promise<Socket> {
    const { signal } = options
    const place = `port ${port} of ${nameOrIp}`
    const to = this.#find(nameOrIp)
    if (to === undefined) return Promise.reject(new SocketError('EHOSTUNREACH', place))
    if (this.#site.isFull) return Promise.reject(new SocketError('EMFILE', place))
    if (signal?.aborted === true) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      const done = (outcome: DialOutcome): void => {
        signal?.removeEventListener('abort', giveUp)
        if (outcome === 'refused') reject(new SocketError('ECONNREFUSED', place))
        else if (outcome === 'timeout') reject(new SocketError('ETIMEDOUT', place))
        else resolve(outcome)
      }
      const dialling = { from: this.#site, host: this.host, to, port }
      const dial = new Dial(this.#lines, dialling, done)
      const giveUp = (): void => {
        dial.giveUp()
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', giveUp, { once: true })
    })
  }
}

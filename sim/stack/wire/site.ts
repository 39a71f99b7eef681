/**
 * One machine's place in a network of byte streams: its address, who listens on which port, and the sockets that are
 * open. It stays while its processes come and go.
 */
import { assert, present } from '../../../src/base/assert.ts'
import type { Life } from '../../life.ts'
import type { StackHost } from '../host.ts'
import type { Socket } from './socket.ts'

/** What a socket needs of where it is. */
export interface SocketSeat {
  readonly host: StackHost
  readonly life: Life
  /** Runs in an event of the host, at once but not within this call. */
  later(run: () => void): void
  /** Tells the far end that this one is gone. */
  sendReset(): void
  /** A frame has come for an end that is gone: the machine answers by a reset, if it is on. False. */
  refuseStray(): false
  /** The far end may send again, if it waited for this one to read. */
  reopenFar(): void
  /** Bytes have come in. */
  mixArrival(bytes: Uint8Array): void
  forget(socket: Socket): void
}

/** Takes a new connection. */
export type Accept = (socket: Socket) => void

/** A program on a host waits for connections. */
export interface Listening {
  readonly host: StackHost
  readonly accept: Accept
}

/** The first port of those that connections are made from (RFC 6335, section 6). */
const firstOwnPort = 49_152
const lastPort = 65_535

export class Site {
  readonly name: string
  readonly number: number
  ip: string
  /** The process that runs here; undefined while none does. */
  host: StackHost | undefined = undefined
  /** False after a power failure: then nothing answers, not even by a refusal. */
  isOn = true
  readonly sockets = new Set<Socket>()
  readonly #listening = new Map<number, Listening>()
  #lastPort = firstOwnPort - 1
  #socketsMax = Number.POSITIVE_INFINITY

  constructor(name: string, number: number, ip: string) {
    this.name = name
    this.number = number
    this.ip = ip
  }

  /** There are as many sockets as this machine has descriptors for: no further one can be had. */
  get isFull(): boolean {
    return this.sockets.size >= this.#socketsMax
  }

  /** Sockets that there are stay. Undefined is no limit. */
  limitSockets(socketsMax: number | undefined): void {
    this.#socketsMax = socketsMax ?? Number.POSITIVE_INFINITY
  }

  /** A port to dial from. In the order of asking, and round again. */
  takePort(): number {
    this.#lastPort = this.#lastPort === lastPort ? firstOwnPort : this.#lastPort + 1
    return this.#lastPort
  }

  listenerOn(port: number): Listening | undefined {
    return this.#listening.get(port)
  }

  /** False if somebody listens there already. */
  listen(port: number, listening: Listening): boolean {
    if (this.#listening.has(port)) return false
    this.#listening.set(port, listening)
    return true
  }

  unlisten(port: number, listening: Listening): void {
    if (this.#listening.get(port) === listening) this.#listening.delete(port)
  }

  begin(host: StackHost): void {
    assert(this.host === undefined, `one process on ${this.name}`)
    this.host = host
    this.isOn = true
  }

  /** Ends the process. What it listened on is closed; its sockets are the caller's matter. */
  end(): readonly Socket[] {
    present(this.host, `a process on ${this.name}`)
    this.host = undefined
    this.#listening.clear()
    const open = [...this.sockets]
    this.sockets.clear()
    return open
  }
}

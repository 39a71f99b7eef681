/**
 * One half of a connection: a socket on one machine, and the pipe that leads from it to the other. It is where the two
 * meet, and where the machine itself acts: it answers strays, and sends resets.
 */
import type { Life } from '../../life.ts'
import type { LinkNumber } from '../../link.ts'
import { type StackHost, within } from '../host.ts'
import type { Lines } from './lines.ts'
import { type Frame, Pipe, type PipeEnds } from './pipe.ts'
import type { Site, SocketSeat } from './site.ts'
import { type Endpoint, Socket } from './socket.ts'

const resetBytes = 66

/** Where a half is, and where the other one is. */
export interface Place {
  readonly site: Site
  readonly host: StackHost
  readonly local: Endpoint
  readonly to: Site
  readonly remote: Endpoint
}

/** What a half leaves to whoever makes connections. */
export interface HalfHooks {
  /** The frame that opens the connection has come out at the other machine. False if nobody takes it. */
  readonly opened: () => boolean
  /** This half has broken. */
  readonly broken?: (how: 'reset' | 'timeout') => void
}

export class Half implements SocketSeat, PipeEnds {
  readonly socket: Socket
  readonly host: StackHost
  /** From here to there. */
  readonly out: Pipe
  other: Half | undefined = undefined
  readonly #lines: Lines
  readonly #site: Site
  readonly #link: LinkNumber
  readonly #hooks: HalfHooks

  constructor(lines: Lines, { site, host, local, to, remote }: Place, hooks: HalfHooks) {
    this.#lines = lines
    this.#site = site
    this.#hooks = hooks
    this.#link = lines.link(site.name, to.name)
    this.host = host
    this.socket = new Socket(this, local, remote)
    site.sockets.add(this.socket)
    this.out = new Pipe(lines, this.#link, this)
    this.socket.connected(this.out)
  }

  // ----- for the socket -----

  get life(): Life {
    return this.host.life
  }

  later(run: () => void): void {
    const { timeline } = this.#lines
    const enter = { fire: () => within(this.host, run) }
    timeline.at(timeline.nowUs, { fire: () => this.life.enter(enter) })
  }

  sendReset(): void {
    sendReset(this.#lines, this.#link, () => this.other)
  }

  refuseStray(): false {
    if (this.#site.isOn) this.sendReset()
    return false
  }

  reopenFar(): void {
    this.other?.out.reopen()
  }

  mixArrival(bytes: Uint8Array): void {
    const { digest, timeline } = this.#lines
    digest.mixEvent(timeline.nowUs, this.#site.number, 0, 'bytes')
    digest.mixBytes(bytes)
  }

  forget(socket: Socket): void {
    this.#site.sockets.delete(socket)
  }

  // ----- for the pipe -----

  arrive(frame: Frame): boolean {
    if (frame.kind === 'dial' || frame.kind === 'accept') return this.#hooks.opened()
    return this.other?.socket.arrive(frame) === true
  }

  unread(): number {
    return this.other?.socket.unreadBytes ?? 0
  }

  drained(): void {
    this.socket.drained()
  }

  /** A device on the way resets both halves; time runs out for the sender alone. */
  broken(how: 'reset' | 'timeout'): void {
    if (how === 'reset') this.other?.break(how)
    this.break(how)
  }

  // ----- -----

  /** Ends this half, in an event of its host. */
  break(how: 'reset' | 'timeout'): void {
    this.#hooks.broken?.(how)
    this.socket.broken(how)
  }
}

/** Puts a reset on a link, once: if it gets lost, whoever it was for does not learn of it. */
export function sendReset(lines: Lines, link: LinkNumber, target: () => Half | undefined): void {
  const cargo = { kind: 'close', label: '', bytes: resetBytes } as const
  const departure = lines.depart(link, cargo)
  if (typeof departure === 'string') return
  const arriveAt = (us: number): void => {
    lines.timeline.at(us, { fire: () => target()?.break('reset') })
  }
  if (typeof departure === 'number') arriveAt(departure)
  else departure.queue(() => arriveAt(lines.timeline.nowUs))
}

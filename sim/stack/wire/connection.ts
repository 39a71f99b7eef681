/**
 * A connection between two machines: a pipe each way, and a socket at each end. It opens as TCP does: a frame
 * that asks, one that accepts or a reset that refuses, and then bytes.
 */
import type { LinkNumber } from '../../link.ts'
import { type StackHost, within } from '../host.ts'
import type { Lines } from './lines.ts'
import { type Frame, Pipe, type PipeEnds } from './pipe.ts'
import type { Site, SocketSeat } from './site.ts'
import { type CloseReason, Socket } from './socket.ts'

const nothing = new Uint8Array()
const resetBytes = 66

/** What came of a dial. */
export type DialOutcome = Socket | 'refused' | 'timeout'

/** Where to, and from whom. */
export interface Dialling {
  readonly from: Site
  readonly host: StackHost
  readonly to: Site
  readonly port: number
}

export class Connection {
  readonly near: Socket
  readonly #lines: Lines
  readonly #from: Site
  readonly #to: Site
  readonly #port: number
  readonly #host: StackHost
  readonly #there: LinkNumber
  readonly #back: LinkNumber
  readonly #toFar: Pipe
  #toNear: Pipe | undefined
  #far: Socket | undefined
  #done: ((outcome: DialOutcome) => void) | undefined

  /** Begins to dial. `done` is called once, in an event of the dialling host, unless it is given up before. */
  constructor(lines: Lines, dialling: Dialling, done: (outcome: DialOutcome) => void) {
    const { from, host, to, port } = dialling
    this.#lines = lines
    this.#from = from
    this.#to = to
    this.#port = port
    this.#host = host
    this.#done = done
    this.#there = lines.link(from.name, to.name)
    this.#back = lines.link(to.name, from.name)
    const local = { ip: from.ip, port: from.takePort() }
    const seat = this.#seat(from, host, {
      far: () => this.#far,
      back: () => this.#toNear,
      link: this.#there,
    })
    this.near = new Socket(seat, local, { ip: to.ip, port })
    from.sockets.add(this.near)
    this.#toFar = new Pipe(
      lines,
      this.#there,
      this.#endsOf(
        this.near,
        () => this.#far,
        (frame) => this.#atFar(frame),
      ),
    )
    this.near.connected(this.#toFar)
    this.#toFar.put('dial', nothing)
  }

  /** Gives the dial up. */
  giveUp(): void {
    this.#done = undefined
    this.near.abort()
  }

  // ----- at the far end -----

  #atFar(frame: Frame): boolean {
    if (frame.kind === 'dial') return this.#asked()
    const far = this.#far
    return far === undefined ? this.#strayAt(this.#to) : far.arrive(frame)
  }

  /** Somebody wants to connect. */
  #asked(): boolean {
    const listening = this.#to.listenerOn(this.#port)
    if (listening === undefined || listening.host.life.isOver) return this.#strayAt(this.#to)
    const { host, accept } = listening
    const local = { ip: this.#to.ip, port: this.#port }
    const seat = this.#seat(this.#to, host, {
      far: () => this.near,
      back: () => this.#toFar,
      link: this.#back,
    })
    const far = new Socket(seat, local, this.near.local)
    this.#to.sockets.add(far)
    this.#far = far
    this.#toNear = new Pipe(
      this.#lines,
      this.#back,
      this.#endsOf(
        far,
        () => this.near,
        (frame) => this.#atNear(frame),
      ),
    )
    far.connected(this.#toNear)
    this.#toNear.put('accept', nothing)
    host.life.enter({ fire: () => within(host, () => accept(far)) })
    return true
  }

  // ----- at the near end -----

  #atNear(frame: Frame): boolean {
    if (frame.kind !== 'accept') return this.near.arrive(frame)
    if (this.near.closed !== undefined || this.#host.life.isOver) return this.#strayAt(this.#from)
    this.#conclude(this.near)
    return true
  }

  #conclude(outcome: DialOutcome): void {
    this.#host.life.enter({
      fire: () => {
        const done = this.#done
        this.#done = undefined
        if (done !== undefined) within(this.#host, () => done(outcome))
      },
    })
  }

  #brokenNear(how: CloseReason): void {
    if (this.#done === undefined) return this.near.broken(how)
    this.#conclude(how === 'timeout' ? 'timeout' : 'refused')
    this.near.broken(how)
  }

  // ----- both -----

  #endsOf(
    sender: Socket,
    receiver: () => Socket | undefined,
    arrive: (frame: Frame) => boolean,
  ): PipeEnds {
    return {
      arrive,
      unread: () => receiver()?.unreadBytes ?? 0,
      drained: () => sender.drained(),
      broken: (how) => {
        // A device on the way resets both ends; time runs out at the sender alone.
        if (how === 'reset' && receiver() !== undefined) this.#break(receiver(), how)
        this.#break(sender, how)
      },
    }
  }

  #break(socket: Socket | undefined, how: CloseReason): void {
    if (socket === this.near) this.#brokenNear(how)
    else socket?.broken(how)
  }

  #seat(
    site: Site,
    host: StackHost,
    way: {
      readonly far: () => Socket | undefined
      readonly back: () => Pipe | undefined
      readonly link: LinkNumber
    },
  ): SocketSeat {
    const { timeline, digest } = this.#lines
    const { life } = host
    return {
      host,
      life,
      later: (run) => {
        timeline.at(timeline.nowUs, { fire: () => life.enter({ fire: () => within(host, run) }) })
      },
      sendReset: () => this.#reset(way.link, way.far),
      refuseStray: () => this.#strayAt(site),
      reopenFar: () => way.back()?.reopen(),
      mixArrival: (bytes) => {
        digest.mixEvent(timeline.nowUs, site.number, 0, 'bytes')
        digest.mixBytes(bytes)
      },
      forget: (socket) => site.sockets.delete(socket),
    }
  }

  /** A frame for nobody. A machine that is on says so, by a reset; one without power says nothing. */
  #strayAt(site: Site): false {
    if (!site.isOn) return false
    const isTo = site === this.#to
    this.#reset(isTo ? this.#back : this.#there, isTo ? () => this.near : () => this.#far)
    return false
  }

  /** Puts a reset on a link, for once: if it gets lost, the far end does not learn of it. */
  #reset(link: LinkNumber, far: () => Socket | undefined): void {
    const { timeline } = this.#lines
    const cargo = { kind: 'close', label: '', bytes: resetBytes } as const
    const departure = this.#lines.depart(link, cargo)
    if (typeof departure !== 'number') return
    timeline.at(departure, { fire: () => this.#break(far(), 'reset') })
  }
}

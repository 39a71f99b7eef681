/**
 * Connecting two machines, as TCP does it: a frame that asks, one that accepts or a reset that refuses, and then
 * bytes. Each opening frame is the first of its pipe, so it is sent again if it gets lost, and nothing overtakes it.
 */
import { type StackHost, within } from '../host.ts'
import { Half, sendReset } from './half.ts'
import type { Lines } from './lines.ts'
import type { Site } from './site.ts'
import type { Socket } from './socket.ts'

const nothing = new Uint8Array()

/** What came of a dial. */
export type DialOutcome = Socket | 'refused' | 'timeout'

/** Where to, and from whom. */
export interface Dialling {
  readonly from: Site
  readonly host: StackHost
  readonly to: Site
  readonly port: number
}

/** One attempt to connect, and the connection that comes of it. */
export class Dial {
  readonly #lines: Lines
  readonly #dialling: Dialling
  readonly #near: Half
  #done: ((outcome: DialOutcome) => void) | undefined

  /** Begins. `done` is called once, in an event of the dialling host, unless the dial is given up before. */
  constructor(lines: Lines, dialling: Dialling, done: (outcome: DialOutcome) => void) {
    const { from, host, to, port } = dialling
    this.#lines = lines
    this.#dialling = dialling
    this.#done = done
    const local = { ip: from.ip, port: from.takePort() }
    const place = { site: from, host, local, to, remote: { ip: to.ip, port } }
    this.#near = new Half(lines, place, {
      opened: () => this.#asked(),
      broken: (how) => this.#conclude(how === 'timeout' ? 'timeout' : 'refused'),
    })
    this.#near.out.put('dial', nothing)
  }

  giveUp(): void {
    this.#done = undefined
    this.#near.socket.abort()
  }

  /** The question has come to the machine that is dialled. */
  #asked(): boolean {
    const { from, to, port } = this.#dialling
    const listening = to.listenerOn(port)
    if (listening === undefined || listening.host.life.isOver || to.isFull) return this.#refuse()
    const { host, accept } = listening
    const { local, remote } = this.#near.socket
    const place = { site: to, host, local: remote, to: from, remote: local }
    const far = new Half(this.#lines, place, { opened: () => this.#accepted() })
    far.other = this.#near
    this.#near.other = far
    far.out.put('accept', nothing)
    host.life.enter({ fire: () => within(host, () => accept(far.socket)) })
    return true
  }

  /** Nobody listens. The machine says so, if it is on. */
  #refuse(): false {
    const { from, to } = this.#dialling
    const link = this.#lines.link(to.name, from.name)
    if (to.isOn) sendReset(this.#lines, link, () => this.#near)
    return false
  }

  /** The answer has come to the machine that dialled. */
  #accepted(): boolean {
    const { socket, life } = this.#near
    if (socket.closed !== undefined || life.isOver) return this.#near.refuseStray()
    this.#conclude(socket)
    return true
  }

  #conclude(outcome: DialOutcome): void {
    const { host } = this.#near
    host.life.enter({
      fire: () => {
        const done = this.#done
        this.#done = undefined
        if (done !== undefined) within(host, () => done(outcome))
      },
    })
  }
}

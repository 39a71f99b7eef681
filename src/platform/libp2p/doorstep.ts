/**
 * Those who have connected and not yet shown who they are. There is room for few, as each may cost a handshake; and
 * who says nothing must not keep others out until its time is over, or five silent connections a second would shut the
 * door for good. So when it is nearly full, somebody goes: who has stood there longest, of the host that has most there.
 *
 * Does not limit connections a second, nor those that are through.
 */
import type { MultiaddrConnection } from '@libp2p/interface'

export interface DoorstepLimits {
  /** With more than these, one has to go for each that comes. */
  readonly waitingMax: number
  /** Nobody is sent away sooner: a handshake takes three round trips, and links may be slow. */
  readonly patienceMs: number
}

interface Waiting {
  readonly host: string
  readonly sinceMs: number
}

export class Doorstep {
  readonly #limits: DoorstepLimits
  readonly #nowMs: () => number
  /** In the order in which they came. */
  readonly #waiting = new Map<MultiaddrConnection, Waiting>()

  /** `nowMs` is monotonic. */
  constructor(limits: DoorstepLimits, nowMs: () => number) {
    this.#limits = limits
    this.#nowMs = nowMs
  }

  get size(): number {
    return this.#waiting.size
  }

  /** Somebody has connected. Sends another away if there are many. */
  arrived(connection: MultiaddrConnection): void {
    this.#waiting.set(connection, { host: hostOf(connection), sinceMs: this.#nowMs() })
    connection.addEventListener('close', () => this.left(connection), { once: true })
    if (this.#waiting.size > this.#limits.waitingMax) this.#sendAway()
  }

  /** It has shown who it is, or is gone. */
  left(connection: MultiaddrConnection): void {
    this.#waiting.delete(connection)
  }

  #sendAway(): void {
    const crowds = new Map<string, number>()
    for (const { host } of this.#waiting.values()) crowds.set(host, (crowds.get(host) ?? 0) + 1)
    const latestMs = this.#nowMs() - this.#limits.patienceMs
    let victim: MultiaddrConnection | undefined
    let crowd = 0
    for (const [connection, { host, sinceMs }] of this.#waiting) {
      const size = crowds.get(host) ?? 0
      if (sinceMs > latestMs || size <= crowd) continue
      victim = connection
      crowd = size
    }
    if (victim === undefined) return
    this.left(victim)
    victim.abort(new Error('others are waiting'))
  }
}

/** The address without its port: who connects has another port each time. */
function hostOf({ remoteAddr }: MultiaddrConnection): string {
  return remoteAddr.getComponents()[0]?.value ?? ''
}

/**
 * A world's network for programs of one's own: machines have sockets, and nothing else. What the seam calls a network
 * (peers, gossip, requests) is absent there: each of its calls fails as a value.
 */

import { present } from '../../src/base/assert.ts'
import { failed, type Result } from '../../src/base/result.ts'
import type {
  Environment,
  Network,
  NetworkFault,
  NetworkReport,
  OpenRequest,
  PeerId,
} from '../../src/kernel/environment.ts'
import { failedRequest } from '../exchange.ts'
import type { FabricParts, TrafficCounts } from '../fabric.ts'
import type { LinkModel } from '../link.ts'
import type { LinkChanges } from '../link-changes.ts'
import type { Process, StartProcess } from '../process.ts'
import type { RuleList } from '../rules.ts'
import type { CrashNotice, NetworkSeat, WorldNetwork } from '../world-network.ts'
import { within } from './host.ts'
import { StreamNet } from './wire/net.ts'
import type { Sockets } from './wire/sockets.ts'

/** What a program is given: the sockets of its machine, and the rest of its environment (clock, disk, chance). */
export interface ProgramSeat {
  readonly sockets: Sockets
  readonly environment: Environment
}

export class StreamNetwork implements WorldNetwork {
  readonly #net: StreamNet
  readonly #sockets = new Map<string, Sockets>()

  constructor(parts: FabricParts) {
    this.#net = new StreamNet(parts)
  }

  get rules(): RuleList {
    return this.#net.lines.rules
  }

  get linkChanges(): LinkChanges {
    return this.#net.lines.table.changes
  }

  get counts(): Readonly<TrafficCounts> {
    return this.#net.lines.counts
  }

  /**
   * A process for `SimHost.boot`: runs `main` on behalf of the host, in an event of its own, so that nothing of it
   * happens outside of a run. The process ends with its life, not when `main` does. What `main` throws or rejects with ends the run.
   */
  program(name: string, main: (seat: ProgramSeat) => Promise<void>): StartProcess {
    return (environment): Process => {
      const sockets = present(this.#sockets.get(name), `sockets of ${name}`)
      environment.clock.soon(() => within(sockets.host, () => void main({ sockets, environment })))
      return { stop: () => undefined }
    }
  }

  addHost(name: string): void {
    this.#net.addHost(name)
  }

  attach(name: string, seat: NetworkSeat, ready: (network: Network) => void): void {
    this.#sockets.set(name, this.#net.begin(name, seat))
    ready(new AbsentNetwork(name, seat))
  }

  detach(name: string): void {
    this.#net.end(name, 'reset')
  }

  crash(name: string, notice: CrashNotice): void {
    this.#net.end(name, notice)
  }

  reset(a: string, b: string): void {
    this.#net.reset(a, b)
  }

  halfOpen(unaware: string, forgetful: string): void {
    this.#net.halfOpen(unaware, forgetful)
  }

  /** Its former address leads nowhere. Its name does lead to it, since programs find each other by names. */
  moveHost(name: string): void {
    this.#net.moveHost(name)
  }

  setLink(from: string, to: string, model: LinkModel): void {
    this.#net.setLink(from, to, model)
  }

  limitConnections(name: string, connectionsMax: number | undefined): void {
    this.#net.site(name).limitSockets(connectionsMax)
  }

  /** Programs find each other as they like. */
  find(): void {}

  isConnected(a: string, b: string): boolean {
    return this.#net.isConnected(a, b)
  }

  peersOf(name: string): readonly PeerId[] {
    return this.#net.peersOf(name)
  }

  /** There is no gossip. */
  rejectedBy(): number {
    return 0
  }
}

const absent: NetworkFault = { code: 'unreachable', detail: 'this world has sockets and no peers' }

/** Nobody is there. */
class AbsentNetwork implements Network {
  readonly self: PeerId
  readonly #seat: NetworkSeat

  constructor(name: string, seat: NetworkSeat) {
    this.self = name
    this.#seat = seat
  }

  open(): void {}

  dial(_address: string, done: (outcome: Result<PeerId, NetworkFault>) => void): void {
    this.#fail(done)
  }

  disconnect(): void {}
  ban(): void {}
  rate(): void {}
  favour(): void {}

  report(): NetworkReport {
    return { total: { inBytes: 0, outBytes: 0 }, peers: new Map(), neighbours: new Map() }
  }

  subscribe(): void {}
  publish(): void {}

  request(
    _request: unknown,
    done: (outcome: Result<Uint8Array, NetworkFault>) => void,
  ): OpenRequest {
    this.#fail(done)
    return failedRequest
  }

  #fail(done: (outcome: Result<never, NetworkFault>) => void): void {
    this.#seat.clock.soon(() => done(failed(absent)))
  }
}

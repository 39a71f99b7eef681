/**
 * A world's network whose hosts run the production network adapter: libp2p with gossipsub, identify, Yamux and an
 * encryption, unmodified, over simulated byte streams in virtual time.
 *
 * To be loaded by `world.ts` alone: libp2p must find the virtual clocks in place when it is loaded.
 */
import { noise } from '@libp2p/noise'
import { plaintext } from '@libp2p/plaintext'
import { present } from '../../src/base/assert.ts'
import type { Millis } from '../../src/base/units.ts'
import type { Network, PeerId } from '../../src/kernel/environment.ts'
import { openLibp2pNetwork } from '../../src/platform/network.ts'
import type { FabricParts, TrafficCounts } from '../fabric.ts'
import type { LinkModel } from '../link.ts'
import type { LinkChanges } from '../link-changes.ts'
import type { SimRandom } from '../random.ts'
import type { RuleList } from '../rules.ts'
import { outside, within } from '../stack/host.ts'
import { StreamNet } from '../stack/wire/net.ts'
import type { Sockets } from '../stack/wire/sockets.ts'
import type { CrashNotice, NetworkSeat, WorldNetwork } from '../world-network.ts'
import { Directory } from './directory.ts'
import { Port } from './port.ts'
import { socketTransport } from './transport.ts'

export interface Libp2pOptions {
  /** The topics that exist on this network, and the protocols that every node answers. Asked when a host begins. */
  readonly names: () => {
    readonly topics: readonly string[]
    readonly protocols: readonly string[]
  }
  /** Noise encrypts with keys of each host's own stream, as in production. Plaintext takes half of the time. */
  readonly security: 'noise' | 'plaintext'
  /** Connections that a node holds at once. */
  readonly connectionsMax?: number
}

export class Libp2pNetwork implements WorldNetwork {
  readonly #parts: FabricParts
  readonly #options: Libp2pOptions
  readonly #net: StreamNet
  readonly #keys: SimRandom
  readonly #directory = new Directory()
  /** Of hosts whose network is open. */
  readonly #ports = new Map<string, Port>()

  constructor(parts: FabricParts, options: Libp2pOptions) {
    this.#parts = parts
    this.#options = options
    this.#net = new StreamNet(parts)
    this.#keys = parts.random.fork('key')
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

  addHost(name: string, _msAt: (trueUs: number) => Millis): void {
    const { ip } = this.#net.addHost(name)
    this.#directory.add(name, ip, this.#keys.fork(name))
  }

  /** Calls back later: libp2p takes a while to start. If it does not start at all, the run ends with its error. */
  attach(name: string, seat: NetworkSeat, ready: (network: Network) => void): void {
    const sockets = this.#net.begin(name, seat)
    const { timeline } = this.#parts
    const begin = (network: Network): void => {
      const port = this.#portFor(sockets, name, network)
      this.#ports.set(name, port)
      outside(() => ready(port))
    }
    // An event of its own: a process does not begin in the middle of a promise.
    const beginSoon = (network: Network): void => {
      timeline.at(timeline.nowUs, { fire: () => seat.life.enter({ fire: () => begin(network) }) })
    }
    const open = (): void => void this.#open(name, sockets).then(beginSoon)
    seat.clock.soon(() => within(sockets.host, open))
  }

  detach(name: string): void {
    this.crash(name, 'reset')
  }

  crash(name: string, notice: CrashNotice): void {
    this.#ports.delete(name)
    this.#net.end(name, notice)
  }

  reset(a: string, b: string): void {
    this.#net.reset(a, b)
  }

  halfOpen(unaware: string, forgetful: string): void {
    this.#net.halfOpen(unaware, forgetful)
  }

  moveHost(name: string, place: string): void {
    this.#directory.move(name, place, this.#net.moveHost(name).ip)
  }

  setLink(from: string, to: string, model: LinkModel): void {
    this.#net.setLink(from, to, model)
  }

  limitConnections(name: string, connectionsMax: number | undefined): void {
    this.#net.site(name).limitSockets(connectionsMax)
  }

  find(name: string, address: string): void {
    this.#ports.get(name)?.found(address)
  }

  isConnected(a: string, b: string): boolean {
    return this.peersOf(a).includes(b) && this.peersOf(b).includes(a)
  }

  peersOf(name: string): readonly PeerId[] {
    return this.#ports.get(name)?.peers ?? []
  }

  rejectedBy(name: string, neighbour: string): number {
    return this.#ports.get(name)?.rejectedOf(neighbour) ?? 0
  }

  #open(name: string, sockets: Sockets): Promise<Network> {
    const { names, security, connectionsMax } = this.#options
    const { seed, listenAddress } = this.#directory.named(name)
    return openLibp2pNetwork({
      seed,
      ...names(),
      listen: [listenAddress],
      ...(connectionsMax === undefined ? {} : { connectionsMax }),
      parts: {
        transports: [socketTransport(sockets)],
        connectionEncrypters: [security === 'noise' ? noise() : plaintext()],
      },
    })
  }

  #portFor({ host }: Sockets, name: string, network: Network): Port {
    const { timeline, digest } = this.#parts
    const { number } = present(this.#net.site(name), `a host named ${name}`)
    const identity = this.#directory.named(name)
    return new Port(
      { host, number, identity, directory: this.#directory, digest, timeline },
      network,
    )
  }
}

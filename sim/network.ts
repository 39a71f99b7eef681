/**
 * The whole network: which hosts there are, and the faults that befall their connections. Hosts are
 * named; the host `n3` has the peer identity `n3` and, until it moves, the address `sim:n3`.
 *
 * A connection whose way is cut carries nothing; when its keep-alive has had no answer for
 * `connectionTimeoutMs`, both ends learn that the other is gone.
 */
import { assert } from '../src/base/assert.ts'
import type { Millis } from '../src/base/units.ts'
import type { Network, PeerId } from '../src/kernel/environment.ts'
import { addressAt } from './address.ts'
import { type ConnectionEnd, connectionTimeoutUs } from './connection.ts'
import type { Place } from './dial.ts'
import { Fabric, type FabricParts, type TrafficCounts } from './fabric.ts'
import type { LinkModel } from './link.ts'
import type { LinkChanges } from './link-changes.ts'
import { Port } from './port.ts'
import type { Cargo, RuleList } from './rules.ts'
import type { TimelineEntry } from './timeline.ts'
import type { CrashNotice, NetworkSeat, WorldNetwork } from './world-network.ts'

/** How often keep-alives are looked at while there is a rule that could stop them. */
const sweepIntervalUs = 1_000_000
const keepalive: Cargo = { kind: 'keepalive', label: '', bytes: 0 }

/** One host's place. It stays while its processes come and go. */
class Site implements Place {
  readonly name: PeerId
  readonly number: number
  place: string
  readonly msAt: (trueUs: number) => Millis
  port: Port | undefined = undefined
  connectionsMax = Number.POSITIVE_INFINITY
  /** Far ends that have not learned of a crash. */
  stale: readonly ConnectionEnd[] = []

  constructor(name: PeerId, number: number, msAt: (trueUs: number) => Millis) {
    this.name = name
    this.number = number
    this.place = name
    this.msAt = msAt
  }

  get address(): string {
    return addressAt(this.name, this.place)
  }
}

export class SimNetwork implements WorldNetwork {
  readonly #fabric: Fabric
  readonly #sites = new Map<string, Site>()
  readonly #byPlace = new Map<string, Site>()
  #nextSweep: TimelineEntry | undefined

  constructor(parts: FabricParts) {
    this.#fabric = new Fabric(parts, () => this.#sweep())
  }

  get rules(): RuleList {
    return this.#fabric.rules
  }

  get linkChanges(): LinkChanges {
    return this.#fabric.linkChanges
  }

  get counts(): Readonly<TrafficCounts> {
    return this.#fabric.counts
  }

  // ----- hosts come and go -----

  addHost(name: PeerId, msAt: (trueUs: number) => Millis): void {
    assert(!this.#sites.has(name), `one host named ${name}`)
    assert(!this.#byPlace.has(name), `nobody else at ${name}`)
    const site = new Site(name, this.#sites.size, msAt)
    this.#sites.set(name, site)
    this.#byPlace.set(name, site)
  }

  /** Calls back within the call. */
  attach(name: PeerId, { life }: NetworkSeat, ready: (network: Network) => void): void {
    const site = this.#site(name)
    assert(site.port === undefined, `one process on ${name}`)
    const directory = { find: (place: string) => this.#byPlace.get(place) }
    site.port = new Port(this.#fabric, directory, site, life)
    // A kernel that is up again resets connections that it knows nothing of.
    for (const far of site.stale) far.far.announceClosed()
    site.stale = []
    ready(site.port)
  }

  detach(name: PeerId): void {
    for (const end of this.#takePort(name).ends) end.part()
  }

  /** The process or its machine dies. What is in flight from and to it vanishes. */
  crash(name: PeerId, notice: CrashNotice): void {
    const { ends } = this.#takePort(name)
    if (notice === 'reset') {
      for (const end of ends) end.close()
      return
    }
    for (const end of ends) {
      end.drop()
      end.far.dropAfter(connectionTimeoutUs)
    }
    this.#site(name).stale = ends.map((end) => end.far)
  }

  // ----- faults -----

  reset(a: PeerId, b: PeerId): void {
    const end = this.#site(a).port?.endTo(b)
    end?.far.drop()
    end?.drop()
  }

  halfOpen(unaware: PeerId, forgetful: PeerId): void {
    const end = this.#site(forgetful).port?.endTo(unaware)
    end?.drop()
    end?.far.dropAfter(connectionTimeoutUs)
  }

  moveHost(name: PeerId, place: string): void {
    const site = this.#site(name)
    assert(site.port === undefined, `nothing runs on ${name}`)
    assert(!this.#byPlace.has(place), `nobody else at ${place}`)
    this.#byPlace.delete(site.place)
    site.place = place
    this.#byPlace.set(place, site)
  }

  setLink(from: PeerId, to: PeerId, model: LinkModel): void {
    this.#fabric.setLink(this.#fabric.link(from, to), model)
  }

  limitConnections(name: PeerId, connectionsMax: number | undefined): void {
    this.#site(name).connectionsMax = connectionsMax ?? Number.POSITIVE_INFINITY
  }

  find(name: PeerId, address: string): void {
    this.#site(name).port?.found(address)
  }

  // ----- for checkers -----

  isConnected(a: PeerId, b: PeerId): boolean {
    return this.#site(a).port?.endTo(b)?.isWhole === true
  }

  peersOf(name: PeerId): readonly PeerId[] {
    return this.#site(name).port?.ends.map((end) => end.peer) ?? []
  }

  rejectedBy(name: PeerId, neighbour: PeerId): number {
    return this.#site(name).port?.endTo(neighbour)?.rejected ?? 0
  }

  #site(name: PeerId): Site {
    const site = this.#sites.get(name)
    assert(site !== undefined, `a host named ${name}`)
    return site
  }

  #takePort(name: PeerId): Port {
    const site = this.#site(name)
    const { port } = site
    assert(port !== undefined, `a process on ${name}`)
    site.port = undefined
    return port
  }

  /** Looks at every connection's keep-alive, now and each second while there is any rule. */
  #sweep(): void {
    const { timeline, rules } = this.#fabric
    if (this.#nextSweep !== undefined) timeline.cancel(this.#nextSweep)
    for (const { port } of this.#sites.values()) {
      for (const end of port?.ends ?? []) this.#checkKeepalive(end)
    }
    if (rules.size === 0) return
    this.#nextSweep = timeline.at(timeline.nowUs + sweepIntervalUs, { fire: () => this.#sweep() })
  }

  #checkKeepalive(end: ConnectionEnd): void {
    const { timeline } = this.#fabric
    if (this.#passes(end) && this.#passes(end.far)) {
      end.silentSinceUs = undefined
      return
    }
    end.silentSinceUs ??= timeline.nowUs
    if (timeline.nowUs - end.silentSinceUs >= connectionTimeoutUs) end.drop()
  }

  #passes(end: ConnectionEnd): boolean {
    return this.#fabric.judge(end.link, keepalive).kind !== 'drop'
  }
}

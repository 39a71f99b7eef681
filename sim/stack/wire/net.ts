/**
 * A network of byte streams: machines with addresses, connections between them, and what befalls both. Rules and links
 * are those of the model (`../../rules.ts`, `../../link.ts`); each frame of a stream is one flight.
 *
 * Knows nothing of what the bytes mean.
 */
import { assert, present } from '../../../src/base/assert.ts'
import type { FabricParts } from '../../fabric.ts'
import type { LinkModel } from '../../link.ts'
import type { CrashNotice, NetworkSeat } from '../../world-network.ts'
import type { StackHost } from '../host.ts'
import { Lines } from './lines.ts'
import { Site } from './site.ts'
import type { Socket } from './socket.ts'
import { Sockets } from './sockets.ts'

/** Hosts of a network: 10.0.0.1 to 10.0.255.254. */
const hostsMax = 65_000

export class StreamNet {
  readonly lines: Lines
  readonly #sites = new Map<string, Site>()
  readonly #byIp = new Map<string, Site>()
  /** By any address that there ever was. */
  readonly #owners = new Map<string, Site>()
  #moves = 0

  constructor(parts: FabricParts) {
    this.lines = new Lines(parts)
  }

  get names(): readonly string[] {
    return [...this.#sites.keys()]
  }

  /** Adds a machine, on which nothing runs, and gives it an address of its own. Asserts that the name is new. */
  addHost(name: string): Site {
    assert(!this.#sites.has(name), `one host named ${name}`)
    const number = this.#sites.size
    assert(number < hostsMax, `at most ${hostsMax} hosts`)
    const place = number + 1
    const site = new Site(name, number, `10.0.${place >>> 8}.${place & 255}`)
    this.#sites.set(name, site)
    this.#byIp.set(site.ip, site)
    this.#owners.set(site.ip, site)
    return site
  }

  /** Asserts that there is one. */
  site(name: string): Site {
    return present(this.#sites.get(name), `a host named ${name}`)
  }

  siteAt(ip: string): Site | undefined {
    return this.#byIp.get(ip)
  }

  /** A process begins on a machine. */
  begin(name: string, { life, clock, random }: NetworkSeat): Sockets {
    const site = this.site(name)
    const chance = random.fork('chance')
    const secrets = random.fork('secrets')
    const host: StackHost = { name, clock, life, chance, secrets }
    site.begin(host)
    const find = (where: string): Site | undefined => this.#sites.get(where) ?? this.siteAt(where)
    return new Sockets(this.lines, site, host, find)
  }

  /** The process is gone. The machine resets its connections, unless its power failed. */
  end(name: string, notice: CrashNotice): void {
    const site = this.site(name)
    for (const socket of site.end()) socket.vanish(notice === 'reset')
    site.isOn = notice === 'reset'
  }

  /** Breaks every connection between two hosts, at both ends, as a device between them that forgets them. */
  reset(a: string, b: string): void {
    const [siteA, siteB] = [this.site(a), this.site(b)]
    for (const socket of this.#socketsBetween(siteA, siteB)) this.#reset(socket)
    for (const socket of this.#socketsBetween(siteB, siteA)) this.#reset(socket)
  }

  /** One of them has lost what connects two hosts. Its program hears of a reset; the other host is not told. */
  halfOpen(unaware: string, forgetful: string): void {
    const far = this.site(unaware)
    for (const socket of this.#socketsBetween(this.site(forgetful), far)) this.#reset(socket)
  }

  /** Gives a machine, on which nothing runs, another address. Nobody is at its former one any more. */
  moveHost(name: string): Site {
    const site = this.site(name)
    assert(site.host === undefined, `nothing runs on ${name}`)
    this.#byIp.delete(site.ip)
    this.#moves += 1
    assert(this.#moves < hostsMax, `at most ${hostsMax} moves`)
    site.ip = `10.1.${this.#moves >>> 8}.${this.#moves & 255}`
    this.#byIp.set(site.ip, site)
    this.#owners.set(site.ip, site)
    return site
  }

  setLink(from: string, to: string, model: LinkModel): void {
    this.lines.setLink(from, to, model)
  }

  /** Whether a stream between two hosts is open, as both see it. */
  isConnected(a: string, b: string): boolean {
    const [siteA, siteB] = [this.site(a), this.site(b)]
    const isOpen = (site: Site, far: Site): boolean => this.#socketsBetween(site, far).length > 0
    return isOpen(siteA, siteB) && isOpen(siteB, siteA)
  }

  /** Hosts that a host has an open stream to, oldest first. */
  peersOf(name: string): readonly string[] {
    const names = [...this.site(name).sockets].map(({ remote }) => this.#ownerOf(remote.ip).name)
    return [...new Set(names)]
  }

  #socketsBetween(site: Site, far: Site): readonly Socket[] {
    return [...site.sockets].filter(({ remote }) => this.#ownerOf(remote.ip) === far)
  }

  #reset(socket: Socket): void {
    const { timeline } = this.lines
    timeline.at(timeline.nowUs, { fire: () => socket.broken('reset') })
  }

  /** Who had this address last. Connections outlive it. */
  #ownerOf(ip: string): Site {
    return present(this.#owners.get(ip), `a host at ${ip}`)
  }
}

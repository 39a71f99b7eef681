/**
 * Hosts of a network under test, each with a receiver that writes down what it is told, and what tests do with them.
 */
import { afterEach, expect } from 'vitest'
import type { Result } from '../../src/base/result.ts'
import type { Millis } from '../../src/base/units.ts'
import type {
  GossipMessage,
  InboundRequest,
  Network,
  NetworkFault,
  PeerId,
  Verdict,
} from '../../src/kernel/environment.ts'

/** A host that nobody has opened or dialled yet. */
export interface NetworkHost {
  readonly network: Network
  /** Where others can dial it. */
  readonly address: string
  /** Its clock. */
  now(): Millis
}

export interface OpenNetwork {
  readonly hosts: readonly NetworkHost[]
  /** An address in this world's notation at which nobody listens. */
  readonly deadAddress: string
  /** Lets the world run until `isDone` holds; rejects if that takes longer than some seconds. */
  settle(isDone: () => boolean): Promise<void>
  /** Lets the world run for about `ms`, to see that nothing more happens. */
  rest(ms: number): Promise<void>
  /** Has the network of a host find another host by itself, in whatever way this world has. */
  introduce(finder: NetworkHost, found: NetworkHost): Promise<void>
  /** Waits until neighbours know each other's subscriptions, so that what is published now travels. */
  gossipReady(): Promise<void>
  close(): Promise<void>
}

export type Answer = (body: Uint8Array | undefined) => void
export type Outcome<Value> = Result<Value, NetworkFault>

const quietMs = 300

/** One host and all that its receiver was told. */
export class Station {
  readonly network: Network
  readonly address: string
  readonly now: () => Millis
  /** 'up n2 dialled', 'up n2', 'down n2', 'gossip topic text from n2', … in order. */
  readonly log: string[] = []
  readonly found: string[] = []
  readonly gossip: GossipMessage[] = []
  readonly requests: InboundRequest[] = []
  readonly seenAddress = new Map<PeerId, string>()
  verdict: Verdict | 'later' = 'accept'
  readonly verdicts: ((verdict: Verdict) => void)[] = []
  onRequest: (request: InboundRequest, answer: Answer) => void = (request, answer) =>
    answer(request.body)
  onEntry: () => void = () => {}
  /** How many entry points are running, and the most that ever were. */
  depth = 0
  depthMax = 0

  constructor(host: NetworkHost) {
    this.network = host.network
    this.address = host.address
    this.now = () => host.now()
  }

  get id(): PeerId {
    return this.network.self
  }

  listen(): void {
    this.network.open({
      peerUp: (peer, address, dialled) =>
        this.#entry(() => {
          this.seenAddress.set(peer, address)
          this.log.push(`up ${peer}${dialled ? ' dialled' : ''}`)
        }),
      peerDown: (peer) => this.#entry(() => this.log.push(`down ${peer}`)),
      peerFound: (address) => this.#entry(() => this.found.push(address)),
      gossip: (message, verdict) =>
        this.#entry(() => {
          this.gossip.push(message)
          if (this.verdict === 'later') this.verdicts.push(verdict)
          else verdict(this.verdict)
        }),
      request: (request, answer) =>
        this.#entry(() => {
          this.requests.push(request)
          this.onRequest(request, answer)
        }),
    })
  }

  texts(): readonly string[] {
    return this.gossip.map((message) => String.fromCharCode(...message.data))
  }

  #entry(run: () => void): void {
    this.depth += 1
    this.depthMax = Math.max(this.depth, this.depthMax)
    this.onEntry()
    run()
    this.depth -= 1
  }
}

export function codeOf(outcome: Outcome<unknown> | undefined): string | undefined {
  return outcome === undefined || outcome.ok ? undefined : outcome.fault.code
}

/** What the tests of one suite do with the networks that they open, one at a time. */
export interface Stage {
  pair(): Promise<readonly [Station, Station]>
  trio(): Promise<readonly [Station, Station, Station]>
  /** The network of the present test. */
  opened(): OpenNetwork
  settle(isDone: () => boolean): Promise<void>
  /** Waits for what should not happen. */
  rest(): Promise<void>
  dial(from: Station, address: string): Promise<Outcome<PeerId>>
  /** Connects, and waits until both sides know. */
  connect(from: Station, to: Station): Promise<void>
  request(
    from: Station,
    peer: PeerId,
    body: Uint8Array,
    deadlineMs?: number,
  ): Promise<Outcome<Uint8Array>>
}

/** Closes each network after its test. */
export function stageOf(open: (hostCount: number) => Promise<OpenNetwork>): Stage {
  let opened: OpenNetwork | undefined

  afterEach(async () => {
    await opened?.close()
    opened = undefined
  })

  /** Opens that many hosts, each listening. */
  async function stations(count: number): Promise<readonly Station[]> {
    opened = await open(count)
    const all = opened.hosts.map((host) => new Station(host))
    for (const station of all) station.listen()
    return all
  }

  async function pair(): Promise<readonly [Station, Station]> {
    const [a, b] = await stations(2)
    if (a === undefined || b === undefined) throw new Error('two hosts')
    return [a, b]
  }

  async function trio(): Promise<readonly [Station, Station, Station]> {
    const [a, b, c] = await stations(3)
    if (a === undefined || b === undefined || c === undefined) throw new Error('three hosts')
    return [a, b, c]
  }

  async function settle(isDone: () => boolean): Promise<void> {
    await opened?.settle(isDone)
  }

  async function rest(): Promise<void> {
    await opened?.rest(quietMs)
  }

  async function dial(from: Station, address: string): Promise<Outcome<PeerId>> {
    const outcomes: Outcome<PeerId>[] = []
    from.network.dial(address, (outcome) => outcomes.push(outcome))
    await settle(() => outcomes.length > 0)
    const [outcome] = outcomes
    if (outcome === undefined) throw new Error('the dial came to nothing')
    return outcome
  }

  /** Connects, and waits until both sides know. */
  async function connect(from: Station, to: Station): Promise<void> {
    const outcome = await dial(from, to.address)
    expect(outcome).toEqual({ ok: true, value: to.id })
    await settle(() => from.log.includes(`up ${to.id} dialled`) && to.log.includes(`up ${from.id}`))
  }

  async function request(
    from: Station,
    peer: PeerId,
    body: Uint8Array,
    deadlineMs = 3_000,
  ): Promise<Outcome<Uint8Array>> {
    const outcomes: Outcome<Uint8Array>[] = []
    from.network.request({ peer, protocol: '/echo/1', body, deadlineMs }, (outcome) =>
      outcomes.push(outcome),
    )
    await settle(() => outcomes.length > 0)
    const [outcome] = outcomes
    if (outcome === undefined) throw new Error('the request came to nothing')
    return outcome
  }

  return {
    opened: () => {
      if (opened === undefined) throw new Error('nothing is open')
      return opened
    },
    ...{ pair, trio, settle, rest, dial, connect, request },
  }
}

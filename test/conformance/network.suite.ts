/**
 * What every network must do, simulated or real: connections, gossip, requests, and the laws of the
 * seam that concern them.
 *
 * Says nothing about delay, loss or bandwidth; the links of these tests are sound.
 */
import { afterEach, describe, expect, test } from 'vitest'
import { asciiBytes } from '../../src/base/bytes.ts'
import type { Result } from '../../src/base/result.ts'
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
}

export interface OpenNetwork {
  readonly hosts: readonly NetworkHost[]
  /** An address in this world's notation at which nobody listens. */
  readonly deadAddress: string
  /** Lets the world run until `isDone` holds; rejects if that takes longer than some seconds. */
  settle(isDone: () => boolean): Promise<void>
  /** Lets the world run for about `ms`, to see that nothing more happens. */
  rest(ms: number): Promise<void>
  /** Waits until neighbours know each other's subscriptions, so that what is published now travels. */
  gossipReady(): Promise<void>
  close(): Promise<void>
}

type Answer = (body: Uint8Array | undefined) => void
type Outcome<Value> = Result<Value, NetworkFault>

const gossipBytesMax = 16 * 1_024
const requestBytesMax = 2 * 1_024 * 1_024
const quietMs = 300

/** One host and all that its receiver was told. */
class Station {
  readonly network: Network
  readonly address: string
  /** 'up n2 dialled', 'up n2', 'down n2', 'gossip topic text from n2', … in order. */
  readonly log: string[] = []
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

export function networkSuite(
  name: string,
  open: (hostCount: number) => Promise<OpenNetwork>,
): void {
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

  function codeOf(outcome: Outcome<unknown> | undefined): string | undefined {
    return outcome === undefined || outcome.ok ? undefined : outcome.fault.code
  }

  describe(`${name} network: connections`, () => {
    test('a dial tells both sides, once, and names the peer', async () => {
      const [a, b] = await pair()
      expect(a.id).not.toBe(b.id)
      await connect(a, b)
      await rest()
      expect(a.log).toEqual([`up ${b.id} dialled`])
      expect(b.log).toEqual([`up ${a.id}`])
      expect(a.seenAddress.get(b.id)).toBe(b.address)
    })

    test('no callback runs inside the call, and no entry point inside another', async () => {
      const [a, b] = await pair()
      let isWithin = true
      const wasWithin: boolean[] = []
      const note = (): void => {
        wasWithin.push(isWithin)
      }
      const { network } = a
      network.dial(b.address, note)
      network.dial(a.address, note)
      network.request(
        { peer: 'nobody', protocol: '/echo/1', body: asciiBytes('x'), deadlineMs: 1_000 },
        note,
      )
      network.subscribe('news')
      network.publish('news', asciiBytes('to nobody'))
      network.disconnect('nobody')
      network.ban('nobody', true)
      isWithin = false
      await settle(() => wasWithin.length === 3 && a.log.length > 0 && b.log.length > 0)
      isWithin = true
      network.dial(b.address, note)
      network.disconnect(b.id)
      const logged = a.log.length
      isWithin = false
      await settle(() => wasWithin.length === 4 && a.log.length > logged)
      expect(wasWithin).toEqual([false, false, false, false])
      expect(Math.max(a.depthMax, b.depthMax)).toBe(1)
    })

    test('dialling a connected peer succeeds and connects no second time', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      expect(await dial(a, b.address)).toEqual({ ok: true, value: b.id })
      expect(await dial(b, a.address)).toEqual({ ok: true, value: a.id })
      await rest()
      expect(a.log).toEqual([`up ${b.id} dialled`])
      expect(b.log).toEqual([`up ${a.id}`])
    })

    test('two dials of one address at the same time both succeed, with one connection', async () => {
      const [a, b] = await pair()
      const outcomes: Outcome<PeerId>[] = []
      a.network.dial(b.address, (outcome) => outcomes.push(outcome))
      a.network.dial(b.address, (outcome) => outcomes.push(outcome))
      await settle(() => outcomes.length === 2)
      await rest()
      expect(outcomes).toEqual([
        { ok: true, value: b.id },
        { ok: true, value: b.id },
      ])
      expect(a.log).toEqual([`up ${b.id} dialled`])
      expect(b.log).toEqual([`up ${a.id}`])
    })

    test('dialling where nobody listens fails with a code', async () => {
      const [a] = await pair()
      const outcome = await dial(a, opened?.deadAddress ?? '')
      expect(['refused', 'unreachable', 'timeout']).toContain(codeOf(outcome))
      expect(a.log).toEqual([])
    })

    test('dialling what is no address fails with a code', async () => {
      const [a] = await pair()
      expect(codeOf(await dial(a, 'no address at all'))).toBe('unreachable')
    })

    test('a disconnect is told to both sides, once', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      a.network.disconnect(b.id)
      a.network.disconnect(b.id)
      await settle(() => a.log.length === 2 && b.log.length === 2)
      await rest()
      expect(a.log).toEqual([`up ${b.id} dialled`, `down ${b.id}`])
      expect(b.log).toEqual([`up ${a.id}`, `down ${a.id}`])
    })

    test('a peer that was lost can be dialled again', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      a.network.disconnect(b.id)
      await settle(() => a.log.length === 2 && b.log.length === 2)
      expect(await dial(b, a.address)).toEqual({ ok: true, value: a.id })
      await settle(() => a.log.length === 3 && b.log.length === 3)
      expect(a.log.at(-1)).toBe(`up ${b.id}`)
      expect(b.log.at(-1)).toBe(`up ${a.id} dialled`)
    })
  })

  describe(`${name} network: receivers`, () => {
    test('a further receiver replaces the first and is told of the peers that are up', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      const second = new Station({ network: a.network, address: a.address })
      let isWithin = true
      second.onEntry = () => expect(isWithin).toBe(false)
      second.listen()
      isWithin = false
      await settle(() => second.log.length > 0)
      b.network.disconnect(a.id)
      await settle(() => second.log.length > 1)
      expect(second.log).toEqual([`up ${b.id} dialled`, `down ${b.id}`])
      expect(second.seenAddress.get(b.id)).toBe(b.address)
      expect(a.log).toEqual([`up ${b.id} dialled`])
    })

    test('a further receiver gets the requests and the gossip from then on', async () => {
      const [a, b] = await pair()
      for (const station of [a, b]) station.network.subscribe('news')
      await connect(a, b)
      await opened?.gossipReady()
      const second = new Station({ network: b.network, address: b.address })
      second.listen()
      await settle(() => second.log.length > 0)
      a.network.publish('news', asciiBytes('hello'))
      await settle(() => second.gossip.length > 0)
      expect((await request(a, b.id, asciiBytes('x'))).ok).toBe(true)
      expect(second.requests).toHaveLength(1)
      expect([b.gossip, b.requests]).toEqual([[], []])
    })
  })

  describe(`${name} network: bans`, () => {
    test('banning a connected peer disconnects it', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      a.network.ban(b.id, true)
      await settle(() => a.log.length === 2 && b.log.length === 2)
      expect(a.log.at(-1)).toBe(`down ${b.id}`)
      expect(b.log.at(-1)).toBe(`down ${a.id}`)
    })

    test('a banned peer can neither dial nor be dialled, until the ban is lifted', async () => {
      const [a, b] = await pair()
      a.network.ban(b.id, true)
      expect((await dial(a, b.address)).ok).toBe(false)
      const inbound = await dial(b, a.address)
      await rest()
      // A real stack may learn of the refusal only after its side of the handshake: up, then down.
      if (inbound.ok) expect(b.log.at(-1)).toBe(`down ${a.id}`)
      expect(a.log).toEqual([])
      a.network.ban(b.id, false)
      expect(await dial(b, a.address)).toEqual({ ok: true, value: a.id })
      await settle(() => a.log.length === 1)
      expect(a.log).toEqual([`up ${b.id}`])
    })
  })

  describe(`${name} network: gossip`, () => {
    test('a message reaches subscribed neighbours, not the publisher', async () => {
      const [a, b] = await pair()
      a.network.subscribe('news')
      b.network.subscribe('news')
      await connect(a, b)
      await opened?.gossipReady()
      a.network.publish('news', asciiBytes('hello'))
      await settle(() => b.gossip.length > 0)
      await rest()
      expect(b.texts()).toEqual(['hello'])
      expect(b.gossip[0]?.topic).toBe('news')
      expect(b.gossip[0]?.from).toBe(a.id)
      expect(a.gossip).toEqual([])
    })

    test('who is not subscribed to a topic hears nothing of it', async () => {
      const [a, b] = await pair()
      for (const station of [a, b]) station.network.subscribe('news')
      a.network.subscribe('secrets')
      await connect(a, b)
      await opened?.gossipReady()
      a.network.publish('secrets', asciiBytes('for nobody'))
      a.network.publish('news', asciiBytes('for all'))
      await settle(() => b.gossip.length > 0)
      await rest()
      expect(b.texts()).toEqual(['for all'])
    })

    test('a message travels on only after it was accepted', async () => {
      const [a, b, c] = await trio()
      for (const station of [a, b, c]) station.network.subscribe('news')
      await connect(a, b)
      await connect(b, c)
      await opened?.gossipReady()
      b.verdict = 'later'
      a.network.publish('news', asciiBytes('slow'))
      await settle(() => b.verdicts.length === 1)
      await rest()
      expect(c.texts()).toEqual([])
      b.verdicts[0]?.('accept')
      await settle(() => c.gossip.length === 1)
      expect(c.texts()).toEqual(['slow'])
      expect(c.gossip[0]?.from).toBe(b.id)
    })

    test('a message that was ignored or rejected travels no further', async () => {
      const [a, b, c] = await trio()
      for (const station of [a, b, c]) station.network.subscribe('news')
      await connect(a, b)
      await connect(b, c)
      await opened?.gossipReady()
      b.verdict = 'ignore'
      a.network.publish('news', asciiBytes('dull'))
      await settle(() => b.gossip.length === 1)
      b.verdict = 'reject'
      a.network.publish('news', asciiBytes('false'))
      await settle(() => b.gossip.length === 2)
      await rest()
      expect(c.texts()).toEqual([])
    })

    test('a message that arrives by two ways is delivered once', async () => {
      const [a, b, c] = await trio()
      for (const station of [a, b, c]) station.network.subscribe('news')
      await connect(a, b)
      await connect(b, c)
      await connect(a, c)
      await opened?.gossipReady()
      a.network.publish('news', asciiBytes('one'))
      await settle(() => b.gossip.length > 0 && c.gossip.length > 0)
      await rest()
      expect([a.texts(), b.texts(), c.texts()]).toEqual([[], ['one'], ['one']])
    })

    test('publishing the same bytes again delivers nothing new', async () => {
      const [a, b] = await pair()
      for (const station of [a, b]) station.network.subscribe('news')
      await connect(a, b)
      await opened?.gossipReady()
      a.network.publish('news', asciiBytes('once'))
      a.network.publish('news', asciiBytes('once'))
      a.network.publish('news', asciiBytes('twice'))
      await settle(() => b.gossip.length >= 2)
      await rest()
      expect(b.texts().toSorted()).toEqual(['once', 'twice'])
    })

    test('16 KiB travel and one byte more does not', async () => {
      const [a, b] = await pair()
      for (const station of [a, b]) station.network.subscribe('news')
      await connect(a, b)
      await opened?.gossipReady()
      a.network.publish('news', new Uint8Array(gossipBytesMax + 1).fill(1))
      a.network.publish('news', new Uint8Array(gossipBytesMax).fill(2))
      await settle(() => b.gossip.length > 0)
      await rest()
      expect(b.gossip.map((message) => message.data.length)).toEqual([gossipBytesMax])
      expect(b.log).toEqual([`up ${a.id}`])
    })
  })

  describe(`${name} network: requests`, () => {
    test('a request carries its bytes there and the answer back', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      b.onRequest = (inbound, answer) => answer(inbound.body.toReversed())
      const outcome = await request(a, b.id, asciiBytes('abc'))
      expect(outcome).toEqual({ ok: true, value: asciiBytes('cba') })
      expect(b.requests).toHaveLength(1)
      expect(b.requests[0]?.from).toBe(a.id)
      expect(b.requests[0]?.protocol).toBe('/echo/1')
    })

    test('either side of a connection may ask, and an answer may be empty', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      a.onRequest = (_, answer) => answer(new Uint8Array(0))
      const outcome = await request(b, a.id, new Uint8Array(0))
      expect(outcome).toEqual({ ok: true, value: new Uint8Array(0) })
    })

    test('many requests at once each get their own answer', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      const texts = Array.from({ length: 20 }, (_, i) => `number ${i}`)
      const answers = new Map<string, string>()
      for (const text of texts) {
        const body = asciiBytes(text)
        a.network.request({ peer: b.id, protocol: '/echo/1', body, deadlineMs: 3_000 }, (found) => {
          answers.set(text, found.ok ? String.fromCharCode(...found.value) : found.fault.code)
        })
      }
      await settle(() => answers.size === texts.length)
      expect([...answers.values()].toSorted()).toEqual(texts.toSorted())
      for (const text of texts) expect(answers.get(text)).toBe(text)
    })

    test('a refused request says so', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      b.onRequest = (_, answer) => answer(undefined)
      expect(codeOf(await request(a, b.id, asciiBytes('x')))).toBe('refused')
    })

    test('a request without an answer times out, once, at or after its deadline', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      const answers: Answer[] = []
      b.onRequest = (_, answer) => answers.push(answer)
      const outcomes: Outcome<Uint8Array>[] = []
      const body = asciiBytes('x')
      a.network.request({ peer: b.id, protocol: '/echo/1', body, deadlineMs: 200 }, (outcome) =>
        outcomes.push(outcome),
      )
      await settle(() => outcomes.length > 0)
      for (const answer of answers) answer(asciiBytes('too late'))
      await rest()
      expect(outcomes.map(codeOf)).toEqual(['timeout'])
    })

    test('only the first answer counts', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      b.onRequest = (_, answer) => {
        answer(asciiBytes('first'))
        answer(asciiBytes('second'))
        answer(undefined)
      }
      expect(await request(a, b.id, asciiBytes('x'))).toEqual({
        ok: true,
        value: asciiBytes('first'),
      })
      expect(await request(a, b.id, asciiBytes('y'))).toEqual({
        ok: true,
        value: asciiBytes('first'),
      })
    })

    test('a peer that is not connected is unreachable', async () => {
      const [a, b] = await pair()
      expect(codeOf(await request(a, b.id, asciiBytes('x')))).toBe('unreachable')
    })

    test('a connection that breaks fails what was asked over it', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      b.onRequest = () => b.network.disconnect(a.id)
      const outcome = await request(a, b.id, asciiBytes('x'), 5_000)
      expect(codeOf(outcome)).toBe('closed')
      await settle(() => a.log.includes(`down ${b.id}`))
    })

    test('2 MiB travel both ways', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      const body = Uint8Array.from({ length: requestBytesMax }, (_, i) => (i * 7) & 0xff)
      const outcome = await request(a, b.id, body, 5_000)
      expect(outcome.ok && outcome.value.length).toBe(requestBytesMax)
      expect(outcome.ok && outcome.value[requestBytesMax - 2]).toBe(body[requestBytesMax - 2])
    })

    test('one byte more than 2 MiB is too large, as a request and as an answer', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      const big = new Uint8Array(requestBytesMax + 1)
      expect(codeOf(await request(a, b.id, big))).toBe('too-large')
      expect(b.requests).toHaveLength(0)
      b.onRequest = (_, answer) => answer(big)
      expect(codeOf(await request(a, b.id, asciiBytes('x')))).toBe('too-large')
    })
  })
}

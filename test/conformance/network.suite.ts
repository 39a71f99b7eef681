/**
 * What every network must do, simulated or real: connections and gossip, and the laws of the seam that concern
 * them. Requests are in `requests.suite.ts`.
 *
 * Says nothing about delay, loss or bandwidth; the links of these tests are sound.
 */
import { describe, expect, test } from 'vitest'
import { asciiBytes } from '../../src/base/bytes.ts'
import type { PeerId } from '../../src/kernel/environment.ts'
import { codeOf, type OpenNetwork, type Outcome, Station, stageOf } from './stations.ts'

const gossipBytesMax = 16 * 1_024

export function networkSuite(
  name: string,
  open: (hostCount: number) => Promise<OpenNetwork>,
): void {
  const { pair, trio, opened, settle, rest, dial, connect, request } = stageOf(open)

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
      const outcome = await dial(a, opened().deadAddress)
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
      const second = new Station(a)
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
      await opened().gossipReady()
      const second = new Station(b)
      second.listen()
      await settle(() => second.log.length > 0)
      a.network.publish('news', asciiBytes('hello'))
      await settle(() => second.gossip.length > 0)
      expect((await request(a, b.id, asciiBytes('x'))).ok).toBe(true)
      expect(second.requests).toHaveLength(1)
      expect([b.gossip, b.requests]).toEqual([[], []])
    })
  })

  describe(`${name} network: finding`, () => {
    test('an address that was found is told in an event of its own, and can be dialled', async () => {
      const [a, b] = await pair()
      const [finder, found] = opened().hosts
      if (finder === undefined || found === undefined) throw new Error('two hosts')
      await opened().introduce(finder, found)
      await settle(() => a.found.includes(b.address))
      expect(a.depthMax).toBe(1)
      expect(a.log).not.toContain(`up ${b.id} dialled`)
      expect(await dial(a, b.address)).toEqual({ ok: true, value: b.id })
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
      await opened().gossipReady()
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
      await opened().gossipReady()
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
      await opened().gossipReady()
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
      await opened().gossipReady()
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
      await opened().gossipReady()
      a.network.publish('news', asciiBytes('one'))
      await settle(() => b.gossip.length > 0 && c.gossip.length > 0)
      await rest()
      expect([a.texts(), b.texts(), c.texts()]).toEqual([[], ['one'], ['one']])
    })

    test('publishing the same bytes again delivers nothing new', async () => {
      const [a, b] = await pair()
      for (const station of [a, b]) station.network.subscribe('news')
      await connect(a, b)
      await opened().gossipReady()
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
      await opened().gossipReady()
      a.network.publish('news', new Uint8Array(gossipBytesMax + 1).fill(1))
      a.network.publish('news', new Uint8Array(gossipBytesMax).fill(2))
      await settle(() => b.gossip.length > 0)
      await rest()
      expect(b.gossip.map((message) => message.data.length)).toEqual([gossipBytesMax])
      expect(b.log).toEqual([`up ${a.id}`])
    })
  })
}

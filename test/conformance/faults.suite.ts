/**
 * What the faults of a world mean on every network that it can have. The same rules are in force on the model, whose
 * flights are messages, and under libp2p, whose flights are pieces of streams.
 */
import { describe, expect, test } from 'vitest'
import { addressAt } from '../../sim/address.ts'
import { Gate } from '../../sim/gate.ts'
import { narrow } from '../../sim/link-changes.ts'
import { between, clog, hold, only, refuse } from '../../sim/rules.ts'
import type { WorldNetwork } from '../../sim/world-network.ts'
import { asciiBytes } from '../../src/base/bytes.ts'
import { codeOf, type OpenNetwork, type Station, stageOf } from './stations.ts'

export interface FaultyNetwork extends OpenNetwork {
  /** The hand on the network of this world. */
  readonly faults: WorldNetwork
  /** Virtual time. */
  nowMs(): number
}

export function faultsSuite(
  name: string,
  open: (hostCount: number) => Promise<FaultyNetwork>,
): void {
  let opened: FaultyNetwork | undefined
  const stage = stageOf(async (count) => {
    opened = await open(count)
    return opened
  })
  const world = (): FaultyNetwork => {
    if (opened === undefined) throw new Error('nothing is open')
    return opened
  }

  /** Asks, and notes the answers in the order in which they come. */
  function ask(from: Station, to: Station, texts: readonly string[]): readonly string[] {
    const answers: string[] = []
    for (const text of texts) {
      const question = { peer: to.id, protocol: '/echo/1', body: asciiBytes(text) }
      from.network.request({ ...question, deadlineMs: 50_000 }, (outcome) => {
        answers.push(outcome.ok ? String.fromCharCode(...outcome.value) : outcome.fault.code)
      })
    }
    return answers
  }

  describe(`${name} network: faults`, () => {
    test('refused connections and used-up descriptors fail a dial, and are over when they are', async () => {
      const [a, b] = await stage.pair()
      const { faults } = world()
      faults.rules.add('refuse', refuse([b.id]))
      expect(['refused', 'unreachable']).toContain(codeOf(await stage.dial(a, b.address)))
      faults.rules.remove('refuse')
      for (const full of [a, b]) {
        faults.limitConnections(full.id, 0)
        expect(['refused', 'unreachable']).toContain(codeOf(await stage.dial(a, b.address)))
        faults.limitConnections(full.id, undefined)
      }
      const lie = addressAt('down', b.id)
      expect(codeOf(await stage.dial(a, lie))).toBe('unreachable')
      await stage.connect(a, b)
    })

    test('what is held or clogged waits, on one connection alone, and then comes in order', async () => {
      const [a, b, c] = await stage.trio()
      const { faults, nowMs, rest } = world()
      await stage.connect(a, b)
      await stage.connect(a, c)
      await rest(2_000)
      const gate = new Gate()
      faults.rules.add('hold', only(between([a.id], [b.id]), hold(gate)))
      const held = ask(a, b, ['1', '2', '3'])
      const free = ask(a, c, ['x'])
      await stage.settle(() => free.length === 1)
      await rest(20_000)
      expect([held, faults.isConnected(a.id, b.id)]).toEqual([[], true])
      gate.open()
      faults.rules.remove('hold')
      await stage.settle(() => held.length === 3)
      expect(held).toEqual(['1', '2', '3'])
      const untilMs = nowMs() + 5_000
      faults.rules.add('clog', clog(untilMs * 1_000))
      const clogged = ask(a, b, ['4'])
      await stage.settle(() => clogged.length === 1)
      expect(nowMs()).toBeGreaterThanOrEqual(untilMs)
    })

    test('a link that is narrow for a while is slow for as long', async () => {
      const [a, b] = await stage.pair()
      const { faults, nowMs } = world()
      await stage.connect(a, b)
      await world().rest(2_000)
      const text = 'x'.repeat(20_000)
      const timeOf = async (): Promise<number> => {
        const beginMs = nowMs()
        const answers = ask(a, b, [text])
        await stage.settle(() => answers.length === 1)
        expect(answers).toEqual([text])
        return nowMs() - beginMs
      }
      expect(await timeOf()).toBeLessThan(500)
      faults.linkChanges.add('narrow', narrow(10_000, 60_000))
      expect(await timeOf()).toBeGreaterThan(4_000)
      faults.linkChanges.remove('narrow')
      await world().rest(5_000)
      expect(await timeOf()).toBeLessThan(500)
    })

    test('a connection that one end forgot can be made again from there', async () => {
      const [a, b] = await stage.pair()
      await stage.connect(a, b)
      world().faults.halfOpen(a.id, b.id)
      await stage.settle(() => b.log.includes(`down ${a.id}`))
      expect(a.log).not.toContain(`down ${b.id}`)
      await stage.connect(b, a)
      expect((await stage.request(b, a.id, asciiBytes('again'))).ok).toBe(true)
    })
  })
}

import { describe, expect, test } from 'vitest'
import { Cluster } from '../../../../../sim/cluster/cluster.ts'
import { idealScheme } from '../../../../../sim/cluster/ideal.ts'
import {
  send,
  sendInstead,
  transfers,
  type WrittenTransfer,
} from '../../../../../sim/cluster/workload/transfers.ts'
import { localLink } from '../../../../../sim/link.ts'

function threeMembers(): Cluster {
  return new Cluster({ members: 3, link: localLink }, { seed: 'transfers', crypto: idealScheme() })
}

const one: WrittenTransfer = { at: '2.5s', from: 0, to: 1, node: 'n1', amount: 5, fee: 1 }

describe('what users send', () => {
  test('is committed, and is known afterwards', () => {
    const net = threeMembers()
    transfers(net, { everyMs: 1_000, untilMs: 10_000 })
    net.run(20_000)
    expect(net.senders.sent.length).toBeGreaterThan(5)
    expect(net.senders.sent.every(({ atMs }) => atMs < 10_000)).toBe(true)
    expect(net.goals.reached).toContain('transactions committed')
  })

  test('may be written, in any order', () => {
    const net = threeMembers()
    send(net, [{ ...one, at: '4s', node: 'n2' }, one])
    net.run(10_000)
    const { at: _, ...sent } = one
    expect(net.senders.sent).toEqual([
      { ...sent, atMs: 2_500 },
      { ...sent, atMs: 4_000, node: 'n2' },
    ])
    expect(net.goals.reached).toContain('transactions committed')
  })

  test('may be settled before a story sends others', () => {
    const net = threeMembers()
    sendInstead(net, [one])
    transfers(net, { everyMs: 1_000, untilMs: 10_000 })
    transfers(net, { everyMs: 1_000, untilMs: 10_000 })
    net.run(10_000)
    expect(net.senders.sent.map(({ atMs }) => atMs)).toEqual([2_500])
  })

  test.each([
    [{ ...one, at: 'soon' }, 'the time of a transfer is "soon": expected a number and a unit'],
    [{ ...one, to: 8 }, 'to of a transfer is 8: expected a user from 0 to 7'],
    [{ ...one, node: 'n3' }, 'node of a transfer is "n3": expected one of n0, n1, n2'],
  ])('is asserted to be possible: %j', (wrong, reason) => {
    expect(() => send(threeMembers(), [wrong])).toThrow(reason)
  })
})

import { beforeEach, describe, expect, test } from 'vitest'
import type { ConnectFault } from '../../../../src/actors/peer/messages.ts'
import type { Result } from '../../../../src/base/result.ts'
import type { GoodbyeReason } from '../../../../src/protocol/wire/goodbye.ts'
import { minute, PeerStage } from './scene.ts'

let scene: PeerStage

beforeEach(() => {
  scene = new PeerStage()
})

/** The configuration names `k`, who says goodbye and is lost. When it is dialled again, in milliseconds. */
function redialledAfter(reason: GoodbyeReason | 'unknown'): number {
  scene.answering = (address) => (address === 'sim:k' ? 'k' : 'nobody')
  scene.spawn({ addresses: ['sim:k'] })
  scene.ready('k')
  scene.send({ kind: 'goodbye', peer: 'k', reason })
  scene.leave('k')
  const leftMs = scene.nowMs
  const count = scene.dials.length
  scene.stage.simulation.runFor(2 * minute, () => scene.dials.length > count)
  return (scene.dials.at(-1)?.atMs ?? 0) - leftMs
}

describe('one whom the configuration names is dialled again', () => {
  test.each<[GoodbyeReason | 'unknown', number, number]>([
    ['shutting-down', 0, 1_000],
    ['fault', 0, 1_000],
    ['unknown', 0, 1_000],
    ['too-many-peers', 59_000, 62_000],
    ['banned', 59_000, 62_000],
    ['other-chain', 59_000, 62_000],
  ])('after "%s", after %d to %d ms', (reason, leastMs, mostMs) => {
    const afterMs = redialledAfter(reason)
    expect(afterMs).toBeGreaterThanOrEqual(leastMs)
    expect(afterMs).toBeLessThanOrEqual(mostMs)
  })
})

test('one that is full is dialled at once if an operator wants it', () => {
  scene.spawn()
  scene.meet('a')
  scene.send({ kind: 'goodbye', peer: 'a', reason: 'too-many-peers' })
  scene.leave('a')
  scene.answering = () => 'a'
  const outcomes: Result<string, ConnectFault>[] = []
  const reply = (outcome: Result<string, ConnectFault>): void => void outcomes.push(outcome)
  scene.send({ kind: 'connect-peer', address: 'sim:a', isKept: false, reply })
  scene.stage.run(100)
  expect(outcomes).toEqual([{ ok: true, value: 'a' }])
})

test('the goodbye of somebody unknown leaves no trace', () => {
  scene.spawn()
  scene.send({ kind: 'goodbye', peer: 'x', reason: 'banned' })
  expect(scene.reports()).toEqual([])
})

test('those who are turned away, evicted or of no use hear why', () => {
  scene.spawn({ federationPeersMax: 1 })
  scene.meet('m', 'federation')
  scene.meet('n', 'federation')
  scene.report('b', 'forged')
  scene.meet('b')
  const told = scene.network.of('disconnect').map(({ peer, reason }) => [peer, reason])
  expect(told).toContainEqual(['n', 'too-many-peers'])
  expect(told).toContainEqual(['b', 'banned'])
})

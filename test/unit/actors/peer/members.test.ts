import { beforeEach, describe, expect, test } from 'vitest'
import type { MemberReport, PeerMessage } from '../../../../src/actors/peer/messages.ts'
import { vouchFor } from '../../../support/actors/federation.ts'
import { federation, PeerStage, statusAt } from './scene.ts'

let scene: PeerStage

beforeEach(() => {
  scene = new PeerStage()
  scene.spawn()
})

/** A peer that speaks for a member. */
function meet(peer: string, member: number): void {
  scene.arrive(peer)
  const statement = vouchFor(federation, member, peer, 2 ** 50)
  const ready = { peer, class: 'federation', status: { ...statusAt(7), statement } } as const
  scene.send({ kind: 'peer-status', ready })
}

function members(): readonly MemberReport[] {
  return scene.stage.ask<PeerMessage, readonly MemberReport[]>(scene.peers, (reply) => ({
    kind: 'get-members',
    reply,
  }))
}

describe('the members', () => {
  test('are all but this node itself, whether or not anybody has spoken for them', () => {
    meet('a', 2)
    expect(members().map(({ member, peer, isConnected }) => [member, peer, isConnected])).toEqual([
      [1, undefined, false],
      [2, 'a', true],
      [3, undefined, false],
    ])
    expect(scene.reportOf('a')).toMatchObject({ class: 'federation', member: 2 })
  })

  test('are asked in each sweep how far away they are, and what they leave unanswered is counted', () => {
    meet('a', 1)
    meet('b', 2)
    scene.stage.run(2_000)
    scene.mute.add('b')
    scene.stage.run(60_000)
    const [a, b] = members()
    expect(a).toMatchObject({ member: 1, missed: 0, awayMs: 0 })
    expect(a?.heardAgoMs).toBeLessThanOrEqual(16_000)
    expect(a?.roundTripMs).toBeLessThan(10)
    expect(b?.missed).toBeGreaterThanOrEqual(2)
    expect(b?.heardAgoMs).toBeGreaterThan(55_000)
  })

  test('have left nothing unanswered if it was this node’s own network that failed', () => {
    meet('a', 1)
    scene.stage.run(2_000)
    scene.network.react(({ kind }) => {
      if (kind === 'fetch-status') throw new Error('struck')
    })
    scene.stage.simulation.runFor(30_000, () => scene.stage.failures.length > 0)
    expect(scene.stage.failures).toHaveLength(1)
    expect(members()[0]).toMatchObject({ member: 1, missed: 0 })
  })

  test('that are away for half a minute are told once, and once that they are back', () => {
    for (const [peer, member] of [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ] as const) {
      meet(peer, member)
    }
    scene.stage.run(5_000)
    scene.leave('a')
    scene.stage.run(29_000)
    expect(scene.stage.reports('member-lost')).toEqual([])
    scene.stage.run(10_000)
    expect(scene.stage.reports('member-lost')).toEqual([
      { kind: 'member-lost', member: 1, peer: 'a' },
    ])
    expect(members()[0]).toMatchObject({ isConnected: false, peer: 'a' })
    // Another peer may speak for it by then.
    meet('d', 1)
    scene.stage.run(2_000)
    const [back] = scene.stage.reports('member-back')
    expect(back).toMatchObject({ member: 1, peer: 'd' })
    expect(back?.awayMs).toBeGreaterThanOrEqual(38_000)
    expect(scene.stage.reports('member-lost')).toHaveLength(1)
  })

  test('that never came are told too', () => {
    scene.stage.run(40_000)
    const lost = scene.stage.reports('member-lost').map(({ member }) => member)
    expect(lost).toEqual([1, 2, 3])
  })
})

import { beforeEach, describe, expect, test } from 'vitest'
import type { PeerMessage } from '../../../../src/actors/peer/messages.ts'
import { vouchFor } from '../../../support/actors/federation.ts'
import { federation, PeerStage, statusAt } from './scene.ts'

let scene: PeerStage

beforeEach(() => {
  scene = new PeerStage()
})

function meet(peer: string, member: number): void {
  scene.arrive(peer)
  const statement = vouchFor(federation, member, peer, 2 ** 50)
  const ready = { peer, class: 'federation', status: { ...statusAt(7), statement } } as const
  scene.send({ kind: 'peer-status', ready })
}

function ask(from: string, countMax = 64): readonly string[] | undefined {
  return scene.stage.ask<PeerMessage, readonly string[] | undefined>(scene.peers, (reply) => ({
    ...{ kind: 'get-addresses', from, countMax, of: 'federation', reply },
  }))
}

const asked = (): readonly string[] =>
  scene.network.of('fetch-addresses').flatMap(({ of, peer }) => (of === 'federation' ? [peer] : []))

describe('a member that misses others', () => {
  test('asks those that it has every ten seconds, and dials whom they name, before strangers', () => {
    scene.spawn()
    meet('a', 1)
    scene.meet('stranger')
    scene.telling = (peer) => (peer === 'a' ? ['sim:b', 'sim:c', 'sim:self', 'sim:a'] : [])
    scene.answering = (address) => address.slice('sim:'.length)
    scene.onUp = (peer) => meet(peer, peer === 'b' ? 2 : 3)
    scene.stage.run(5_000)
    expect(asked()).toEqual(['a'])
    expect(scene.dials.map(({ address }) => address).toSorted()).toEqual(['sim:b', 'sim:c'])
    // All three are there: nobody is asked any more.
    scene.stage.run(60_000)
    expect(asked()).toEqual(['a'])
  })

  test('that are nowhere goes on asking', () => {
    scene.spawn()
    meet('a', 1)
    scene.stage.run(35_000)
    expect(asked()).toEqual(['a', 'a', 'a', 'a'])
  })

  test('looks for one that it had where that was', () => {
    scene.spawn()
    meet('a', 1)
    scene.leave('a')
    scene.stage.run(25_000)
    expect(scene.dials.map(({ address }) => address)).toEqual(['sim:a', 'sim:a', 'sim:a'])
  })

  test('asks no stranger, and neither does a node that only follows ask anybody', () => {
    scene.spawn()
    scene.meet('stranger')
    scene.stage.run(20_000)
    expect(asked()).toEqual([])
    scene.spawn({}, false)
    meet('a', 1)
    scene.stage.run(20_000)
    expect(asked()).toEqual([])
  })
})

describe('where members are', () => {
  test('is told to a federation peer, and not again at once', () => {
    scene.spawn()
    for (const [peer, member] of [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ] as const) {
      meet(peer, member)
    }
    scene.meet('stranger')
    expect(ask('a')).toEqual(['sim:b', 'sim:c'])
    expect(ask('a')).toBeUndefined()
    expect(ask('b', 1)).toHaveLength(1)
    scene.stage.run(5_000)
    expect(ask('a')).toHaveLength(2)
  })

  test('is told to nobody else', () => {
    scene.spawn()
    meet('a', 1)
    scene.meet('stranger')
    expect(ask('stranger')).toBeUndefined()
    expect(ask('nobody')).toBeUndefined()
  })
})

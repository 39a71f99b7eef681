import { beforeEach, describe, expect, test } from 'vitest'
import type { PeerMessage } from '../../../../src/actors/peer/messages.ts'
import { failed } from '../../../../src/base/result.ts'
import { minute, PeerStage } from './scene.ts'

const hour = 60 * minute

let scene: PeerStage

beforeEach(() => {
  scene = new PeerStage()
})

function ask(question: (reply: (answer: boolean) => void) => PeerMessage): boolean {
  return scene.stage.ask(scene.peers, question)
}

/** As if this node were stopped, or the actor had failed: a new one finds what is on the disk. */
function restart(): void {
  scene.network.clear()
  scene.spawn()
}

describe('a ban', () => {
  test('that small faults have led to ends after ten minutes, the next one after twenty', () => {
    scene.spawn()
    for (const peer of ['x', 'y', 'z', 'w']) scene.meet(peer)
    scene.report('a', 'invalid', 3)
    scene.stage.run(10 * minute - 2_000)
    expect(scene.bans()).toEqual([['a', true]])
    scene.stage.run(4_000)
    expect(scene.bans().at(-1)).toEqual(['a', false])
    // What it did is not forgotten with it, but it is half forgotten.
    expect(scene.reportOf('a')).toMatchObject({ isBanned: false })
    expect(scene.reportOf('a')?.conduct).toBeCloseTo(-30, 0)
    scene.report('a', 'invalid', 2)
    scene.stage.run(19 * minute)
    expect(scene.bans()).toHaveLength(3)
    scene.stage.run(2 * minute)
    expect(scene.bans().at(-1)).toEqual(['a', false])
    const told = scene.stage.reports('peer-banned')
    expect(told.map(({ as, forMs }) => [as, forMs / minute])).toEqual([
      ['soft', 10],
      ['soft', 20],
    ])
  })

  test('by a proof lasts an hour, whoever else is there', () => {
    scene.spawn()
    scene.report('a', 'forged')
    scene.stage.run(59 * minute)
    expect(scene.bans()).toEqual([['a', true]])
    scene.stage.run(2 * minute)
    expect(scene.bans().at(-1)).toEqual(['a', false])
  })

  test('closes the connection, and refuses a further one', () => {
    scene.spawn()
    scene.meet('a')
    scene.report('a', 'forged')
    expect(scene.reportOf('a')).toMatchObject({ isConnected: false, isBanned: true })
    scene.arrive('a')
    expect(scene.reportOf('a')).toMatchObject({ isConnected: false })
    expect(scene.stage.reports('peer-turned-away')).toMatchObject([{ reason: 'banned' }])
  })

  test('keeps its address from being dialled, until it is over', () => {
    scene.spawn({ addresses: ['sim:a'] })
    scene.report('a', 'forged')
    scene.dials.length = 0
    scene.stage.run(59 * minute)
    expect(scene.dials).toEqual([])
    scene.stage.run(2 * minute)
    expect(scene.dials.length).toBeGreaterThan(0)
  })

  test('is on the disk before the network hears of it', () => {
    scene.spawn()
    scene.storage.react(() => undefined)
    scene.report('a', 'forged')
    expect(scene.bans()).toEqual([])
    const [kept] = scene.storage.of('keep-note')
    expect(kept).toMatchObject({ name: 'peer-marks' })
    kept?.reply({ ok: true, value: undefined })
    scene.stage.run(1)
    expect(scene.bans()).toEqual([['a', true]])
  })

  test('holds if the disk refuses, or never answers', () => {
    scene.spawn()
    scene.storage.react((message) => {
      if (message.kind === 'keep-note') message.reply(failed({ code: 'full', detail: '' }))
    })
    scene.report('a', 'forged')
    expect(scene.bans()).toEqual([['a', true]])
    scene.storage.react(() => undefined)
    scene.report('b', 'forged')
    scene.stage.run(6_000)
    expect(scene.bans()).toEqual([
      ['a', true],
      ['b', true],
    ])
  })

  test('that came while another was being written is written next, both in one', () => {
    scene.spawn()
    scene.storage.react(() => undefined)
    for (const peer of ['a', 'b', 'c']) scene.report(peer, 'forged')
    expect(scene.storage.of('keep-note')).toHaveLength(1)
    scene.storage.of('keep-note')[0]?.reply({ ok: true, value: undefined })
    scene.stage.run(1)
    expect(scene.storage.of('keep-note')).toHaveLength(2)
    expect(scene.bans()).toEqual([['a', true]])
    scene.storage.of('keep-note')[1]?.reply({ ok: true, value: undefined })
    scene.stage.run(1)
    expect(scene.bans()).toHaveLength(3)
  })
})

describe('after a restart', () => {
  test('a ban holds, and ends in its time', () => {
    scene.spawn()
    scene.report('a', 'forged')
    scene.stage.run(40 * minute)
    restart()
    expect(scene.bans()).toEqual([['a', true]])
    expect(scene.stage.reports('peers-recalled')).toMatchObject([{ peers: 1, bans: 1 }])
    expect(scene.reportOf('a')?.ban).toMatchObject({ kind: 'proof', reason: 'forged' })
    scene.stage.run(19 * minute)
    expect(scene.bans()).toHaveLength(1)
    scene.stage.run(2 * minute)
    expect(scene.bans().at(-1)).toEqual(['a', false])
  })

  test('a ban that ended meanwhile is lifted, since the network may still hold it', () => {
    scene.spawn()
    scene.report('a', 'forged')
    const kept = new Map(scene.notes)
    scene.stage.run(2 * hour)
    for (const [name, bytes] of kept) scene.notes.set(name, bytes)
    restart()
    scene.stage.run(2_000)
    expect(scene.bans()).toEqual([
      ['a', true],
      ['a', false],
    ])
  })

  test('conduct and earlier bans are remembered', () => {
    scene.spawn()
    scene.report('a', 'invalid', 2)
    scene.report('b', 'forged')
    restart()
    expect(scene.reportOf('a')?.conduct).toBeCloseTo(-40, 0)
    scene.stage.run(62 * minute)
    scene.report('b', 'forged')
    const [, second] = scene.stage.reports('peer-banned')
    expect(second).toMatchObject({ peer: 'b', forMs: 24 * hour })
  })

  test('nothing is written over what was not read yet, and what is damaged is told', () => {
    scene.storage.react((message) => {
      if (message.kind !== 'load-note') return
      message.reply(failed({ code: 'corrupt', detail: 'checksum differs', key: 'x' }))
    })
    scene.spawn()
    expect(scene.stage.reports('peers-forgotten')).toMatchObject([
      { note: 'peer-marks', code: 'corrupt' },
      { note: 'peer-places', code: 'corrupt' },
    ])
    scene.storage.react(() => undefined)
    scene.storage.clear()
    scene.spawn()
    scene.report('a', 'forged')
    scene.stage.run(10_000)
    expect(scene.storage.of('keep-note')).toEqual([])
    // It gives up in the end, and the ban holds.
    scene.stage.run(11_000)
    expect(scene.bans()).toEqual([['a', true]])
  })

  test('a note of another make is begun anew', () => {
    scene.notes.set('peer-marks', Uint8Array.of(9, 9))
    scene.notes.set('peer-places', Uint8Array.of(9, 9))
    scene.spawn()
    expect(scene.stage.reports('peers-forgotten')).toHaveLength(2)
    expect(scene.stage.failures).toEqual([])
  })

  test('of the network, it is told of every ban anew', () => {
    scene.spawn()
    scene.meet('b')
    scene.report('a', 'forged')
    scene.send({ kind: 'network-opened' })
    expect(scene.bans()).toEqual([
      ['a', true],
      ['a', true],
    ])
    expect(scene.reportOf('b')).toMatchObject({ isConnected: false })
  })
})

describe('too few peers', () => {
  test('end soft bans after ten minutes, and no others', () => {
    scene.spawn()
    for (const peer of ['x', 'y', 'z', 'w']) scene.meet(peer)
    scene.report('soft', 'invalid', 3)
    scene.stage.run(11 * minute)
    scene.report('soft', 'invalid', 3)
    scene.report('liar', 'forged')
    scene.stage.run(9 * minute)
    for (const peer of ['x', 'y']) scene.leave(peer)
    scene.stage.run(2 * minute)
    expect(scene.reportOf('soft')).toMatchObject({ isBanned: false })
    expect(scene.reportOf('liar')).toMatchObject({ isBanned: true })
  })
})

describe('an operator', () => {
  const forever = { forMs: 1e300, reason: 'a hunch' }

  test('bans whom it likes, a federation peer too', () => {
    scene.spawn()
    scene.meet('a', 'federation')
    const ban = (peer: string) =>
      ask((reply) => ({ kind: 'ban-peer', peer, forMs: hour, reason: 'a hunch', reply }))
    expect(ban('a')).toBe(true)
    expect(ban('b')).toBe(false)
    expect(scene.bans()).toEqual([
      ['a', true],
      ['b', true],
    ])
    expect(scene.reportOf('a')).toMatchObject({ ban: { kind: 'operator', reason: 'a hunch' } })
    scene.stage.run(61 * minute)
    expect(scene.bans().slice(2)).toEqual([
      ['a', false],
      ['b', false],
    ])
  })

  test('bans for a year at most', () => {
    scene.spawn()
    ask((reply) => ({ kind: 'ban-peer', peer: 'a', ...forever, reply }))
    expect(scene.reportOf('a')?.ban?.leftMs).toBeLessThanOrEqual(365 * 24 * hour)
    restart()
    expect(scene.bans()).toEqual([['a', true]])
  })

  test('forgives', () => {
    scene.spawn()
    scene.report('a', 'forged')
    const unban = (peer: string) => ask((reply) => ({ kind: 'unban-peer', peer, reply }))
    expect(unban('a')).toBe(true)
    expect(unban('a')).toBe(false)
    expect(unban('nobody')).toBe(false)
    expect(scene.bans().at(-1)).toEqual(['a', false])
    expect(scene.reportOf('a')).toMatchObject({ conduct: 0, isBanned: false })
    restart()
    expect(scene.bans()).toEqual([])
  })
})

test('a thousand bans are held; with more, those that end first are lifted', () => {
  scene.spawn()
  for (let i = 0; i < 1_030; i += 1) scene.report(`liar${i}`, 'forged')
  const held = scene.reports().filter(({ isBanned }) => isBanned)
  expect(held).toHaveLength(1_024)
  expect(held[0]?.peer).toBe('liar6')
})

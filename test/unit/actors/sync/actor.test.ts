import { beforeEach, describe, expect, test } from 'vitest'
import type { SyncMessage } from '../../../../src/actors/sync/messages.ts'
import type { Assessment } from '../../../../src/actors/sync/monitor/network-monitor.ts'
import type { Status } from '../../../../src/protocol/wire/status.ts'
import { certify, federationOf } from '../../../support/actors/federation.ts'
import {
  blockAt,
  chainHeight,
  federation,
  lookMs,
  otherBlocks,
  pairAt,
  Scene,
  statusAt,
} from './scene.ts'

let scene: Scene

beforeEach(() => {
  scene = new Scene()
})

function ready(peer: string, status: Status): void {
  scene.send({ kind: 'sync-peer-ready', peer, status })
}

/** Three peers that are no further than this node. */
function joinThree(): void {
  for (const peer of ['a', 'b', 'c']) scene.join(peer, 0)
}

describe('at the start', () => {
  test('closes the gate, and asks who is there, how they stand, and where the chain stands', () => {
    scene.open()
    expect(scene.isGateOpen).toBe(false)
    expect(scene.network.of('announce-peers')).toHaveLength(1)
    expect(scene.peers.of('announce-standings')).toHaveLength(1)
    expect(scene.chainActor.of('get-chain-status')).toHaveLength(1)
    expect(scene.status).toMatchObject({ state: 'discovering', peers: 0, canProduceBlocks: false })
  })

  test('waits for a chain that is still starting, and asks it again', () => {
    scene.isChainReady = false
    scene.open()
    joinThree()
    expect(scene.status.state).toBe('idle')
    scene.isChainReady = true
    scene.stage.run(lookMs)
    expect(scene.status.state).toBe('synced')
    expect(scene.states).toEqual(['discovering', 'synced'])
  })

  test('does the same after a restart of its own, and finds back to where it was', () => {
    scene.open()
    joinThree()
    expect(scene.isGateOpen).toBe(true)
    scene.network.clear()
    scene.open()
    expect(scene.isGateOpen).toBe(false)
    expect(scene.network.of('announce-peers')).toHaveLength(1)
    joinThree()
    expect(scene.status).toMatchObject({ state: 'synced', canProduceBlocks: true })
  })
})

describe('opinions', () => {
  test('of three peers are enough', () => {
    scene.open()
    for (const peer of ['a', 'b']) scene.join(peer, 0)
    expect(scene.status.state).toBe('discovering')
    scene.join('c', 0)
    expect(scene.status.state).toBe('synced')
    expect(scene.isGateOpen).toBe(true)
  })

  test('so is that of one for whom an authority vouches', () => {
    scene.open()
    scene.join('a', 0)
    expect(scene.status.state).toBe('discovering')
    scene.judge('a', { class: 'federation' })
    expect(scene.status.state).toBe('synced')
  })

  test('and of one peer after three seconds', () => {
    scene.open()
    scene.join('a', 0)
    scene.stage.run(2_500)
    expect(scene.isGateOpen).toBe(false)
    scene.stage.run(1_600)
    expect(scene.isGateOpen).toBe(true)
  })

  test('are not waited for in a committee of one', () => {
    scene.open({ member: 0 }, federationOf(1))
    scene.stage.run(lookMs)
    expect(scene.isGateOpen).toBe(true)
  })

  test('of peers that may not be asked do not count', () => {
    scene.open()
    scene.join('a', 0)
    scene.judge('a', { isUsable: false })
    for (const peer of ['b', 'c']) scene.join(peer, 0)
    expect(scene.status).toMatchObject({ state: 'discovering', peers: 2 })
    scene.judge('a', { isUsable: true })
    expect(scene.status).toMatchObject({ state: 'synced', peers: 3 })
  })

  test('of a peer that left do not count either', () => {
    scene.open()
    scene.join('a', 0)
    scene.leave('a')
    for (const peer of ['b', 'c']) scene.join(peer, 0)
    expect(scene.status).toMatchObject({ state: 'discovering', peers: 2 })
  })
})

describe('the target', () => {
  beforeEach(() => {
    scene.open()
    joinThree()
  })

  test('is raised by a certificate, which closes the gate', () => {
    ready('d', statusAt(40))
    expect(scene.status).toMatchObject({ state: 'downloading-headers', targetHeight: 40 })
    expect(scene.isGateOpen).toBe(false)
    expect(scene.stage.reports('target-raised')).toMatchObject([{ peer: 'd', height: 40 }])
  })

  test('is never lowered', () => {
    ready('d', statusAt(40))
    ready('e', statusAt(5))
    expect(scene.status.targetHeight).toBe(40)
  })

  test.each<[string, () => Status]>([
    [
      'too few signers',
      () => {
        const certificate = certify(federation, 'finalise', blockAt(40), [0, 1])
        return { ...statusAt(40), certified: { ...pairAt(40), certificate } }
      },
    ],
    [
      'a forged signature',
      () => {
        const { signed, certificate } = pairAt(40)
        const forged = { ...certificate, signature: new Uint8Array(96) }
        return { ...statusAt(40), certified: { signed, certificate: forged } }
      },
    ],
  ])('is not raised by a certificate with %s; its sender is reported', (_lie, status) => {
    ready('liar', status())
    expect(scene.status).toMatchObject({ state: 'synced', targetHeight: 0, peers: 3 })
    expect(scene.isGateOpen).toBe(true)
    expect(scene.reported).toEqual(['liar forged'])
    expect(scene.fetches).toEqual([])
  })

  test('is not raised by a claim without a certificate, which nobody is reported for', () => {
    ready('d', { ...statusAt(0), head: { height: 9_999, slot: 9_999 } })
    expect(scene.status).toMatchObject({ state: 'synced', targetHeight: 0 })
    expect(scene.reported).toEqual([])
    expect(scene.fetches).toEqual([])
  })
})

describe('looking', () => {
  test('asks some peers where they stand while it is not synced', () => {
    scene.open()
    scene.join('a', 0)
    scene.serve('a', 40)
    scene.stage.run(lookMs)
    expect(scene.network.of('fetch-status').map(({ peer }) => peer)).toContain('a')
    expect(scene.status.targetHeight).toBe(40)
  })

  test('asks nobody while the chain goes on', () => {
    scene.open()
    joinThree()
    scene.network.clear()
    for (let at = 1; at < 10; at += 1) {
      scene.advance(at)
      scene.stage.run(lookMs)
    }
    expect(scene.network.of('fetch-status')).toEqual([])
  })

  test('asks when the chain stands still, and finds out that it goes on elsewhere', () => {
    scene.open()
    joinThree()
    for (const peer of ['a', 'b', 'c']) scene.serve(peer, 40, () => 'nothing')
    scene.stage.run(4 * lookMs)
    expect(scene.status.targetHeight).toBe(40)
  })

  test('forgets the answer of a peer that left before it came', () => {
    scene.open()
    scene.join('a', 0)
    scene.network.react((message) => {
      if (message.kind !== 'fetch-status') return
      scene.stage.send(scene.sync, { kind: 'sync-peer-lost', peer: 'a' })
      scene.stage.simulation.after(50, () => message.reply({ ok: true, value: statusAt(40) }))
    })
    scene.stage.run(lookMs + 100)
    expect(scene.status).toMatchObject({ peers: 0, targetHeight: 0 })
  })
})

describe('what is just ahead', () => {
  test('comes by votes; what is further is asked for', () => {
    scene.open()
    for (const peer of ['a', 'b', 'c']) scene.join(peer, 2)
    expect([scene.status.state, scene.fetches]).toEqual(['synced', []])
    scene.join('d', 3)
    expect(scene.fetches.length).toBeGreaterThan(0)
  })

  test('is asked for when votes no longer bring it', () => {
    scene.open()
    for (const peer of ['a', 'b', 'c']) scene.join(peer, 2)
    scene.stage.run(2 * lookMs + 200)
    expect(scene.fetches).toEqual([])
    scene.stage.run(2 * lookMs)
    expect(scene.status).toMatchObject({ state: 'synced', currentHeight: 2 })
  })
})

describe('the gate', () => {
  test('is told anew to a chain that was restarted', () => {
    scene.open()
    joinThree()
    scene.chainActor.clear()
    scene.restartChain(0)
    expect(scene.chainActor.of('set-gate')).toEqual([{ kind: 'set-gate', isOpen: true }])
  })

  test('can be asked for', () => {
    scene.open()
    const ask = () =>
      scene.stage.ask<SyncMessage, boolean>(scene.sync, (reply) => ({
        ...{ kind: 'can-produce-blocks', reply },
      }))
    expect(ask()).toBe(false)
    joinThree()
    expect(ask()).toBe(true)
  })

  test('stays open while nothing new is certified: who had stopped would be late', () => {
    scene.open()
    joinThree()
    scene.stage.run(40_000)
    expect(scene.status.state).toBe('synced')
    expect(scene.isGateOpen).toBe(true)
  })

  test('stays open if those in reach agree that the chain stands still', () => {
    scene.open()
    const statusOf = (peer: string): Status => {
      const member = ['a', 'b', 'c'].indexOf(peer)
      const statement = { member, peer, expiresAtMs: 9e12, signature: new Uint8Array(64) }
      return { ...statusAt(0), statement }
    }
    for (const peer of ['a', 'b', 'c']) {
      ready(peer, statusOf(peer))
      scene.judge(peer, { class: 'federation' })
    }
    scene.network.react((message) => {
      if (message.kind === 'fetch-status')
        message.reply({ ok: true, value: statusOf(message.peer) })
    })
    scene.stage.run(40_000)
    expect(scene.isGateOpen).toBe(true)
    expect(health().isHalted).toBe(true)
  })

  test('is shut by a chain that says it has stopped, also after a restart of sync', () => {
    scene.halted = { detail: 'two histories', remedy: 'ask' }
    scene.open()
    joinThree()
    scene.stage.run(2 * lookMs)
    expect([scene.status.state, scene.isGateOpen]).toEqual(['synced', false])
    expect(health().incidents).toMatchObject({ level: 'emergency' })
  })

  test('is shut by certificates that contradict each other, for good', () => {
    scene.open()
    joinThree()
    scene.send({ kind: 'chain-conflict' })
    scene.stage.run(lookMs)
    expect([scene.status.state, scene.isGateOpen]).toEqual(['synced', false])
    expect(health().incidents).toMatchObject({ level: 'emergency' })
  })
})

describe('a peer that shows another block below our own last one', () => {
  beforeEach(() => {
    scene.kept = 40
    scene.committed = 40
    scene.open()
    joinThree()
  })

  test('is believed if a quorum has signed it: the chain is told, and the peer spared', () => {
    ready('witness', statusAt(25, otherBlocks))
    scene.stage.run(100)
    const { certified } = statusAt(25, otherBlocks)
    const contradiction = { ours: { height: 25, hash: blockAt(25).signed.hash }, ...certified }
    expect(scene.chainActor.of('contradiction')).toEqual([{ kind: 'contradiction', contradiction }])
    expect(scene.reported).toEqual([])
  })

  test('is blamed if nobody has', () => {
    const status = statusAt(25, otherBlocks)
    const { signed, certificate } = status.certified ?? expect.unreachable()
    const signature = certificate.signature.map((byte) => byte ^ 1)
    ready('liar', { ...status, certified: { signed, certificate: { ...certificate, signature } } })
    scene.stage.run(100)
    expect(scene.chainActor.of('contradiction')).toEqual([])
    expect(scene.reported).toEqual(['liar forged'])
  })

  test('is one of many if it is the same block', () => {
    ready('late', statusAt(25))
    scene.stage.run(100)
    expect(scene.chainActor.of('contradiction')).toEqual([])
    expect(scene.reported).toEqual([])
  })
})

function health(): Assessment {
  return scene.stage.ask<SyncMessage, Assessment>(scene.sync, (reply) => ({
    ...{ kind: 'get-network-health', reply },
  }))
}

describe('what the monitor wants is done', () => {
  test('nobody there: dials', () => {
    scene.open()
    scene.stage.run(7_000)
    expect(scene.peers.of('dial-burst').map(({ reason }) => reason)).toContain('no-peers')
  })

  test('old certificates: asks everybody, then dials others', () => {
    scene.open()
    joinThree()
    scene.network.clear()
    scene.stage.run(40_000)
    expect(new Set(scene.network.of('fetch-status').map(({ peer }) => peer)).size).toBe(3)
    expect(scene.peers.of('dial-burst')).toContainEqual({
      ...{ kind: 'dial-burst', reason: 'stale-certificate' },
    })
  })

  test('it hears of liars, of who is quick, and of how far this node is', () => {
    scene.open()
    joinThree()
    scene.send({ kind: 'member-accused', member: 2 })
    scene.send({ kind: 'block-announced', peer: 'a' })
    scene.advance(10)
    expect(health()).toMatchObject({ incidents: { codes: ['member-lies'] }, watch: { peers: 3 } })
  })
})

test('a status says how far it is, how fast, and how long it will take', () => {
  scene.open()
  scene.join('a', chainHeight, () => 'nothing')
  scene.judge('a', { class: 'federation' })
  for (let at = 10; at <= 50; at += 10) {
    scene.stage.run(1_000)
    scene.advance(at)
  }
  const { bytesPerSecond, blocksPerSecond, remainingMs, reservedBytes, ...rest } = scene.status
  expect(rest).toMatchObject({
    ...{ state: 'downloading-headers', stateCode: 2, isPaused: false, currentHeight: 50 },
    ...{ targetHeight: chainHeight, progress: 0.25, peers: 1, failure: undefined, failures: 0 },
    ...{ canProduceBlocks: false, reservedBytesMax: 268_435_456, requests: 1 },
  })
  expect(bytesPerSecond).toBe(0)
  expect(blocksPerSecond).toBeCloseTo(10, 0)
  expect(remainingMs).toBeCloseTo((150 * 1_000) / blocksPerSecond, -1)
  expect(reservedBytes).toBe(0)
})

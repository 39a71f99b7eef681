import { beforeEach, describe, expect, test } from 'vitest'
import type { NetworkMessage } from '../../../../src/actors/network/messages.ts'
import { PeerActor } from '../../../../src/actors/peer/actor.ts'
import type {
  Offence,
  PeerClass,
  PeerMessage,
  PeerReport,
} from '../../../../src/actors/peer/messages.ts'
import { failed, ok } from '../../../../src/base/result.ts'
import type { Address } from '../../../../src/kernel/actor.ts'
import { genesisHeader, headerHash } from '../../../../src/protocol/block/header.ts'
import type { Certificate } from '../../../../src/protocol/consensus/vote.ts'
import type { Status } from '../../../../src/protocol/wire/status.ts'
import { federationOf } from '../../../support/actors/federation.ts'
import { type Probe, Stage } from '../../../support/actors/stage.ts'

const { chain } = federationOf(4)
const minute = 60_000
const dialPauseMsMin = 500
const dialPauseMsMax = 30_000

let stage: Stage
let network: Probe<NetworkMessage>
let peers: Address<PeerMessage>

function spawn(...addresses: readonly string[]): void {
  const options = { addresses, dialPauseMsMin, dialPauseMsMax }
  peers = stage.spawn<PeerMessage>('peer', (context) => {
    return new PeerActor({ context, network: network.address }, options)
  })
}

beforeEach(() => {
  stage = new Stage()
  network = stage.probe<NetworkMessage>('network')
})

function status(height: number): Status {
  const header = { ...genesisHeader(chain.tag, chain.genesis.hash), height, slot: height }
  const signed = { header, hash: headerHash(header), signature: new Uint8Array(64) }
  const certificate: Certificate = {
    ...{ kind: 'finalise', epoch: 0, slot: height, block: signed.hash },
    ...{ signers: [0, 1, 2], signature: new Uint8Array(96) },
  }
  return {
    chainTag: chain.tag,
    genesis: chain.genesis.hash,
    certified: { signed, certificate },
    head: { height, slot: height },
    availableFrom: 0,
    statement: undefined,
  }
}

function meet(peer: string, peerClass: PeerClass, height = 7): void {
  stage.send(peers, { kind: 'peer-up', peer, address: `sim:${peer}`, isDialled: false })
  const ready = { peer, class: peerClass, status: status(height) }
  stage.send(peers, { kind: 'peer-status', ready })
}

function report(peer: string, offence: Offence, times = 1): void {
  for (let i = 0; i < times; i += 1) stage.send(peers, { kind: 'report-peer', peer, offence })
}

function reports(): readonly PeerReport[] {
  return stage.ask<PeerMessage, readonly PeerReport[]>(peers, (reply) => ({
    kind: 'get-peers',
    reply,
  }))
}

function bans(): readonly (readonly [peer: string, isBanned: boolean])[] {
  return network.of('ban').map(({ peer, isBanned }) => [peer, isBanned] as const)
}

describe('what is known of a peer', () => {
  test('is its class, its height and whether it is there', () => {
    spawn()
    meet('a', 'federation', 12)
    meet('b', 'regular', 3)
    stage.send(peers, { kind: 'peer-down', peer: 'b' })
    expect(reports()).toEqual([
      {
        peer: 'a',
        class: 'federation',
        isConnected: true,
        conduct: 0,
        isBanned: false,
        committedHeight: 12,
      },
      {
        peer: 'b',
        class: 'regular',
        isConnected: false,
        conduct: 0,
        isBanned: false,
        committedHeight: 3,
      },
    ])
  })

  test('is bounded: the longest known that is neither connected nor banned is forgotten', () => {
    spawn()
    meet('connected', 'regular')
    report('banned', 'forged')
    report('first', 'malformed')
    for (let i = 0; i < 1_024; i += 1) report(`peer ${i}`, 'malformed')
    const known = reports().map(({ peer }) => peer)
    expect(known).toHaveLength(1_024)
    expect(known.slice(0, 3)).toEqual(['connected', 'banned', 'peer 2'])
  })
})

describe('an offence', () => {
  test('is reported with what is left of the conduct', () => {
    spawn()
    report('a', 'malformed')
    expect(stage.reports('peer-reported')).toEqual([
      { kind: 'peer-reported', peer: 'a', offence: 'malformed', conduct: -25 },
    ])
    expect(bans()).toEqual([])
  })

  test.each<[Offence, number]>([
    ['malformed', 2],
    ['invalid', 3],
    ['forged', 1],
    ['other-chain', 1],
  ])('that is %s leads to a ban the %i. time', (offence, times) => {
    spawn()
    report('a', offence, times - 1)
    expect(bans()).toEqual([])
    report('a', offence)
    expect(bans()).toEqual([['a', true]])
    expect(reports()[0]).toMatchObject({ isBanned: true })
  })

  test('long ago does not lead to a ban', () => {
    spawn()
    report('a', 'invalid', 2)
    stage.run(5 * minute)
    report('a', 'invalid')
    expect(bans()).toEqual([])
  })

  test('of a federation peer is counted and never leads to a ban', () => {
    spawn()
    meet('a', 'federation')
    report('a', 'forged', 5)
    expect(bans()).toEqual([])
    expect(reports()[0]).toMatchObject({ conduct: -100, isBanned: false })
  })

  test('while banned does not lengthen the ban', () => {
    spawn()
    report('a', 'forged', 4)
    expect(bans()).toEqual([['a', true]])
  })
})

describe('a ban', () => {
  test('ends after ten minutes with a clean slate, the next one after twenty', () => {
    spawn()
    report('a', 'forged')
    stage.run(10 * minute - 20_000)
    expect(bans()).toEqual([['a', true]])
    stage.run(40_000)
    expect(bans()).toEqual([
      ['a', true],
      ['a', false],
    ])
    expect(reports()[0]).toMatchObject({ conduct: 0, isBanned: false })
    report('a', 'forged')
    stage.run(15 * minute)
    expect(bans()).toHaveLength(3)
    stage.run(6 * minute)
    expect(bans().at(-1)).toEqual(['a', false])
    expect(stage.reports('peer-banned').map(({ forMs }) => forMs / minute)).toEqual([10, 20])
  })
})

describe('an address', () => {
  const address = 'sim:a'
  /** When each dial came, from now on. */
  let dialledMs: number[]

  beforeEach(() => {
    dialledMs = []
  })

  function answerDials(outcome: 'nobody' | 'a' | 'never'): void {
    network.react((message) => {
      if (message.kind !== 'dial') return
      dialledMs.push(stage.simulation.nowMs)
      if (outcome === 'never') return
      if (outcome === 'a') return message.reply(ok('a'))
      message.reply(failed({ code: 'unreachable', detail: 'nobody' }))
    })
  }

  test('is dialled at once', () => {
    answerDials('a')
    spawn(address, 'sim:b')
    stage.run(10)
    expect(network.of('dial').map((dial) => dial.address)).toEqual([address, 'sim:b'])
  })

  test('where nobody answers is dialled after pauses that double, with a fifth left to chance', () => {
    answerDials('nobody')
    spawn(address)
    stage.run(14_000)
    const pauses = dialledMs.slice(1).map((at, index) => at - (dialledMs[index] ?? 0))
    expect(pauses).toHaveLength(4)
    pauses.forEach((pause, index) => {
      expect(pause).toBeGreaterThanOrEqual(500 * 2 ** index)
      expect(pause).toBeLessThanOrEqual(600 * 2 ** index)
    })
    expect(stage.reports('dial-failed')[0]).toMatchObject({ address, code: 'unreachable' })
  })

  test('where nobody answers is dialled about every half minute, for ever', () => {
    answerDials('nobody')
    spawn(address)
    stage.run(2 * minute)
    dialledMs.length = 0
    stage.run(60 * minute)
    // A pause is 30 to 36 s.
    expect(dialledMs.length).toBeGreaterThanOrEqual(100)
    expect(dialledMs.length).toBeLessThanOrEqual(120)
  })

  test('where nobody even refuses is dialled again', () => {
    answerDials('never')
    spawn(address)
    stage.run(5 * minute)
    expect(dialledMs.length).toBeGreaterThanOrEqual(6)
    expect(stage.reports('dial-failed')[0]).toMatchObject({ code: 'timeout' })
  })

  test('of a peer that is lost while it is dialled is not dialled twice as often', () => {
    answerDials('a')
    spawn(address)
    stage.run(14_900)
    network.react((message) => {
      if (message.kind !== 'dial') return
      dialledMs.push(stage.simulation.nowMs)
      const fault = failed({ code: 'unreachable', detail: 'nobody' } as const)
      stage.simulation.after(50, () => stage.send(peers, { kind: 'peer-down', peer: 'a' }))
      stage.simulation.after(100, () => message.reply(fault))
    })
    dialledMs.length = 0
    // Housekeeping dials at 15 s; from then on there is one series of pauses, not two.
    stage.run(10 * minute)
    expect(dialledMs.length).toBeGreaterThanOrEqual(20)
    expect(dialledMs.length).toBeLessThanOrEqual(28)
  })

  test('of a peer that was lost unnoticed is dialled at the next look', () => {
    answerDials('a')
    spawn(address)
    stage.run(1_000)
    answerDials('nobody')
    dialledMs.length = 0
    stage.run(15_000)
    expect(dialledMs.length).toBeGreaterThanOrEqual(1)
  })

  test('of a peer that was lost is dialled soon', () => {
    answerDials('a')
    spawn(address)
    stage.run(1_000)
    meet('a', 'regular')
    dialledMs.length = 0
    const lostMs = stage.simulation.nowMs
    stage.send(peers, { kind: 'peer-down', peer: 'a' })
    stage.run(700)
    expect(dialledMs).toHaveLength(1)
    expect((dialledMs[0] ?? 0) - lostMs).toBeGreaterThanOrEqual(dialPauseMsMin)
  })

  test('of a peer that answered again has its pause back at the least', () => {
    answerDials('nobody')
    spawn(address)
    stage.run(14_000)
    answerDials('a')
    stage.run(15_000)
    stage.send(peers, { kind: 'peer-down', peer: 'a' })
    dialledMs.length = 0
    stage.run(700)
    expect(dialledMs).toHaveLength(1)
  })
})

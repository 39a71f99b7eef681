import { beforeEach, describe, expect, test } from 'vitest'
import { SimRandom } from '../../../../sim/random.ts'
import { SyncPeers } from '../../../../src/actors/sync/peers.ts'
import { wireVersions } from '../../../../src/protocol/wire/requests.ts'
import type { Status } from '../../../../src/protocol/wire/status.ts'
import { blockOn, certify, federationOf, genesisSeat } from '../../../support/actors/federation.ts'

const federation = federationOf(4)
const { chain } = federation
const block = blockOn(federation, genesisSeat(federation), 1)
const certified = { signed: block.signed, certificate: certify(federation, 'finalise', block) }
const usable = { class: 'regular', netgroup: 'n1', conduct: 0, isUsable: true } as const
const genesis = chain.genesis.hash

let told: unknown[][]
let peers: SyncPeers

beforeEach(() => {
  told = []
  const tell =
    (kind: string) =>
    (...values: unknown[]) =>
      void told.push([kind, ...values])
  peers = new SyncPeers({
    downloads: { peerReady: tell('ready'), peerGone: tell('gone') },
    monitor: {
      observePeer: tell('observe'),
      observePeerLost: tell('lost'),
      observeReport: tell('report'),
    },
    genesis,
  })
})

function status(change: Partial<Status> = {}): Status {
  return {
    ...{ chainTag: chain.tag, genesis, head: { height: 0, slot: 0 }, availableFrom: 2 },
    ...{ versions: wireVersions, certified: undefined, statement: undefined },
    ...change,
  }
}

describe('who listens is told', () => {
  test('of a peer that nothing is known of yet', () => {
    peers.setStatus('a', status(), 5)
    expect(told).toEqual([
      ['ready', 'a', { class: 'regular', netgroup: 'a', committedHeight: 0, availableFrom: 2 }, 5],
      ['observe', 'a', { netgroup: 'a', member: undefined, conduct: 0 }],
      ['report', 'a', genesis, 5],
    ])
  })

  test('of its standing and its block, each as it changes', () => {
    peers.setStatus('a', status(), 5)
    told = []
    peers.setStatus('a', status({ certified }), 6)
    expect(told.at(-1)).toEqual(['report', 'a', block.signed.hash, 6])
    told = []
    peers.setStanding('a', { ...usable, conduct: -3 }, 7)
    expect(told[0]).toMatchObject(['ready', 'a', { netgroup: 'n1', committedHeight: 1 }, 7])
    expect(told[1]).toMatchObject(['observe', 'a', { conduct: -3 }])
  })

  test('of the member for which a peer speaks only if that was vouched for', () => {
    const statement = { member: 2, peer: 'a', expiresAtMs: 9, signature: new Uint8Array(64) }
    peers.setStatus('a', status({ statement }), 5)
    expect(told[1]).toMatchObject(['observe', 'a', { member: undefined }])
    peers.setStanding('a', { ...usable, class: 'federation' }, 6)
    expect(told[4]).toMatchObject(['observe', 'a', { member: 2 }])
  })

  test('of one that may not be asked, and of one that left, once', () => {
    peers.setStatus('a', status(), 5)
    peers.exclude('a', 6)
    expect(told[3]).toEqual(['gone', 'a', 6])
    expect(peers.remove('a', 7)).toBe(true)
    expect(told.slice(-2)).toEqual([
      ['gone', 'a', 7],
      ['lost', 'a', 7],
    ])
    expect(peers.remove('a', 8)).toBe(false)
    peers.exclude('a', 9)
    peers.setStanding('a', usable, 9)
    expect(told).toHaveLength(7)
  })
})

test('those that may be asked are counted, and the members among them', () => {
  for (const peer of ['a', 'b', 'c']) peers.setStatus(peer, status(), 1)
  expect([peers.usable, peers.opinionsSince(1)]).toEqual([3, { count: 3, hasMember: false }])
  peers.setStanding('b', { ...usable, class: 'federation' }, 2)
  expect(peers.opinionsSince(1)).toEqual({ count: 3, hasMember: true })
  expect(peers.opinionsSince(2)).toEqual({ count: 0, hasMember: false })
  peers.exclude('b', 3)
  peers.exclude('b', 3)
  expect([peers.usable, peers.opinionsSince(1)]).toEqual([2, { count: 2, hasMember: false }])
  peers.remove('a', 4)
  expect(peers.usable).toBe(1)
})

test('a peer is new when it comes, and when it may be asked again', () => {
  peers.setStatus('a', status(), 10)
  peers.setStatus('a', status(), 20)
  expect(peers.lastNewMs).toBe(10)
  peers.exclude('a', 30)
  peers.setStanding('a', usable, 40)
  expect(peers.lastNewMs).toBe(40)
})

test('a few are asked at a time, in the end all; members always', () => {
  const random = new SimRandom('some')
  expect(peers.some(random)).toEqual([])
  const names = Array.from({ length: 9 }, (_, i) => `p${i}`)
  for (const name of names) peers.setStatus(name, status(), 1)
  peers.setStanding('p7', { ...usable, class: 'federation' }, 2)
  const asked = new Set<string>()
  for (let i = 0; i < 50; i += 1) {
    const some = peers.some(random)
    expect(new Set(some).size).toBe(4)
    for (const peer of some) asked.add(peer)
    expect(peers.membersAndSome(random)[0]).toBe('p7')
  }
  expect([...asked].sort()).toEqual(names)
})

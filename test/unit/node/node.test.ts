import { beforeEach, describe, expect, test } from 'vitest'
import type { Observed } from '../../../sim/cluster/checker/checker.ts'
import { Cluster } from '../../../sim/cluster/cluster.ts'
import { idealScheme } from '../../../sim/cluster/ideal.ts'
import { localLink } from '../../../sim/link.ts'
import type { ApiAnswer } from '../../../src/actors/api/messages.ts'

let cluster: Cluster
let events: Observed[]

beforeEach(() => {
  events = []
  cluster = new Cluster(
    { members: 3, followers: 1, link: localLink, hasDiskErrors: true },
    { seed: 'node', crypto: idealScheme(), onEvent: (observed) => events.push(observed) },
  )
  cluster.run(6_000)
})

function node(name: string) {
  return cluster.machine(name).node ?? expect.unreachable()
}

function call(name: string, method: string, params: readonly unknown[] = []): ApiAnswer {
  let answer: ApiAnswer | undefined
  node(name).call(method, params, (found) => {
    answer = found
  })
  cluster.run(15_000, () => answer !== undefined)
  return answer ?? expect.unreachable()
}

function eventsOf(name: string, kind: Observed['event']['kind']): readonly Observed[] {
  return events.filter((each) => each.node === name && each.event.kind === kind)
}

describe('a node', () => {
  test('starts its eight actors, each once', () => {
    expect(eventsOf('n0', 'actor-started').map(({ event }) => event)).toEqual(
      Array(8).fill({ kind: 'actor-started', life: 1 }),
    )
    expect(cluster.violation).toBeUndefined()
  })

  test('answers what it is asked', () => {
    expect(call('f0', 'alys_getStatus')).toMatchObject({
      result: { name: 'simulated', isVoting: false, sync: { state: 'synced' } },
    })
    expect(call('n0', 'alys_getStatus')).toMatchObject({ result: { isVoting: true } })
  })

  test('that was stopped says so', () => {
    const stopped = node('n0')
    stopped.stop()
    let answer: ApiAnswer | undefined
    stopped.call('alys_getHead', [], (found) => {
      answer = found
    })
    expect(answer).toEqual({ error: { code: -32_002, message: 'the node is busy or stopped' } })
  })

  test('knows its own members among its peers, by their authority', () => {
    const answer = call('f0', 'alys_getPeers')
    const peers = 'result' in answer ? (answer.result as { peer: string; class: string }[]) : []
    expect(peers.map(({ peer, class: peerClass }) => [peer, peerClass]).toSorted()).toEqual([
      ['n0', 'federation'],
      ['n1', 'federation'],
      ['n2', 'federation'],
    ])
    const follower = call('n0', 'alys_getPeers')
    expect(JSON.stringify(follower)).toContain('"class":"regular"')
  })
})

describe('an actor that fails once', () => {
  test.each([
    'storage/storage',
    'storage/checkpoint',
    'chain/engine',
    'chain/chain',
    'network/peer',
    'network/network',
    'network/sync',
    'api',
  ])('(%s) is started again, and the node goes on', (path) => {
    node('n1').crashActor(path, 'a planned failure')
    cluster.requireProgress(['n0', 'n1', 'n2', 'f0'], 4, 30_000)
    expect(cluster.violation).toBeUndefined()
    expect(
      eventsOf('n1', 'actor-started').some(({ event }) => 'life' in event && event.life > 1),
    ).toBe(true)
    expect(call('n1', 'alys_getStatus')).toMatchObject({ result: { isVoting: true } })
  })

  test('(network/peer) knows again who speaks for whom', () => {
    node('f0').crashActor('network/peer', 'a planned failure')
    cluster.run(1_000)
    expect(JSON.stringify(call('f0', 'alys_getPeers')).match(/"federation"/g)).toHaveLength(3)
  })

  test('(chain/chain) begins again at a slot boundary, never within one', () => {
    cluster.run(700)
    node('n1').crashActor('chain/chain', 'a planned failure')
    const failedMs = cluster.nowMs
    cluster.run(10_000)
    const [restarted] = eventsOf('n1', 'chain-started').filter(({ atMs }) => atMs > failedMs)
    const { genesisMs, slotMs } = cluster.chain.slots
    const wallMs = cluster.simulation.wallMs - cluster.nowMs + (restarted?.atMs ?? 0)
    // The disk is read within some milliseconds of the boundary.
    expect((wallMs - genesisMs) % slotMs).toBeLessThan(20)
  })
})

describe('a node whose actors keep failing', () => {
  test('stops, and the others go on', () => {
    const { disk } = cluster.machine('n1').host
    disk.faults = { ...disk.faults, ioErrorPerMillion: 1_000_000 }
    cluster.run(400_000, () => cluster.hasStopped('n1'))
    expect(cluster.hasStopped('n1')).toBe(true)
    cluster.requireProgress(['n0', 'n2', 'f0'], 4, 30_000)
    expect(cluster.violation).toBeUndefined()
  })
})

test('a node whose disk has another block than it trusts does not start, and stops', () => {
  const heard: Observed[] = []
  const hash = 'ab'.repeat(32)
  const net = new Cluster(
    { members: 3, followers: 1, link: localLink, startLater: ['f0'], hasDiskErrors: true },
    { seed: 'trust', crypto: idealScheme(), onEvent: (observed) => heard.push(observed) },
  )
  net.run(20_000)
  // The follower begins with a copy of a member's disk.
  const entries = net.machine('n0').host.disk.scan({ from: '', to: '~', limit: 100_000 })
  net.machine('f0').host.disk.apply(entries)
  net.trust('f0', { height: 2, hash })
  net.restart('f0')
  net.run(2_000)
  net.run(400_000, () => net.hasStopped('f0'))
  expect([net.hasStopped('f0'), net.startedAt('f0')]).toEqual([true, undefined])
  const failure = heard.find(({ node: name, event }) => {
    return name === 'f0' && event.kind === 'actor-failed'
  })
  expect(JSON.stringify(failure?.event)).toContain(`and ${hash} is trusted`)
})

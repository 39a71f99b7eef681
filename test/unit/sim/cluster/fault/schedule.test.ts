import { describe, expect, test } from 'vitest'
import type { Observed } from '../../../../../sim/cluster/checker/checker.ts'
import { Cluster } from '../../../../../sim/cluster/cluster.ts'
import type { Fault } from '../../../../../sim/cluster/fault/catalogue.ts'
import {
  at,
  on,
  schedule,
  scheduleInstead,
  type WrittenFault,
} from '../../../../../sim/cluster/fault/schedule.ts'
import { idealScheme } from '../../../../../sim/cluster/ideal.ts'
import { constant } from '../../../../../sim/distribution.ts'
import { localLink } from '../../../../../sim/link.ts'

function threeMembers(plan?: readonly Fault[]): Cluster {
  // Writing takes long, so that one can be seen in its midst.
  const disk = { read: constant(80), write: constant(50), sync: constant(20_000) }
  const wishes = plan === undefined ? {} : { plan }
  const run = { seed: 'schedule', crypto: idealScheme(), ...wishes }
  return new Cluster({ members: 3, link: localLink, disk }, run)
}

const isDown = (net: Cluster, name: string): boolean => !net.machine(name).host.isRunning

describe('a schedule', () => {
  test('lets faults happen at their times, for as long as they say', () => {
    const net = threeMembers()
    const groups = [['n0'], ['n1', 'n2']]
    schedule(net, [
      at('4s', 'partition', { groups, for: '500ms' }),
      at('2s', 'crash', { node: 'n1', for: '1.5s' }),
      at('3s', 'clock-jump', { node: 'n2', error: '-200ms' }),
    ])
    net.run(2_000)
    expect(isDown(net, 'n1')).toBe(true)
    net.run(1_500)
    expect(isDown(net, 'n1')).toBe(false)
    net.run(500)
    expect(net.simulation.network.rules.size).toBe(1)
    net.run(500)
    expect(net.simulation.network.rules.size).toBe(0)
    expect(net.plan).toEqual([
      { kind: 'crash', atMs: 2_000, node: 'n1', forMs: 1_500 },
      { kind: 'clock-jump', atMs: 3_000, node: 'n2', errorMs: -200 },
      { kind: 'partition', atMs: 4_000, groups, forMs: 500 },
    ])
  })

  test('is what a plan is given in the place of', () => {
    const plan: readonly Fault[] = [{ kind: 'crash', atMs: 1_000, node: 'n2' }]
    const net = threeMembers(plan)
    schedule(net, [at('2s', 'crash', { node: 'n1', for: '2s' })])
    net.run(3_000)
    expect(['n0', 'n1', 'n2'].map((name) => isDown(net, name))).toEqual([false, false, true])
    expect(net.plan).toEqual(plan)
  })

  test('may be settled before a story schedules others, but not before what was wished for', () => {
    const settled = (net: Cluster): readonly string[] => {
      scheduleInstead(net, [at('1s', 'pause', { node: 'n0', for: '1s' })])
      schedule(net, [at('2s', 'crash', { node: 'n1', for: '2s' })])
      net.run(3_000)
      return net.plan.map(({ kind }) => kind)
    }
    expect(settled(threeMembers())).toEqual(['pause'])
    expect(settled(threeMembers([]))).toEqual([])
  })

  const wrong: readonly (readonly [WrittenFault, string])[] = [
    [
      at('12 s', 'pause', { node: 'n0', for: '5s' }),
      'the time of pause is "12 s": expected a number and a unit, such as 500ms, 90s or 5m',
    ],
    [
      at('12s', 'pause', { node: 'n0', for: '5' }),
      'for of pause is "5": expected a number and a unit, such as 500ms, 90s or 5m',
    ],
    [
      at('1s', 'pause', { node: 'n0', for: '5s' }),
      'the time of pause is "1s": expected a time to come, and it is 2 s already',
    ],
    [
      at('3s', 'partition', { groups: [['n0'], ['n9']], for: '5s' }),
      'groups of partition is "n9": expected one of n0, n1, n2',
    ],
    [
      on({ event: 'vote-sent', node: 'f0' }, 'pause', { node: 'n0', for: '5s' }),
      'the point of pause is "f0": expected one of n0, n1, n2',
    ],
  ]

  test.each(wrong)('says what is wrong with %j', (written, message) => {
    const net = threeMembers()
    net.run(2_000)
    expect(() => schedule(net, [written])).toThrow(message)
  })
})

describe('a point', () => {
  test('is the nth event of its kind at its node, and what waits for it happens there', () => {
    const net = threeMembers()
    const votes: Observed[] = []
    net.watch((observed) => {
      if (observed.event.kind === 'vote-sent' && observed.node === 'n1') votes.push(observed)
    })
    schedule(net, [on({ event: 'vote-sent', node: 'n1', nth: 3 }, 'crash', { node: 'n1' })])
    net.run(20_000, () => isDown(net, 'n1'))
    expect(votes.length).toBe(3)
    expect(net.nowMs).toBe(votes[2]?.atMs)
  })

  test('may be of any node', () => {
    const net = threeMembers()
    schedule(net, [on({ event: 'block-committed' }, 'crash', { node: 'n2' })])
    net.run(20_000, () => isDown(net, 'n2'))
    expect(net.correct.map((name) => net.heightOf(name)).toSorted()).toEqual([0, 0, 1])
  })

  test('may be counted from a later time on', () => {
    const at = (since?: string): number => {
      const net = threeMembers()
      schedule(net, [on({ event: 'vote-sent', node: 'n1' }, 'crash', { node: 'n1' }, since)])
      net.run(20_000, () => isDown(net, 'n1'))
      return net.nowMs
    }
    expect(at()).toBeLessThan(10_000)
    expect(at('10s')).toBeGreaterThanOrEqual(10_000)
    expect(at('10s')).toBeLessThan(13_000)
  })

  test('of a disk is when a commit begins, or is durable', () => {
    const unsyncedAt = (disk: 'commit-begun' | 'commit-durable'): number => {
      const net = threeMembers()
      net.run(5_000)
      schedule(net, [on({ disk, node: 'n0', nth: 2 }, 'pause', { node: 'n0', for: '1s' })])
      const { host } = net.machine('n0')
      net.run(10_000, () => host.isPaused)
      return host.disk.unsynced
    }
    expect(unsyncedAt('commit-begun')).toBeGreaterThan(0)
    expect(unsyncedAt('commit-durable')).toBe(0)
  })

  test('of a commit may be one that writes a certain kind of record', () => {
    const onItsWay = (key: string): readonly string[] => {
      const net = threeMembers()
      net.run(5_000)
      const point = { disk: 'commit-begun', node: 'n0', key } as const
      schedule(net, [on(point, 'pause', { node: 'n0', for: '1s' })])
      const { host } = net.machine('n0')
      net.run(10_000, () => host.isPaused)
      return ['votes/', 'final/', 'nothing/'].filter((each) => host.disk.isOnItsWay(each, 1))
    }
    expect(onItsWay('final/')).toContain('final/')
    expect(onItsWay('votes/')).toEqual(['votes/'])
    expect(onItsWay('nothing/')).toEqual([])
  })

  test('is not waited for any more when everything is ended', () => {
    const net = threeMembers()
    schedule(net, [on({ event: 'vote-sent' }, 'crash', { node: 'n1' })])
    net.run(100)
    net.nemesis.endAll()
    net.run(10_000)
    expect(isDown(net, 'n1')).toBe(false)
  })

  test('is counted from one', () => {
    const net = threeMembers()
    schedule(net, [on({ event: 'vote-sent', nth: 0 }, 'crash', { node: 'n1' })])
    expect(() => net.run(100)).toThrow('nth is 0: expected a whole number from 1')
  })

  test('in the midst of a commit decides what a crash keeps', () => {
    const left = (['all', 'nothing'] as const).map((keeps) => {
      const net = threeMembers()
      net.run(5_000)
      const point = { disk: 'commit-begun', node: 'n0', nth: 2 } as const
      schedule(net, [on(point, 'crash-keeps', { node: 'n0', keeps })])
      net.run(10_000, () => isDown(net, 'n0'))
      return net.machine('n0').host.disk.snapshot()
    })
    expect(left[0]).not.toEqual(left[1])
  })

  test('in the midst of a commit is where torn writes are', () => {
    const net = threeMembers()
    net.run(4_000)
    for (let round = 0; round < 12; round += 1) {
      const torn = { node: 'n0', for: '100ms' }
      schedule(net, [on({ disk: 'commit-begun', node: 'n0' }, 'torn-crash', torn)])
      net.run(2_000)
    }
    expect(net.goals.reached).toContain('damaged record found')
    expect(net.violation).toBeUndefined()
  })
})

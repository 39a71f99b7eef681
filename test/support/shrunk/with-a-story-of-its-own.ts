import { twinsEnumerated } from '../../../scenarios/byzantine/twins-enumerated.ts'
import { at, on, scheduleInstead } from '../../../sim/cluster/fault/schedule.ts'
import type { Scenario } from '../../../sim/cluster/scenario.ts'
import { sendInstead } from '../../../sim/cluster/workload/transfers.ts'
import { byName, hostileNodes, lyingMembers, ownOf } from '../../../sim/cluster/world-facts.ts'
import { constant, exponential, uniform } from '../../../sim/distribution.ts'
import { localLink } from '../../../sim/link.ts'

/**
 * vote-lock was broken at 19.00125s: n0 finalised slot 3, which it gave up
 * It takes `alys sim` with --network stack --crypto real.
 * Found by `alys shrink swarm --seed 7`.
 */
export const withAStoryOfItsOwn: Scenario = {
  name: 'with-a-story-of-its-own',
  title: "What must hold, in the writer's words",
  drawsAs: { scenario: 'swarm', seed: 7, reseeds: [{ atMs: 12_400, seed: 77 }] },
  world: (random, seed) => ({
    ...ownOf(twinsEnumerated.world(random, seed), ['checkers']),
    members: 5,
    followers: 2,
    link: {
      ...localLink,
      latency: uniform(5_000, 40_500),
      lossPerMillion: 10_000,
      reorderDelay: exponential(1_000, 20_000, 400_000),
    },
    clockOffsetMs: byName({ n1: -40, n3: 120 }, 0),
    liars: lyingMembers({ n4: 'mutator' }),
    hostile: hostileNodes({ f1: 'bomber' }),
    tuning: { checkpointIntervalBlocks: 10, mailboxMax: 8 },
    hasDiskErrors: true,
    clockErrorMsMax: 500,
    disk: { read: constant(80), write: constant(10), sync: constant(1_000) },
  }),
  story: (net, random, seed) => {
    sendInstead(net, [
      { at: '1.234s', from: 0, to: 1, amount: 5, fee: 1, node: 'n0' },
      { at: '5.678s', from: 0, to: 1, amount: 5, fee: 1, node: 'n4' },
      { at: '9.0125s', from: 0, to: 1, amount: 5, fee: 1, node: 'f0' },
    ])
    scheduleInstead(net, [
      at('3.141592s', 'slow-links', { by: '250ms', for: '12.345s' }),
      at('12.418233s', 'crash', { node: 'n1', for: '2.718s' }),
      at('13.037s', 'partition', {
        groups: [
          ['n0', 'n2'],
          ['n1', 'n3', 'n4'],
        ],
        for: '4.2s',
      }),
      on(
        { event: 'vote-sent', node: 'n2', nth: 3 },
        'crash-at-point',
        { node: 'n2', for: '900ms' },
        '14s',
      ),
      at('15.001s', 'clock-jump', { node: 'n3', error: '-217ms' }),
    ])
    twinsEnumerated.story(net, random, seed)
  },
}

/** The checkers of what nodes hold, and of checkpoints: each is shown a trace in which its property is broken. */
import { describe, expect, test } from 'vitest'
import { boundedResourcesChecker } from '../../../../../sim/cluster/checker/bounded-resources.ts'
import type { Observed, Sample } from '../../../../../sim/cluster/checker/checker.ts'
import { checkpointSoundnessChecker } from '../../../../../sim/cluster/checker/checkpoint-soundness.ts'
import { restartsChecker } from '../../../../../sim/cluster/checker/restarts.ts'
import { defaultTuning } from '../../../../../src/node/config.ts'

const seat = { node: 'a', life: 1 }
const actor = { path: 'chain/chain', starts: 1, waiting: 0, waitingMost: 0 }
const calm: Sample = {
  ...{ atMs: 0, seat, actors: [actor], timers: 40, connected: 4 },
  tuning: { ...defaultTuning, mailboxMax: 8, peersMax: 5, federationPeersMax: 5 },
}

describe('resources', () => {
  test.each<[string, Partial<Sample>, string | undefined]>([
    ['little', {}, undefined],
    ['a full mailbox', { actors: [{ ...actor, waitingMost: 8 }] }, undefined],
    [
      'a mailbox beyond its bound',
      { actors: [{ ...actor, waitingMost: 9 }] },
      'let 9 messages wait',
    ],
    ['as many connections as it may', { connected: 60 }, undefined],
    ['more connections', { connected: 61 }, '61 connections'],
    ['timers without end', { timers: 257 }, '257 timers'],
  ])('are bounded: %s', (_what, change, expected) => {
    const said = boundedResourcesChecker().sample({ ...calm, ...change })
    if (expected === undefined) expect(said).toBeUndefined()
    else expect(said).toContain(expected)
  })
})

describe('restarts', () => {
  const looks = (...starts: readonly (readonly [number, number])[]): string | undefined => {
    const checker = restartsChecker()
    const said = starts.map(([atMs, count]) =>
      checker.sample({ ...calm, atMs, actors: [{ ...actor, starts: count }] }),
    )
    return said.at(-1)
  }

  test('are counted within two minutes, from the first look of a life on', () => {
    expect(looks([0, 1], [60_000, 10], [120_000, 19])).toBeUndefined()
    expect(looks([0, 1], [60_000, 10], [120_000, 20])).toContain('chain/chain anew 19 times')
    expect(looks([0, 1], [60_000, 10], [120_001, 20])).toBeUndefined()
    expect(looks([0, 20])).toContain('anew 19 times')
  })
})

describe('checkpoints', () => {
  const committed = (height: number, hash: string) => ({ kind: 'block-committed', height, hash })
  const started = (height: number, hash: string) => ({ kind: 'chain-started', height, hash })
  const created = (height: number, hash: string) => ({ kind: 'checkpoint-created', height, hash })
  const recovered = (height: number, hash: string) => {
    return { kind: 'checkpoint-recovered', height, hash }
  }

  test.each<[string, readonly object[], string | undefined]>([
    ['of a committed block', [committed(9, 'x'), created(9, 'x')], undefined],
    ['of another block', [committed(9, 'x'), created(9, 'y')], 'a checkpoint of a, height 9: y'],
    ['of what nobody committed', [created(9, 'x')], 'committed by nobody'],
    ['found good again', [committed(9, 'x'), recovered(9, 'z')], 'where x is committed'],
    ['a start on the chain', [committed(9, 'x'), started(9, 'x')], undefined],
    ['a start beside it', [committed(9, 'x'), started(9, 'y')], 'a start of a, height 9: y'],
    ['a start on what no event told', [started(9, 'x'), created(9, 'x')], undefined],
    ['a start at genesis', [started(0, 'g')], undefined],
  ])('are sound: %s', (_what, events, expected) => {
    const checker = checkpointSoundnessChecker()
    const said = events.map((event) =>
      checker.observe({
        ...{ atMs: 0, node: 'a', member: 0, life: 1 },
        event: event as Observed['event'],
      }),
    )
    if (expected === undefined) expect(said.at(-1)).toBeUndefined()
    else expect(said.at(-1)).toContain(expected)
  })
})

/**
 * What the actor runtime costs on simulated time: the hold model against other ways to run the same work, and a
 * network of gossiping nodes. Programs that take longer for each event the more of them wait do fewer events.
 */
import { assert } from '../../src/base/assert.ts'
import { type Contender, contest, nodeProgram, perCpuSecond, type Standing } from '../contest.ts'
import type { Figure } from '../report.ts'
import type { Suite, SuiteOptions } from '../suite.ts'
import { yardstick, yardstickName } from '../yardstick.ts'
import { findPeers } from './peers.ts'

const entities = 1_000
const unit = 'M events / CPU-s'

/** A program of the hold model, and how many events it can be asked for. */
interface HoldContender extends Contender {
  readonly events: number
  readonly boundBy: string
}

export const kernelSuite: Suite = {
  name: 'kernel',
  title: 'events of simulated actors: timers and mailboxes alone, and a gossiping network',
  measure: (options) => [...measureHold(options), ...measureGossip(options)],
}

function measureHold(options: SuiteOptions): readonly Figure[] {
  const events = options.isQuick ? 200_000 : 1_000_000
  const few = options.isQuick ? 5_000 : 30_000
  const contenders: readonly HoldContender[] = [
    hold('heap', yardstickName, events, 'comparisons in the heap, and one object an event'),
    hold('timeline', 'hold: timeline, bare loop', events, 'slots of the wheel that an event sinks through'),
    hold('actors', 'hold: actors', events, 'objects made for each timer, and cache misses'),
    hold('sinon', 'hold: @sinonjs/fake-timers', events, 'an object and a map entry a timer'),
    hold('rxjs', 'hold: RxJS VirtualTimeScheduler', few, 'sorting all that waits at each event'),
    hold('effect', 'hold: Effect TestClock', few, 'fibers, and a sorted array of all that wait'),
    ...findPeers({ entities, events }, options.onProgress),
  ]
  // What the few events must come to, by the yardstick's word.
  const witness = hold('heap', 'few events', few, '')
  const rounds = options.isQuick ? 1 : 5
  const standings = contest([...contenders, witness], rounds, options.onProgress)
  const standing = (name: string): Standing => requireStanding(standings, name)
  for (const { name, events: done } of contenders) {
    const expected = standing(done === few ? witness.name : yardstickName).check
    const { check } = standing(name)
    assert(check === expected, `${name} does the same work: ${check}, not ${expected}`)
  }
  const ours = perCpuSecond(standing('hold: actors'))
  return contenders.map((contender) => {
    const perSecond = perCpuSecond(standing(contender.name))
    return holdFigure(contender, perSecond, ours / perSecond, perCpuSecond(standing(yardstickName)))
  })
}

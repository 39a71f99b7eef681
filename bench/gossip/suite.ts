/**
 * The real network, between processes on this machine: how soon blocks are everywhere, how soon two are connected, what a
 * thousand peers take, how fast answers come. Beside it the abstract model, and one load on both.
 */
import { contest, nodeProgram, perCpuSecond, type Standings, standingOf } from '../contest.ts'
import type { Figure } from '../report.ts'
import type { Suite, SuiteOptions } from '../suite.ts'
import { perMillionEvents, yardstick, yardstickFigure } from '../yardstick.ts'
import {
  blockSection,
  connectSection,
  crowdSection,
  type Section,
  transferSection,
} from './figures.ts'
import { parityPage, paritySection } from './parity/figures.ts'
import { fullPlan, type GossipPlan, quickPlan } from './plan.ts'

const realTimesMin = 100

export const gossipSuite: Suite = {
  name: 'gossip',
  title: 'the real network between processes, and the abstract model beside it',
  measure: (options) => measure(options.isQuick ? quickPlan : fullPlan, options),
  page: parityPage,
}

function measure(plan: GossipPlan, { onProgress }: SuiteOptions): readonly Figure[] {
  const sections: readonly Section[] = [
    modelSection(plan),
    blockSection(plan),
    connectSection(plan),
    crowdSection(plan),
    transferSection(plan),
    paritySection(plan),
  ]
  const standings: Standings = new Map(
    sections.flatMap(({ contenders, rounds }) => [...contest(contenders, rounds, onProgress)]),
  )
  return sections.flatMap((section) => section.figures(standings))
}

function modelSection({ rounds, events, modelPeers, modelSeconds }: GossipPlan): Section {
  const name = `the abstract model, ${modelPeers.toLocaleString('en')} peers that fetch blocks`
  const command = nodeProgram('sim/peers.ts', modelPeers, modelSeconds, 2)
  return {
    rounds,
    contenders: [yardstick(events), { name, command }],
    figures: (standings) => {
      const perSecond = perCpuSecond(standingOf(standings, name))
      return [
        yardstickFigure(standings, events),
        {
          ...{ name, value: perSecond, unit: 'virtual s / CPU-s', size: modelSeconds },
          ...perMillionEvents(standings, perSecond),
          floor: realTimesMin,
          boundBy: 'by a half, digesting each body where it arrives; then cache misses',
        },
      ]
    },
  }
}

/**
 * How fast a node that has nothing comes to have a whole chain: two real nodes over loopback, beside importers that do
 * one thing after another; the same node in the simulator, where links are slow and peers are many; and the scheduler of
 * downloads by itself, against other ways of scheduling.
 */
import { contest, type Standings } from '../contest.ts'
import type { Figure } from '../report.ts'
import type { Suite, SuiteOptions } from '../suite.ts'
import { chainOnDisk } from './chain-cache.ts'
import { modelSection } from './model-figures.ts'
import { nodeSection, stageSection } from './node-figures.ts'
import { planOf, type Section, type SyncPlan } from './plan.ts'
import { simSection } from './sim-figures.ts'

export const syncSuite: Suite = {
  name: 'sync',
  title:
    'a whole chain from nothing: real nodes, simulated links and crowds, and who imports otherwise',
  measure: (options) => measure(planOf(options.isQuick, options.blocks), options),
}

function measure(plan: SyncPlan, { onProgress }: SuiteOptions): readonly Figure[] {
  onProgress(`a chain of ${plan.chain.blocks} blocks, made now or found`)
  const scene = { plan, chain: chainOnDisk(plan.chain) }
  const sections: readonly Section[] = [
    nodeSection(scene),
    stageSection(scene),
    simSection(plan),
    modelSection(plan),
  ]
  const standings: Standings = new Map(
    sections.flatMap(({ contenders, rounds }) => [...contest(contenders, rounds, onProgress)]),
  )
  return sections.flatMap((section) => section.figures(standings))
}

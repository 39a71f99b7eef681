/** The model of downloads as a section of the suite: which ways are run on which mixes. */
import { type Contender, nodeProgram, type Standings, standingOf } from '../contest.ts'
import { type Contestant, contestants } from './model/contestants.ts'
import { type MixName, mixes } from './model/mixes.ts'
import { cellsOf, modelFigures } from './model-table.ts'
import type { Section, SyncPlan } from './plan.ts'

const mixNames = Object.keys(mixes) as readonly MixName[]
const wayNames = Object.keys(contestants) as readonly Contestant[]
/** One peer, so there is nothing to choose. */
const withoutChoice: readonly MixName[] = ['lan', 'one']
/** Its requests are as many as blocks, and take hours: it is run on some mixes, which is enough to know. */
const slowest: Contestant = 'sequential'
const mixesOfSlowest: readonly MixName[] = ['lan', 'one', 'equal', 'mixed']

/** All ways on all mixes. */
export function modelSection({ seeds }: SyncPlan): Section {
  const pairs = mixNames.flatMap((mix) =>
    wayNames
      .filter((way) => way !== slowest || mixesOfSlowest.includes(mix))
      .map((way) => ({ mix, way })),
  )
  return {
    rounds: 1,
    contenders: pairs.map(({ mix, way }): Contender => {
      return {
        name: programName(mix, way),
        command: nodeProgram('sync/model-runs.ts', mix, way, seeds),
      }
    }),
    figures: (standings: Standings) => {
      const samples = pairs.flatMap(({ mix, way }) => {
        return standingOf(standings, programName(mix, way)).samples
      })
      const areChoices = mixNames.filter((mix) => !withoutChoice.includes(mix))
      return modelFigures(cellsOf(samples), areChoices)
    },
  }
}

function programName(mix: MixName, way: Contestant): string {
  return `model, ${mix}: ${way}`
}

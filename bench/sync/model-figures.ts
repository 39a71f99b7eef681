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
/** Its one request at a time takes longer than an hour wherever a peer is far away, and there it is left out. */
const slowest: Contestant = 'sequential'

/** All ways on all mixes. */
export function modelSection({ seeds }: SyncPlan): Section {
  return {
    rounds: 1,
    contenders: mixNames.map((mix): Contender => {
      const ways = wayNames.filter((way) => way !== slowest || withoutChoice.includes(mix))
      const command = nodeProgram('sync/model-runs.ts', mix, seeds, ...ways)
      return { name: programName(mix), command }
    }),
    figures: (standings: Standings) => {
      const samples = mixNames.flatMap((mix) => standingOf(standings, programName(mix)).samples)
      const areChoices = mixNames.filter((mix) => !withoutChoice.includes(mix))
      return modelFigures(cellsOf(samples), areChoices)
    },
  }
}

function programName(mix: MixName): string {
  return `model, ${mix}`
}

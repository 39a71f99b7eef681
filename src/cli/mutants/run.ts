/** Hunts for bugs, says what was found, writes the report, and says how it ended. */

import type { Mutant } from '../../../test/mutants/mutant.ts'
import { type ExitCode, exitCode } from '../exit.ts'
import { watchStops } from '../sim/stops.ts'
import { type CampaignOptions, type CampaignResult, campaign } from './campaign.ts'
import { isAsTold } from './finding.ts'
import { cleanLine, resultLines, summaryOf } from './print.ts'

export type RunOptions = Pick<CampaignOptions, 'seeds' | 'isFirst' | 'jobs' | 'arms'>

export async function runMutants(
  mutants: readonly Mutant[],
  options: RunOptions,
): Promise<ExitCode> {
  const stops = watchStops(undefined)
  const print = (text: string): void => console.log(text)
  const result = await campaign(mutants, {
    ...options,
    signal: stops.signal,
    onResult: (each) => print(resultLines(each, options.isFirst)),
    onClean: (each) => print(cleanLine(each)),
  })
  stops.release()
  print(`\n${summaryOf(result)}`)
  const isCut = stops.reason() !== undefined
  if (isCut) print(`interrupted: ${result.results.length} of ${mutants.length} bugs were done`)
  return codeOf(result, isCut)
}

function codeOf({ results, clean }: CampaignResult, isCut: boolean): ExitCode {
  const isWrong = results.some(
    ({ simulation, units }) =>
      (simulation !== undefined && !isAsTold(simulation.verdict)) || units?.kind === 'broken',
  )
  if (isWrong || clean.some(({ alarms }) => alarms.length > 0)) return exitCode.violated
  return isCut ? exitCode.undecided : exitCode.held
}

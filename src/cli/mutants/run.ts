/** Hunts for bugs, says what was found, writes the report, and says how it ended. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { thisMachine } from '../../../bench/machine.ts'
import { equivalents } from '../../../test/mutants/equivalent.ts'
import type { Mutant } from '../../../test/mutants/mutant.ts'
import { withoutSurface } from '../../../test/mutants/without-surface.ts'
import { type ExitCode, exitCode } from '../exit.ts'
import { watchStops } from '../sim/stops.ts'
import { type CampaignOptions, type CampaignResult, campaign } from './campaign.ts'
import { isAsTold } from './finding.ts'
import { pageOf, recordOf } from './page.ts'
import { cleanLine, resultLines, summaryOf } from './print.ts'

export interface RunOptions
  extends Pick<CampaignOptions, 'seeds' | 'killsMax' | 'isFirst' | 'jobs' | 'arms'> {
  /** Where the record is written, and the page beside it. */
  readonly out: string | undefined
  /** As it was typed. */
  readonly command: string
}

export async function runMutants(
  mutants: readonly Mutant[],
  options: RunOptions,
): Promise<ExitCode> {
  const machine = thisMachine()
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
  const { out, command, seeds, killsMax } = options
  const provenance = { machine, command, seeds, killsMax, isCut, withoutSurface, equivalents }
  if (out !== undefined) print(`written: ${write(out, result, provenance)}`)
  return codeOf(result, isCut)
}

/** The record and the page; the result is the path of the page. */
function write(
  out: string,
  result: CampaignResult,
  provenance: Parameters<typeof pageOf>[1],
): string {
  const page = out.replace(/\.json$/, '.md')
  mkdirSync(dirname(out), { recursive: true })
  writeFileSync(out, recordOf(result, provenance))
  writeFileSync(page, pageOf(result, provenance))
  return page
}

function codeOf({ results, clean }: CampaignResult, isCut: boolean): ExitCode {
  const isWrong = results.some(
    ({ simulation, units }) =>
      (simulation !== undefined && !isAsTold(simulation.verdict)) || units?.kind === 'broken',
  )
  if (isWrong || clean.some(({ alarms }) => alarms.length > 0)) return exitCode.violated
  return isCut ? exitCode.undecided : exitCode.held
}

/** Options of the commands that plan a sweep, each scenario with one seed after another, and the plan that they ask for. */
import type { Command } from 'commander'
import type { Scenario } from '../../../sim/cluster/scenario.ts'
import { wholeNumber } from '../argument.ts'
import { UsageError } from '../exit.ts'
import { type PlanFlags, planSweep, type SweepPlan } from '../sim/plan.ts'
import {
  cryptoOption,
  faultsFor,
  faultsOption,
  firstSeedOf,
  firstSeedOption,
  mixOption,
  networkOption,
} from './sim-options.ts'

export interface SweepFlags extends Omit<PlanFlags, 'seed' | 'faults' | 'reseeds'> {
  readonly seed: number | 'commit'
  readonly faults?: readonly string[]
}

/** Adds the options that say which runs there are, and how they are told. */
export function addSweepOptions(command: Command): Command {
  return command
    .addOption(firstSeedOption())
    .option('--seeds <k>', 'seeds of each scenario (default: 1)', wholeNumber(1, 1e9))
    .addOption(cryptoOption())
    .addOption(networkOption())
    .addOption(faultsOption())
    .addOption(mixOption())
}

/** The sweep that is asked for; a usage error if flags contradict one another. */
export async function planFor(
  scenarios: readonly Scenario[],
  flags: SweepFlags,
): Promise<SweepPlan> {
  const faults = await faultsFor(flags.faults)
  const plan = planSweep(scenarios, { ...flags, faults, seed: firstSeedOf(flags.seed) })
  if (!plan.ok) throw new UsageError(plan.fault)
  return plan.value
}

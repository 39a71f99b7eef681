/** One exploration of whole state machines, from a scope to figures. */
import { deliverFromAll } from './delivery.ts'
import { MachineExplorer, type MachineViolation } from './explorer.ts'
import { play } from './replay.ts'
import type { MachineScope } from './scope.ts'
import { traceOf, traceText } from './trace.ts'

/** What is wrong, and the steps that lead there: with the fewest utterances. */
export interface Counterexample {
  readonly fault: string
  readonly trace: readonly string[]
}

export interface MachineExploration {
  readonly scope: MachineScope
  /** False if a violation or `statesMax` ended it early. */
  readonly isComplete: boolean
  readonly states: number
  readonly transitions: number
  /** Utterances in the longest of the shortest ways to a state. */
  readonly depth: number
  /** States in which a block could be committed. */
  readonly withCommit: number
  /** Situations of one member, summed over the members; and steps of the machine between them. */
  readonly situations: number
  readonly steps: number
  /** Endings that were tried, and states from which one of them leads nowhere. */
  readonly deliveries: number
  readonly stuck: number
  /** The first of those states. */
  readonly firstStuck: Counterexample | undefined
  /** `isReal`: the trace shows the same on members that live side by side. */
  readonly violation: (Counterexample & { readonly isReal: boolean }) | undefined
}

/** Explores the scope, then delivers everything from each state, if `isDelivered`. */
export function exploreMachines(scope: MachineScope, isDelivered = true): MachineExploration {
  const explorer = new MachineExplorer(scope)
  explorer.run()
  const { states, transitions, violation, graphs } = explorer
  const { tried, stuck } = isDelivered ? deliverFromAll(explorer) : { tried: 0, stuck: [] }
  const [first] = stuck
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)
  return {
    scope,
    isComplete: explorer.isComplete,
    states: states.length,
    transitions,
    depth: states.at(-1)?.depth ?? 0,
    withCommit: states.filter(({ publicState }) => publicState.history.committable.length > 0)
      .length,
    situations: sum(graphs.map(({ situations }) => situations.length)),
    steps: sum(graphs.map(({ stepsCount }) => stepsCount)),
    deliveries: tried,
    stuck: new Set(stuck.map(({ state }) => state)).size,
    firstStuck: first && {
      fault: first.fault,
      trace: traceText(traceOf(explorer, { ...first, member: undefined })),
    },
    violation: violation && described(explorer, violation),
  }
}

function described(
  explorer: MachineExplorer,
  violation: MachineViolation,
): Counterexample & { readonly isReal: boolean } {
  const { fault } = violation
  const steps = traceOf(explorer, violation)
  const isReal = play(explorer.world, steps).faults.includes(fault)
  return { fault, trace: traceText(steps), isReal }
}

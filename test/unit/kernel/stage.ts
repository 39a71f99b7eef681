/** A system of actors on a simulated host, its trace written down as text. */
import { Simulation } from '../../../sim/simulation.ts'
import type { Decision, SupervisorPolicy } from '../../../src/kernel/supervisor.ts'
import { System } from '../../../src/kernel/system.ts'
import type { KernelEvent } from '../../../src/kernel/trace.ts'
import { Trace } from '../../../src/kernel/trace.ts'

export type Plain = { readonly kind: string }

export const roomy = { waitingMax: 100 }

export interface Note {
  readonly kind: 'note'
  readonly text: string
}

export interface Stage {
  readonly world: Simulation
  readonly system: System<Note>
  /** Events as '<ms> <path> <kind> …', in order. */
  readonly log: string[]
  /** Turns as '<actor number> <message kind>'. */
  readonly turns: string[]
  readonly failures: unknown[]
}

export function policyOf(
  decide: (error: unknown, name: string) => Decision,
  options: Partial<SupervisorPolicy> = {},
): SupervisorPolicy {
  return { decide, restartsMax: 3, windowMs: 1_000, untilBoundaryMs: () => 0, ...options }
}

const restartAlways: SupervisorPolicy = policyOf(() => ({ kind: 'restart' }))

/** An empty system. The caller adds actors and starts it. */
export function openStage(policy: SupervisorPolicy = restartAlways): Stage {
  const world = new Simulation({ seed: 'kernel' })
  const log: string[] = []
  const turns: string[] = []
  const failures: unknown[] = []
  const systems: System<Note>[] = []
  const reader = {
    event: (now: number, path: string, event: Note | KernelEvent) => {
      log.push(`${now} ${path} ${textOf(event)}`)
    },
    turn: (actor: number, message: string) => {
      turns.push(`${actor} ${message}`)
    },
  }
  world.addHost('n0').boot((environment) => {
    const onFailure = (error: unknown): void => {
      failures.push(error)
    }
    systems.push(new System<Note>(environment, new Trace([reader]), policy, onFailure))
    return { stop: () => systems[0]?.stop() }
  })
  const [system] = systems
  if (system === undefined) throw new Error('the host starts a system')
  return { world, system, log, turns, failures }
}

function textOf(event: Note | KernelEvent): string {
  const { kind, ...rest } = event
  return [kind, ...Object.values(rest)].join(' ')
}

/** Adds an actor that writes down what it gets as '<life>:<kind>', and fails at every 'fail'. */
export function addScribe(stage: Stage, name: string, book: string[], group = stage.system.root) {
  let lives = 0
  return group.spawn<Plain>(name, roomy, () => {
    lives += 1
    const life = lives
    return {
      receive: ({ kind }) => {
        book.push(`${name}${life}:${kind}`)
        if (kind === 'fail') throw new Error(`${name} fails`)
      },
      stop: () => {
        book.push(`${name}${life}:stop`)
      },
    }
  })
}

/**
 * Programs measured against each other, seen from outside: each in processes of its own, in turns, round after
 * round, so that a busy spell of the machine falls on all of them alike. What counts is the median.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { z } from 'zod'
import { assert, present } from '../src/base/assert.ts'
import type { Sample } from './program.ts'

export interface Contender {
  readonly name: string
  /** A program and its arguments. It writes a {@link ProgramReport} as its last line. */
  readonly command: readonly string[]
}

/** Everything that was measured of one contender. */
export interface Standing {
  readonly samples: readonly Sample[]
  readonly check: string
}

export type Standings = ReadonlyMap<string, Standing>

/** Longer than any program should take on a slow machine. */
const programMsMax = 600_000

const reportSchema = z.object({
  samples: z
    .array(
      z.object({
        part: z.string().exactOptional(),
        amount: z.number().positive(),
        cpuMs: z.number().nonnegative(),
        wallMs: z.number().positive().exactOptional(),
        othersMs: z.number().nonnegative().exactOptional(),
      }),
    )
    .min(1),
  check: z.string(),
})

/** A program of this folder, run by the Node.js that runs now. */
export function nodeProgram(
  file: string,
  ...args: readonly (string | number)[]
): readonly string[] {
  const flags = ['--no-warnings', '--expose-gc']
  return [process.execPath, ...flags, join(import.meta.dirname, file), ...args.map(String)]
}

/** Lets every contender run once a round. Throws if one fails, or does other work than it did before. */
export function contest(
  contenders: readonly Contender[],
  rounds: number,
  onProgress: (what: string) => void,
): Standings {
  const standings = new Map<string, Standing>()
  for (let round = 1; round <= rounds; round += 1) {
    for (const contender of contenders) {
      const { name } = contender
      onProgress(`${name}, round ${round} of ${rounds}`)
      const now = runProgram(contender)
      const before = standings.get(name) ?? { samples: [], check: now.check }
      assert(before.check === now.check, `${name} does the same work in every round`)
      standings.set(name, { check: now.check, samples: [...before.samples, ...now.samples] })
    }
  }
  return standings
}

export function standingOf(standings: Standings, name: string): Standing {
  return present(standings.get(name), `measurements of ${name}`)
}

/** Work for each second on the processor: the median over all measurements. They must not be too short to time. */
export function perCpuSecond({ samples }: Standing): number {
  assert(
    samples.every(({ cpuMs }) => cpuMs > 0),
    'measurements longer than a tick of the clock',
  )
  return median(samples.map(({ amount, cpuMs }) => (1_000 * amount) / cpuMs))
}

/** Work for each second of time: the median over all measurements that know it. */
export function perWallSecond({ samples }: Standing): number {
  return median(
    samples.flatMap(({ amount, wallMs }) =>
      wallMs === undefined ? [] : (1_000 * amount) / wallMs,
    ),
  )
}

/** Asserts that there is something to take the median of. */
export function median(values: readonly number[]): number {
  assert(values.length > 0, 'something was measured')
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}

function runProgram({ name, command }: Contender): Standing {
  const [program = '', ...args] = command
  const options = { encoding: 'utf8', timeout: programMsMax } as const
  const { status, stdout, stderr, error } = spawnSync(program, args, options)
  if (status !== 0) throw new Error(`${name} failed: ${error?.message ?? stderr.trim()}`)
  const line = stdout.trim().split('\n').at(-1) ?? ''
  return reportSchema.parse(JSON.parse(line))
}

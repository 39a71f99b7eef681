/**
 * Canaries: bugs that the checks must find, or the checks are broken. A check that has never failed may be one that
 * cannot; so each time the others are run, these have to fail, in about as many seeds as they are known to.
 */
import type { Ended, Planting } from '../planted-tree.ts'

export interface Canary {
  readonly name: string
  /** What is planted, in words. */
  readonly bug: string
  readonly plantings: readonly Planting[]
  /** Arguments of the command that must notice. */
  readonly command: readonly string[]
  /** What is wrong with how it ended; undefined if it has noticed as it should. */
  readonly judge: (ended: Ended) => string | undefined
}

/** Seeds that fail: bounds of their number, both included, and the properties by which they may. */
export interface Expected {
  readonly runs: number
  readonly failedMin: number
  readonly failedMax: number
  readonly properties: readonly string[]
}

/** Of a run, as `--reporter json` writes it, what is read here. */
interface RunLine {
  readonly outcome: string
  readonly property?: string
}

/** Judges a sweep that has a line of JSON for each run. */
export function judgeSweep({ code, stdout }: Ended, expected: Expected): string | undefined {
  const { runs, failedMin, failedMax, properties } = expected
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RunLine)
  if (lines.length !== runs) return `${lines.length} of ${runs} seeds ran`
  const failed = lines.filter(({ outcome }) => outcome !== 'held')
  const other = failed.find(({ property = '' }) => !properties.includes(property))
  if (other !== undefined) return `a seed failed by ${other.property ?? other.outcome}`
  const share = `${failed.length} of ${runs} seeds fail, expected ${failedMin} to ${failedMax}`
  if (failed.length < failedMin || failed.length > failedMax) return share
  return code === 1 ? undefined : `exit code ${code}, expected 1`
}

/** Judges a check for nondeterminism, which must say where it comes from. */
export function judgeAudit({ code, stdout }: Ended, place: RegExp): string | undefined {
  if (!place.test(stdout)) return `nothing in its output is like ${place.source}`
  return code === 3 ? undefined : `exit code ${code}, expected 3`
}

/** Of what `alys shrink --json` writes, what is read here. */
interface ShrinkLine {
  readonly property: string
  readonly faults: readonly string[]
  readonly after: { readonly nodes: number; readonly transfers: number }
}

/** The smallest recipe that there is. */
export interface ExpectedRecipe {
  readonly property: string
  readonly faults: readonly string[]
  readonly nodes: number
}

/** Judges a run that was made small: nothing but what it takes may be left. */
export function judgeShrink({ code, stdout }: Ended, expected: ExpectedRecipe): string | undefined {
  if (code !== 1) return `exit code ${code}, expected 1`
  const { property, faults, after } = JSON.parse(stdout) as ShrinkLine
  const found = `${property} by ${faults.join(', ')}; ${after.nodes} nodes, ${after.transfers} transfers`
  const all = expected.faults.join(', ')
  const wanted = `${expected.property} by ${all}; ${expected.nodes} nodes, 0 transfers`
  return found === wanted ? undefined : `it takes ${found}, expected ${wanted}`
}

const seeds = 20
/**
 * Of the first hundred seeds 59 fail. Of twenty, fewer than three or all would then come once in ten thousand times,
 * if a change of the swarm dealt its worlds anew.
 */
const [failedMin, failedMax] = [3, 19]

export const canaries: readonly Canary[] = [
  {
    name: 'must fail',
    bug: 'a member finalises a slot that it has given up',
    plantings: [
      {
        file: 'src/protocol/consensus/record.ts',
        from: 'return slot > record.nullifiedTo && slot > record.finalised.slot && slot > record.floor',
        to: 'return slot > record.finalised.slot && slot > record.floor',
      },
    ],
    command: ['sim', 'swarm', '--seeds', `${seeds}`, '--reporter', 'json'],
    judge: (ended) =>
      judgeSweep(ended, {
        runs: seeds,
        failedMin,
        failedMax,
        properties: ['vote-lock', 'commit-lock', 'no-conflict'],
      }),
  },
  {
    name: 'ambient chance',
    bug: 'an actor draws from Math.random',
    plantings: [
      {
        file: 'src/actors/peer/actor.ts',
        from: '  receive(message: PeerMessage): void {\n',
        to: '  receive(message: PeerMessage): void {\n    Math.random()\n',
      },
    ],
    command: ['check-determinism', 'one-crash-of-three', '--seeds', '1'],
    judge: (ended) =>
      judgeAudit(ended, /Math\.random was called .* at src\/actors\/peer\/actor\.ts:\d+/),
  },
  {
    name: 'another process',
    bug: 'what users send depends on the time zone',
    plantings: [
      {
        file: 'sim/cluster/workload/transfers.ts',
        from: '1 + random.below(1_000)',
        to: '1 + random.below(1_000) + (process.env.TZ?.length ?? 0)',
      },
    ],
    command: ['check-determinism', 'calm', '--seeds', '1'],
    judge: (ended) =>
      judgeAudit(ended, /The first difference is in event \d+, at \d+\.\d{6} s, on n\d:/),
  },
  {
    name: 'known recipe',
    bug: 'a partition breaks something once there was a crash, and nothing else does',
    plantings: [
      {
        file: 'sim/cluster/fault/partition.ts',
        from: 'strike: (cluster, { groups }, name) => inForce(cluster, name, partition(groups)),',
        to: `strike: (cluster, { groups }, name) => {
    if (cluster.plan.some(({ kind }) => kind === 'crash')) cluster.violate('canary', 'it is broken')
    return inForce(cluster, name, partition(groups))
  },`,
      },
    ],
    command: 'shrink swarm --seed 1 --faults crash,partition --mix uniform --json'.split(' '),
    judge: (ended) =>
      judgeShrink(ended, { property: 'canary', faults: ['crash', 'partition'], nodes: 2 }),
  },
]

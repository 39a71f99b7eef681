/** The page of what was explored: which scopes, how large they are, and what their bounds leave out. Made from figures alone. */
import type { Machine } from '../../../bench/machine.ts'
import type { Exploration, Scope } from './explorer.ts'

/** One scope, and what came of it. */
export interface Explored {
  readonly scope: Scope
  readonly found: Exploration
  /** Time of the processor, which hardly depends on what else runs. */
  readonly cpuMs: number
}

/** The scopes of the page, smallest first: members, liars, slots. The last takes some minutes and about 1 GB. */
export const reportedScopes: readonly (readonly [number, number, number])[] = [
  [6, 1, 1],
  [7, 2, 1],
  [3, 0, 2],
  [4, 1, 2],
  [5, 1, 2],
  [3, 0, 3],
  [4, 1, 3],
]

const head = [
  ...['members', 'liars', 'slots', 'votes', 'states', 'transitions', 'with a commit'],
  ...['stuck', 'broken', 'seen', 'CPU'],
]

/** The page, in Markdown. */
export function explorationPage(
  rows: readonly Explored[],
  { commit = 'unknown', node, cpu }: Pick<Machine, 'commit' | 'node' | 'cpu'>,
): string {
  const lines = [head, head.map(() => '---:'), ...rows.map(cellsOf)].map(
    (cells) => `| ${cells.join(' | ')} |`,
  )
  return `${[
    '# The voting rules, explored',
    '',
    `Commit ${commit}, Node.js ${node}, ${cpu}; \`npm run explore -- --report\` writes this page.`,
    '',
    'Every run within the scope, breadth first, of the guards that a node itself runs',
    '(`src/protocol/consensus/record.ts`, `nullification.ts`). A state is the set of votes that correct members have',
    'signed. Liars count as having signed everything, every author proposes two blocks on each justified parent, and a',
    'member may act on any certificate that could exist, or as if it had not seen it: so messages may be lost, come late,',
    'in any order, twice, or to some alone, and a member may restart with what it had stored.',
    '',
    ...lines,
    '',
    '*votes*: how many are signed on the longest of the shortest ways to a state; there is no other bound on depth, since',
    'votes in so many slots are finite. *with a commit*: states in which a block could be committed. *stuck*: states from',
    'which no author could go on, were everything delivered that members keep. *broken*: the first invariant that does',
    'not hold (A1: one notarised block a slot; A2: no slot committed and given up; A3: what is notarised later stands on',
    'what is committed). *seen*: whether the scope was exhausted.',
    '',
    '## What this is not',
    '',
    '* **Members and slots beyond the scope.** A break that needs a fourth slot, or more members in different states than',
    '  there are here, is not seen. Members are interchangeable, and so are the two blocks of a slot.',
    '* **The state machine around the guards** (`simplex.ts`: timers, what is kept, repeated and counted) is explored in',
    '  smaller scopes, by `npm run explore -- --machine`; beyond them it is searched, by an adversary that chooses each step',
    '  (`test/property/consensus/chaos.test.ts`), and in whole nodes by the swarm.',
    '* **Time.** Nothing here waits, so nothing is said of how long anything takes.',
    '',
  ].join('\n')}`
}

function cellsOf({ scope, found, cpuMs }: Explored): readonly string[] {
  const { members, liars, slots } = scope
  const { depth, states, transitions, withCommit, stuck, violation, isComplete } = found
  return [
    ...[members, liars, slots, depth, states, transitions, withCommit].map(formatted),
    formatted(stuck.certificatesKept),
    violation?.invariant ?? 'none',
    isComplete ? 'all' : 'a part',
    `${(cpuMs / 1_000).toFixed(1)} s`,
  ]
}

function formatted(count: number): string {
  return count.toLocaleString('en-US')
}

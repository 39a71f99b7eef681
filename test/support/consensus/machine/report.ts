/** The page of what was explored of whole state machines: which scopes, how large they are, and what they leave out. */
import type { Machine } from '../../../../bench/machine.ts'
import type { MachineExploration } from './exploration.ts'
import type { MachineScope } from './scope.ts'

/** One scope, and what came of it. */
export interface ExploredMachines {
  readonly found: MachineExploration
  /** Time of the processor, which hardly depends on what else runs. */
  readonly cpuMs: number
}

const plain: MachineScope = {
  ...{ members: 3, liars: [], slots: 1 },
  ...{ restarts: 0, disk: 'kept', statesMax: 1_000_000 },
}

/** The scopes of the page, smallest first. The last take some minutes and up to 2 GB; that of three slots is cut off. */
export const reportedMachines: readonly MachineScope[] = [
  { ...plain, restarts: 2 },
  { ...plain, members: 4, liars: [1], restarts: 1 },
  { ...plain, members: 4, liars: [1], restarts: 1, mayStepBack: true, isBodyApart: true },
  { ...plain, members: 4, liars: [1], restarts: 1, disk: 'lost-with-floor' },
  { ...plain, members: 5, liars: [1] },
  { ...plain, slots: 2 },
  { ...plain, slots: 2, isBodyApart: true },
  { ...plain, slots: 3, statesMax: 40_000 },
  { ...plain, slots: 2, restarts: 1 },
  { ...plain, members: 4, liars: [1], slots: 2 },
]

const head = [
  ...[
    'members',
    'liar',
    'slots',
    'crashes',
    'states',
    'transitions',
    'utterances',
    'with a commit',
  ],
  ...['situations', 'steps', 'endings', 'stuck', 'broken', 'seen', 'CPU'],
]

/** The page, in Markdown. */
export function machinePage(
  rows: readonly ExploredMachines[],
  { commit = 'unknown', node, cpu }: Pick<Machine, 'commit' | 'node' | 'cpu'>,
): string {
  const lines = [head, head.map(() => '---:'), ...rows.map(cellsOf)].map(
    (cells) => `| ${cells.join(' | ')} |`,
  )
  return `${[
    '# Whole state machines, explored',
    '',
    `Commit ${commit}, Node.js ${node}, ${cpu}; \`npm run explore -- --machine --report\` writes this page.`,
    '',
    'Every run within the scope, breadth first, of the production `Simplex` (`src/protocol/consensus/simplex.ts`) of each',
    'member, with the disk and the work of `test/support/consensus/member.ts`. Messages come in any order, again, or never;',
    'clocks have nothing to do with each other; a member crashes at any time, in the midst of what it does too, and starts',
    'again from its disk; a liar signs whatever helps, and makes two blocks on each parent of its slots.',
    '',
    ...lines,
    '',
    '*liar*: its place; member s mod n is the author of slot s. *crashes*: of each member; *forgets*: it loses its disk and',
    'has a floor (V5); *clocks*: they may step back; *bodies*: they come after their blocks, or before their parents, or',
    'never. *states*: of each member the set of situations in which it may be after what was said; *utterances*: how much is',
    'said on the longest of the shortest ways to one. *situations*, *steps*: those of single members, and how often a',
    'machine was fed to find them. *endings*: ways in which everything that members hold was delivered, liars being silent;',
    '*stuck*: states from which no author can go on after one. *broken*: the first invariant that does not hold (A1 to A6,',
    'A8). *seen*: whether the scope was exhausted.',
    '',
    '## What this is not',
    '',
    '* **Members and slots beyond the scope.** The row of three slots is a beginning: as many utterances as it says.',
    '* **Bodies** are valid; save where they come apart, they come with their blocks, after their parents. Blocks come in',
    '  their slot or after it, or once they are certified. What a liar attaches to a block is left out: it shows the votes.',
    '* **The disk** writes as soon as it is asked to. A crash before that is a crash before what led to it.',
    '* **Sync** (`advance`), following (`end-voting`), and what is fetched.',
    '* **Time.** Nothing here waits, so nothing is said of how long anything takes.',
    '',
  ].join('\n')}`
}

function cellsOf({ found, cpuMs }: ExploredMachines): readonly string[] {
  const { scope, states, transitions, depth, withCommit, situations, steps, violation } = found
  const { deliveries, stuck, isComplete } = found
  return [
    `${scope.members}`,
    scope.liars.length === 0 ? 'none' : scope.liars.join(', '),
    `${scope.slots}`,
    crashesOf(scope),
    ...[states, transitions, depth, withCommit, situations, steps].map(formatted),
    ...(deliveries === 0 ? ['–', '–'] : [deliveries, stuck].map(formatted)),
    violation?.fault ?? 'none',
    isComplete ? 'all' : 'a part',
    `${(cpuMs / 1_000).toFixed(1)} s`,
  ]
}

function crashesOf(scope: MachineScope): string {
  const { restarts, disk, mayStepBack = false, isBodyApart = false } = scope
  const more = [
    ...(disk === 'kept' ? [] : ['forgets']),
    ...(mayStepBack ? ['clocks'] : []),
    ...(isBodyApart ? ['bodies'] : []),
  ]
  return [`${restarts}`, ...more].join(', ')
}

function formatted(count: number): string {
  return count.toLocaleString('en-US')
}

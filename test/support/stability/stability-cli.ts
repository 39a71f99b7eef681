/**
 * `npm run stability`: which share of runs that fail still fails, by the same property, after an edit elsewhere.
 * Prints the page; `--out <file>` writes it. Arguments: names of planted bugs, those below if there are none. `--wanted`
 * says how many failing runs of each are stored.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { thisMachine } from '../../../bench/machine.ts'
import { mutants } from '../../mutants/catalogue.ts'
import { oneStream, perturbations } from './edits.ts'
import { type Kept, repeat, type Stored, store } from './measure.ts'
import { pageOf, type Row, sumOf } from './page.ts'

/** Of the bugs that the swarm finds, those that a seed in three to ten shows: where most do, keeping a failure says little. */
const usual = [
  'certificate-not-durable',
  'told-before-stored',
  'votes-forgotten',
  'votes-not-synced',
  'failure-swallowed',
]

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    wanted: { type: 'string', default: '4' },
    seeds: { type: 'string', default: '60' },
    out: { type: 'string' },
  },
})
const names = positionals.length === 0 ? usual : positionals
const bugs = names.map((name) => {
  const bug = mutants.find((each) => each.name === name)
  if (bug === undefined) throw new Error(`there is no planted bug ${name} (alys mutants --list)`)
  return bug
})
const search = { wanted: Number(values.wanted), seedsMax: Number(values.seeds), from: 1 }
const machine = thisMachine()
const note = (line: string): void => void process.stderr.write(`${line}\n`)

async function storeAll(besides: typeof oneStream, what: string): Promise<readonly Stored[]> {
  const all: Stored[] = []
  for (const bug of bugs) {
    const stored = await store(bug, besides, search)
    note(`${what}, ${bug.name}: ${stored.runs.length} runs of ${stored.seeds} seeds fail`)
    all.push(stored)
  }
  return all
}

async function repeatAll(
  stored: readonly Stored[],
  besides: typeof oneStream,
  edit: (typeof perturbations)[number],
): Promise<Kept> {
  const all: Kept[] = []
  for (const each of stored) {
    if (each.runs.length > 0) all.push(await repeat(each, besides, edit))
  }
  return sumOf(all)
}

const [byName, one] = await Promise.all([
  storeAll([], 'streams by name'),
  storeAll(oneStream, 'one stream'),
])
const rows: Row[] = []
for (const edit of perturbations) {
  const [kept, oneKept] = await Promise.all([
    repeatAll(byName, [], edit),
    repeatAll(one, oneStream, edit),
  ])
  rows.push({ edit, byName: kept, oneStream: oneKept })
  note(`${edit.name}: ${JSON.stringify({ byName: kept, oneStream: oneKept })}`)
}
const command = ['npm run stability --', ...process.argv.slice(2)].join(' ')
const page = pageOf({ byName, oneStream: one, rows }, { machine, command })
if (values.out === undefined) process.stdout.write(page)
else writeFileSync(values.out, page)

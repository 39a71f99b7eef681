/**
 * Attacks a real node on this machine, one way after another, and prints what each cost the attacker and the node.
 * Arguments: words of the attacks that are wanted; all of them without any. `--out <file>` writes the table there as well,
 * with the machine and the commit. Ends with code 1 if the chain stood still, memory grew without bound, or an
 * attacker fared better than it should.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { thisMachine } from '../../../bench/machine.ts'
import { formatTable } from '../../../src/cli/table.ts'
import { type Attack, measureAttack, ownSockets } from './attack.ts'
import { connectionAttacks } from './connection-attacks.ts'
import { gossipAttacks } from './gossip-attacks.ts'
import { attacksPage, cellsOf, type Row } from './report.ts'
import { requestAttacks } from './request-attacks.ts'
import { openTarget } from './target.ts'
import { faultsOf } from './verdict.ts'

/** Who is not heard any more is looked for every ten seconds. */
const attackMsMax = 12_000

const { positionals: words, values } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string' } },
})
const all: readonly Attack[] = [...gossipAttacks, ...requestAttacks, ...connectionAttacks]
const chosen = all.filter(({ name }) => words.length === 0 || words.some((w) => name.includes(w)))

const machine = thisMachine()
ownSockets()
const target = await openTarget()
const rows: Row[] = []
try {
  for (const attack of chosen) {
    process.stderr.write(`${attack.name}\n`)
    const outcome = await measureAttack(target, attack, attackMsMax)
    rows.push({ outcome, faults: faultsOf(outcome, attack) })
  }
} finally {
  await target.close()
}
const cells = cellsOf(rows)
process.stdout.write(`${formatTable(cells, cells[0]?.map(() => 'start') ?? [])}\n`)
if (values.out !== undefined) writeFileSync(values.out, attacksPage(rows, machine))
process.exitCode = rows.every(({ faults }) => faults.length === 0) ? 0 : 1

/**
 * Attacks a real node on this machine, one way after another, and prints what each cost the attacker and the node.
 * Arguments: words of the attacks that are wanted; all of them without any. Ends with code 1 if the chain stood still,
 * memory grew without bound, or an attacker fared better than it should.
 */
import { formatTable } from '../../../src/cli/table.ts'
import { type Attack, measureAttack, type Outcome, ownSockets } from './attack.ts'
import { connectionAttacks } from './connection-attacks.ts'
import { gossipAttacks } from './gossip-attacks.ts'
import { requestAttacks } from './request-attacks.ts'
import { openTarget } from './target.ts'
import { faultsOf } from './verdict.ts'

/** Who is not heard any more is looked for every ten seconds. */
const attackMsMax = 12_000

const words = process.argv.slice(2)
const all: readonly Attack[] = [...gossipAttacks, ...requestAttacks, ...connectionAttacks]
const chosen = all.filter(({ name }) => words.length === 0 || words.some((w) => name.includes(w)))

ownSockets()
const target = await openTarget()
const rows: (readonly string[])[] = []
let faults = 0
try {
  for (const attack of chosen) {
    process.stderr.write(`${attack.name}\n`)
    const outcome = await measureAttack(target, attack, attackMsMax)
    const found = faultsOf(outcome, attack)
    faults += found.length
    rows.push(rowOf(outcome, found))
  }
} finally {
  await target.close()
}
const head = [
  ...['attack', 'it did', 'attacker', '', 'node', '', '', ''],
  ...['blocks of slots', 'slowest call', 'the attacker is', 'besides', ''],
]
process.stdout.write(`${formatTable([head, ...rows], rows[0]?.map(() => 'start') ?? [])}\n`)
process.exitCode = faults === 0 ? 0 : 1

function rowOf(outcome: Outcome, found: readonly string[]): readonly string[] {
  const { name, deeds, attacker, victim, pulse, fate } = outcome
  return [
    ...[name, deeds.did],
    ...[`${Math.round(attacker.cpuMs)} CPU ms`, `${megabytes(attacker.bytesSent)} sent`],
    ...[`${Math.round(victim.cpuMs)} CPU ms`, `${megabytes(victim.bytesReceived)} in`],
    ...[`${megabytes(victim.bytesSent)} out`, `${megabytes(victim.residentBytes)} resident`],
    ...[`${pulse.blocks} of ${Math.round(pulse.slots)}`, `${Math.round(pulse.callMsMax)} ms`],
    ...[fate, deeds.seen ?? '', found.join('; ')],
  ]
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}

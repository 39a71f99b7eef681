/**
 * Explores the voting rules in a scope of your choice and prints what it saw.
 *
 *   npm run explore -- --members 4 --liars 1 --slots 3 [--break "gap one slot short"] [--forgetful]
 *   npm run explore -- --report [--out reports/consensus-exploration.md]
 *
 * The second explores sound rules in every scope that ends within minutes, and writes a page of what it saw. Three
 * slots take some minutes and about 1 GB. Exit code 1: an invariant was broken, or a state is stuck.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { thisMachine } from '../../../bench/machine.ts'
import { type Explored, explorationPage, reportedScopes } from './exploration-report.ts'
import { explore, type Scope, scopeOf } from './explorer.ts'
import { type Break, brokenRules, forgetfulRules, type Rules, soundRules } from './rules.ts'

const { values } = parseArgs({
  options: {
    members: { type: 'string', default: '4' },
    liars: { type: 'string', default: '1' },
    slots: { type: 'string', default: '2' },
    break: { type: 'string' },
    forgetful: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
    out: { type: 'string', default: 'reports/consensus-exploration.md' },
  },
})

function rulesAsked(): Rules {
  if (values.break === undefined) return values.forgetful ? forgetfulRules : soundRules
  const names = Object.keys(brokenRules)
  const name = names.find((known): known is Break => known === values.break)
  if (name === undefined) throw new Error(`--break is one of: ${names.join('; ')}`)
  return brokenRules[name]
}

function explored(scope: Scope, rules: Rules): Explored {
  const before = process.cpuUsage()
  const found = explore(scope, rules)
  const { user, system } = process.cpuUsage(before)
  return { scope, found, cpuMs: (user + system) / 1_000 }
}

/** A member that forgot may be stuck below its floor: that is for its operator. */
function isBad({ found }: Explored): boolean {
  return found.violation !== undefined || (!values.forgetful && found.stuck.certificatesKept > 0)
}

function printOne(): boolean {
  const one = explored(
    scopeOf(Number(values.members), Number(values.liars), Number(values.slots)),
    rulesAsked(),
  )
  const memoryMb = Math.round(process.resourceUsage().maxRSS / 1024)
  const report = { ...one.scope, ...one.found, cpuMs: Math.round(one.cpuMs), memoryMb }
  process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`)
  return isBad(one)
}

function writeReport(): boolean {
  const machine = thisMachine()
  const rows: Explored[] = []
  for (const [members, liars, slots] of reportedScopes) {
    process.stderr.write(`${members} members, ${liars} of them liars, ${slots} slots\n`)
    rows.push(explored(scopeOf(members, liars, slots), soundRules))
    // As far as it has come: the last scope takes longer than all before it.
    writeFileSync(values.out, explorationPage(rows, machine))
  }
  return rows.some(isBad)
}

if (values.report ? writeReport() : printOne()) process.exitCode = 1

/**
 * Explores the voting rules, or whole state machines, in a scope of your choice and prints what it saw.
 *
 *   npm run explore -- --members 4 --liars 1 --slots 3 [--break "gap one slot short"] [--forgetful]
 *   npm run explore -- --machine --members 4 --liars-at 1 --slots 2 [--restarts 1] [--disk lost-with-floor] [--clocks-step-back]
 *     [--bodies-apart]
 *   npm run explore -- [--machine] --report [--out reports/consensus-exploration.md]
 *
 * The last explores what is sound in every scope that ends within minutes, and writes a page of what it saw. Three
 * slots of the rules take some minutes and about 1 GB; two of the machines some minutes and 2 GB. Exit code 1: an invariant was broken, or a state is stuck;
 * 2: the scope has more states than `--states-max`.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { thisMachine } from '../../../bench/machine.ts'
import { type Explored, explorationPage, reportedScopes } from './exploration-report.ts'
import { explore, type Scope, scopeOf } from './explorer.ts'
import { exploreMachines } from './machine/exploration.ts'
import { type ExploredMachines, machinePage, reportedMachines } from './machine/report.ts'
import { diskKinds, type MachineScope } from './machine/scope.ts'
import { type Break, brokenRules, forgetfulRules, type Rules, soundRules } from './rules.ts'

const { values } = parseArgs({
  options: {
    members: { type: 'string', default: '4' },
    liars: { type: 'string', default: '1' },
    slots: { type: 'string', default: '2' },
    break: { type: 'string' },
    forgetful: { type: 'boolean', default: false },
    machine: { type: 'boolean', default: false },
    'liars-at': { type: 'string', default: '' },
    restarts: { type: 'string', default: '0' },
    disk: { type: 'string', default: 'kept' },
    'clocks-step-back': { type: 'boolean', default: false },
    'bodies-apart': { type: 'boolean', default: false },
    'states-max': { type: 'string', default: '1000000' },
    report: { type: 'boolean', default: false },
    out: { type: 'string' },
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

function scopeAsked(): MachineScope {
  const disk = diskKinds.find((kind) => kind === values.disk)
  if (disk === undefined) throw new Error(`--disk is one of: ${diskKinds.join(', ')}`)
  return {
    ...{ members: Number(values.members), slots: Number(values.slots), disk },
    liars: values['liars-at'].split(',').filter(Boolean).map(Number),
    ...{ restarts: Number(values.restarts), mayStepBack: values['clocks-step-back'] },
    isBodyApart: values['bodies-apart'],
    statesMax: Number(values['states-max']),
  }
}

function exploredMachines(scope: MachineScope): ExploredMachines {
  const before = process.cpuUsage()
  // Who lost its disk is silent for a while, and a part of the states says little of endings.
  const found = exploreMachines(scope, scope.disk === 'kept' && scope.slots < 3)
  const { user, system } = process.cpuUsage(before)
  return { found, cpuMs: (user + system) / 1_000 }
}

function printMachines(): number {
  const { found, cpuMs } = exploredMachines(scopeAsked())
  const memoryMb = Math.round(process.resourceUsage().maxRSS / 1024)
  const report = { ...found, cpuMs: Math.round(cpuMs), memoryMb }
  process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`)
  if (found.violation !== undefined || found.stuck > 0) return 1
  return found.isComplete ? 0 : 2
}

function writeMachines(): boolean {
  const machine = thisMachine()
  const rows: ExploredMachines[] = []
  for (const scope of reportedMachines) {
    process.stderr.write(`${JSON.stringify(scope)}\n`)
    rows.push(exploredMachines(scope))
    writeFileSync(values.out ?? 'reports/machine-exploration.md', machinePage(rows, machine))
  }
  return rows.some(({ found }) => found.violation !== undefined || found.stuck > 0)
}

function writeReport(): boolean {
  const machine = thisMachine()
  const rows: Explored[] = []
  for (const [members, liars, slots] of reportedScopes) {
    process.stderr.write(`${members} members, ${liars} of them liars, ${slots} slots\n`)
    rows.push(explored(scopeOf(members, liars, slots), soundRules))
    // As far as it has come: the last scope takes longer than all before it.
    writeFileSync(values.out ?? 'reports/consensus-exploration.md', explorationPage(rows, machine))
  }
  return rows.some(isBad)
}

if (values.machine && !values.report) process.exitCode = printMachines()
else if (values.report ? (values.machine ? writeMachines() : writeReport()) : printOne())
  process.exitCode = 1

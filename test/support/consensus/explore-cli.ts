/**
 * Explores the voting rules in a scope of your choice and prints what it saw.
 *
 *   npm run explore -- --members 4 --liars 1 --slots 3 [--break "gap one slot short"] [--forgetful]
 *
 * Three slots take some minutes and about 1 GB. Exit code 1: an invariant was broken, or a state is stuck.
 */
import { parseArgs } from 'node:util'
import { explore, scopeOf } from './explorer.ts'
import { type Break, brokenRules, forgetfulRules, type Rules, soundRules } from './rules.ts'

const { values } = parseArgs({
  options: {
    members: { type: 'string', default: '4' },
    liars: { type: 'string', default: '1' },
    slots: { type: 'string', default: '2' },
    break: { type: 'string' },
    forgetful: { type: 'boolean', default: false },
  },
})

function rulesAsked(): Rules {
  if (values.break === undefined) return values.forgetful ? forgetfulRules : soundRules
  const names = Object.keys(brokenRules)
  const name = names.find((known): known is Break => known === values.break)
  if (name === undefined) throw new Error(`--break is one of: ${names.join('; ')}`)
  return brokenRules[name]
}

const scope = scopeOf(Number(values.members), Number(values.liars), Number(values.slots))
const startMs = performance.now()
const found = explore(scope, rulesAsked())
const seconds = ((performance.now() - startMs) / 1000).toFixed(1)
const memoryMb = Math.round(process.resourceUsage().maxRSS / 1024)
const report = { ...scope, ...found, seconds: Number(seconds), memoryMb }
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`)
// A member that forgot may be stuck below its floor: that is for its operator.
const isStuck = !values.forgetful && found.stuck.certificatesKept > 0
if (found.violation !== undefined || isStuck) process.exitCode = 1

/** Tries twenty seeds, and repeats the first that finds the bug. */
import type { Payment } from './bank.ts'
import { type Run, tell } from './race.ts'

/** Payments that overlap are so close in time. */
const closeMs = 20

let found: Run | undefined
for (let seed = 1; seed <= 20; seed += 1) {
  const run = await tell(seed)
  if (run.isOverdrawn) found ??= run
  const verdict = run.isOverdrawn ? 'TOO MUCH' : 'all is well'
  console.log(`seed ${seed}: ${run.paid} paid out, ${verdict}, digest ${run.digest}`)
}
if (found !== undefined) {
  const { seed, payments, digest } = await tell(found.seed)
  console.log(`\nseed ${seed} again, digest ${digest}; payments at the same time:`)
  for (const payment of payments.filter(isClose)) console.log(`  ${lineOf(payment)}`)
}

/** Whether another payment was made at about the same time. */
function isClose(payment: Payment, index: number, all: readonly Payment[]): boolean {
  const isNear = (other: Payment | undefined): boolean =>
    other !== undefined && Math.abs(other.at - payment.at) < closeMs
  return isNear(all[index - 1]) || isNear(all[index + 1])
}

function lineOf({ customer, amount, at }: Payment): string {
  return `${new Date(at).toISOString().slice(17, 23)} s  ${amount} to ${customer}`
}

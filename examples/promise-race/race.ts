/** One run of the bank from one seed: does it ever pay out more than it has? */
import { localLink, uniform } from 'alys/sim'
import { StreamWorld } from 'alys/stack'
import { type Payment, serve, withdraw } from './bank.ts'

const balance = 1_000
const amount = 100
const customers = ['ann', 'ben', 'cleo']
const endMs = 60_000

/** What one seed came to. */
export interface Run {
  readonly seed: number
  readonly payments: readonly Payment[]
  readonly paid: number
  /** More was paid out than there was. */
  readonly isOverdrawn: boolean
  /** Two runs with one digest are the same in every byte and at every microsecond. */
  readonly digest: string
}

/** Runs the bank and its customers for a virtual minute. */
export async function tell(seed: number): Promise<Run> {
  const link = { latency: uniform(1_000, 40_000) }
  const world = new StreamWorld({ seed, link: () => ({ ...localLink, ...link }) })
  const payments: Payment[] = []
  world.addProgram('bank', ({ sockets }) =>
    serve(sockets, balance, (payment) => payments.push(payment)),
  )
  for (const customer of customers) {
    world.addProgram(customer, ({ sockets }) => withdraw(sockets, customer, amount))
  }
  await world.runUntil(endMs)
  const paid = payments.reduce((total, payment) => total + payment.amount, 0)
  const isOverdrawn = paid > balance
  return { seed, payments, paid, isOverdrawn, digest: world.simulation.digest.hex() }
}

/**
 * What users do: small transfers among themselves, sent to whichever node answers. A user that is
 * refused asks for its account and goes on from there, as a wallet does.
 */
import { assert } from '../../../src/base/assert.ts'
import { parseDuration } from '../../../src/base/duration.ts'
import type { Millis } from '../../../src/base/units.ts'
import type { SimRandom } from '../../random.ts'
import type { Cluster } from '../cluster.ts'
import { listed, type Transfer, type TransferSource } from './senders.ts'

export interface TransferOptions {
  /** Mean time between two transfers of all users together. */
  readonly everyMs: Millis
  readonly untilMs: Millis
}

/** Begins to send transfers, from now until `untilMs`. */
export function transfers(cluster: Cluster, options: TransferOptions): void {
  const random = cluster.simulation.random.fork('transfers')
  cluster.senders.follow(() => drawn(cluster, random, options))
}

function drawn(cluster: Cluster, random: SimRandom, options: TransferOptions): TransferSource {
  const { everyMs, untilMs } = options
  let isFirst = true
  return {
    waitMs: () => {
      const waitMs = isFirst ? random.below(everyMs) : 1 + random.below(2 * everyMs)
      isFirst = false
      return waitMs
    },
    take: () => (cluster.nowMs >= untilMs ? undefined : drawOne(cluster, random)),
  }
}

function drawOne({ users, correct, nowMs }: Cluster, random: SimRandom): Transfer {
  const from = random.below(users.length)
  const node = random.pick(correct)
  const to = random.below(users.length)
  const amount = 1 + random.below(1_000)
  return { atMs: nowMs, from, to, node, amount, fee: random.below(10) }
}

/** A transfer as it is written in a story: at so much virtual time since the world began, such as `12s`. */
export interface WrittenTransfer extends Omit<Transfer, 'atMs'> {
  readonly at: string
}

/** Sends these transfers. Asserts that times are times, and that users and nodes exist. */
export function send(cluster: Cluster, written: readonly WrittenTransfer[]): void {
  const read = written.map((each) => readTransfer(cluster, each))
  cluster.senders.follow(() => listed(cluster, read))
}

/** Sends these transfers, and none that the story sends from here on. Asserts what {@link send} does. */
export function sendInstead(cluster: Cluster, written: readonly WrittenTransfer[]): void {
  cluster.senders.settle(written.map((each) => readTransfer(cluster, each)))
}

function readTransfer({ users, names }: Cluster, { at, ...transfer }: WrittenTransfer): Transfer {
  const atMs = parseDuration(at)
  assert(atMs.ok, `the time of a transfer is "${at}": ${atMs.ok ? '' : atMs.fault}`)
  for (const field of ['from', 'to'] as const) {
    const user = transfer[field]
    const expected = `expected a user from 0 to ${users.length - 1}`
    assert(users[user] !== undefined, `${field} of a transfer is ${user}: ${expected}`)
  }
  const { node } = transfer
  assert(
    names.includes(node),
    `node of a transfer is "${node}": expected one of ${names.join(', ')}`,
  )
  return { ...transfer, atMs: atMs.value }
}

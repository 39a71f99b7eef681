/**
 * What users do: small transfers among themselves, sent to whichever node answers. A user that is
 * refused asks for its account and goes on from there, as a wallet does.
 */
import { toHex } from '../../../src/base/bytes.ts'
import type { Millis } from '../../../src/base/units.ts'
import { encodeTransaction, signTransaction } from '../../../src/protocol/execution/transaction.ts'
import type { SimRandom } from '../../random.ts'
import type { Cluster, User } from '../cluster.ts'

export interface TransferOptions {
  /** Mean time between two transfers of all users together. */
  readonly everyMs: Millis
  readonly untilMs: Millis
}

/** Begins to send transfers, from now until `untilMs`. */
export function transfers(cluster: Cluster, options: TransferOptions): void {
  const random = cluster.simulation.random.fork('transfers')
  const nonces = new Map<User, number>()
  const next = (): void => {
    if (cluster.nowMs >= options.untilMs) return
    sendOne(cluster, random, nonces)
    cluster.simulation.after(1 + random.below(2 * options.everyMs), next)
  }
  cluster.simulation.after(random.below(options.everyMs), next)
}

function sendOne(cluster: Cluster, random: SimRandom, nonces: Map<User, number>): void {
  const user = random.pick(cluster.users)
  const { node } = cluster.machine(random.pick(cluster.correct))
  const to = random.pick(cluster.users).address
  const amount = BigInt(1 + random.below(1_000))
  const fee = BigInt(random.below(10))
  if (node === undefined) return
  const nonce = nonces.get(user) ?? 0
  const fields = { from: user.signer.authorKey, to, nonce, amount, fee }
  const { tag } = cluster.chain
  const transaction = signTransaction(fields, tag, (message) => user.signer.signAuthor(message))
  const encoded = toHex(encodeTransaction(transaction, tag))
  nonces.set(user, nonce + 1)
  node.call('alys_sendTransaction', [encoded], (answer) => {
    if ('error' in answer) askNonce(node, user, nonces)
  })
}

function askNonce(
  node: NonNullable<ReturnType<Cluster['machine']>['node']>,
  user: User,
  nonces: Map<User, number>,
): void {
  node.call('alys_getAccount', [toHex(user.address)], (answer) => {
    if ('error' in answer) return
    const { head } = answer.result as { head: { nonce: number } }
    nonces.set(user, head.nonce)
  })
}

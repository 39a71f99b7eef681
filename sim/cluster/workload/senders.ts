/**
 * Whoever sends transfers in one cluster. They come one after another from where they are drawn or written; what was
 * sent is plain data, and given back it is sent again at the same times through the same nodes.
 */
import { toHex } from '../../../src/base/bytes.ts'
import type { Millis } from '../../../src/base/units.ts'
import { encodeTransaction, signTransaction } from '../../../src/protocol/execution/transaction.ts'
import type { Cluster, User } from '../cluster.ts'

/** One transfer. Users are counted from 0. */
export interface Transfer {
  /** Absolute virtual time. */
  readonly atMs: Millis
  readonly from: number
  readonly to: number
  /** The node that it is handed to. If that is down, nothing comes of it. */
  readonly node: string
  readonly amount: number
  readonly fee: number
}

/** Transfers one after another. */
export interface TransferSource {
  /** How long until the next one is due; undefined if there are no more. */
  waitMs(): Millis | undefined
  /** The next one, now that it is due; undefined if there is none after all. */
  take(): Transfer | undefined
}

export class Senders {
  readonly #cluster: Cluster
  readonly #sent: Transfer[] = []
  readonly #nonces = new Map<User, number>()
  #written: readonly Transfer[] | undefined
  #writtenEndMs: Millis | undefined
  #isWrittenDue = false
  #endMs: Millis | undefined

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  /** Those that were sent so far. */
  get sent(): readonly Transfer[] {
    return this.#sent
  }

  /** When one was due and none came, which ended the sending; undefined if that was not seen. */
  get endMs(): Millis | undefined {
    return this.#endMs
  }

  /** Sends what comes from a source, unless it was settled what is sent. */
  follow(source: () => TransferSource): void {
    if (this.#written === undefined) return this.#next(source())
    if (this.#isWrittenDue) this.#next(listed(this.#cluster, this.#written, this.#writtenEndMs))
    this.#isWrittenDue = false
  }

  /**
   * Settles what is sent, whatever the story draws: these, from when it first would. If it is said when the sending ends,
   * that is an event as well, as it is where they are drawn.
   */
  settle(transfers: readonly Transfer[], endMs?: Millis): void {
    this.#written = transfers
    this.#writtenEndMs = endMs
    this.#isWrittenDue = true
  }

  #next(source: TransferSource): void {
    const waitMs = source.waitMs()
    if (waitMs === undefined) return
    this.#cluster.simulation.after(waitMs, () => {
      const transfer = source.take()
      if (transfer === undefined) {
        this.#endMs = this.#cluster.nowMs
        return
      }
      this.#sent.push(transfer)
      this.#send(transfer)
      this.#next(source)
    })
  }

  #send({ from, to, node: name, amount, fee }: Transfer): void {
    const { users, chain } = this.#cluster
    const [user, other] = [users[from], users[to]]
    const { node } = this.#cluster.machine(name)
    if (user === undefined || other === undefined || node === undefined) return
    const nonce = this.#nonces.get(user) ?? 0
    const who = { from: user.signer.authorKey, to: other.address, nonce }
    const fields = { ...who, amount: BigInt(amount), fee: BigInt(fee) }
    const { tag } = chain
    const transaction = signTransaction(fields, tag, (message) => user.signer.signAuthor(message))
    const encoded = toHex(encodeTransaction(transaction, tag))
    this.#nonces.set(user, nonce + 1)
    node.call('alys_sendTransaction', [encoded], (answer) => {
      if ('error' in answer) this.#askNonce(node, user)
    })
  }

  #askNonce(node: NonNullable<ReturnType<Cluster['machine']>['node']>, user: User): void {
    node.call('alys_getAccount', [toHex(user.address)], (answer) => {
      if ('error' in answer) return
      const { head } = answer.result as { head: { nonce: number } }
      this.#nonces.set(user, head.nonce)
    })
  }
}

/** Transfers in the order of their times. If an end is given, it is waited for. */
export function listed(
  cluster: Cluster,
  transfers: readonly Transfer[],
  endMs?: Millis,
): TransferSource {
  const left = transfers.toSorted((a, b) => a.atMs - b.atMs)
  return {
    waitMs: () => {
      const nextMs = left[0]?.atMs ?? endMs
      return nextMs === undefined ? undefined : Math.max(0, nextMs - cluster.nowMs)
    },
    take: () => left.shift(),
  }
}

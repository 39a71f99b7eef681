/** What sync asks of its own chain, and of peers: where they stand. Who does not answer is asked again by whoever asked. */
import type { Millis } from '../../base/units.ts'
import type { Reply } from '../../kernel/actor.ts'
import type { PeerId } from '../../kernel/environment.ts'
import type { StoredBlock } from '../../protocol/block/block.ts'
import type { Hash } from '../../protocol/hash.ts'
import type { Status } from '../../protocol/wire/status.ts'
import type { ChainMessage, ChainStatus } from '../chain/messages.ts'
import type { NetworkMessage } from '../network/messages.ts'
import type { SyncParts } from './actor.ts'

export type QuestionParts = Pick<SyncParts, 'context' | 'chainActor' | 'network'>

export class Questions {
  readonly #parts: QuestionParts
  readonly #deadlineMs: Millis

  constructor(parts: QuestionParts, deadlineMs: Millis) {
    this.#parts = parts
    this.#deadlineMs = deadlineMs
  }

  /** Where the chain stands. Nothing comes of it while the chain reads its disk. */
  askChain(then: (status: ChainStatus) => void): void {
    const ask = (reply: Reply<ChainStatus | undefined>): ChainMessage => ({
      kind: 'get-chain-status',
      reply,
    })
    const question = { to: this.#parts.chainActor, deadlineMs: this.#deadlineMs, ask }
    this.#parts.context.ask(question, (outcome) => {
      if (outcome.ok && outcome.value !== undefined) then(outcome.value)
    })
  }

  /** The hash of this node's own committed block; undefined if it cannot be read. */
  ownHashAt(height: number, done: (hash: Hash | undefined) => void): void {
    const ask = (reply: Reply<StoredBlock | undefined>): ChainMessage => ({
      ...{ kind: 'get-block', by: { height }, reply },
    })
    const question = { to: this.#parts.chainActor, deadlineMs: this.#deadlineMs, ask }
    this.#parts.context.ask(question, (outcome) => {
      done(outcome.ok ? outcome.value?.signed.hash : undefined)
    })
  }

  /** What each of these peers says of itself now. */
  askStatuses(peers: readonly PeerId[], then: (peer: PeerId, status: Status) => void): void {
    for (const peer of peers) {
      const ask = (reply: StatusReply): NetworkMessage => ({ kind: 'fetch-status', peer, reply })
      const question = { to: this.#parts.network, deadlineMs: this.#deadlineMs, ask }
      this.#parts.context.ask(question, (outcome) => {
        if (outcome.ok && outcome.value.ok) then(peer, outcome.value.value)
      })
    }
  }
}

type StatusReply = Extract<NetworkMessage, { kind: 'fetch-status' }>['reply']

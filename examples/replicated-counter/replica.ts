/** A replica: keeps the counts on its disk, answers clients, and tells the other replicas what it has. */
import {
  type Actor,
  type Context,
  type Environment,
  type Program,
  type Result,
  type StoreFault,
  unreachable,
} from 'alys/kernel'
import { addressOf } from 'alys/sim'
import {
  type CounterEvent,
  type Counts,
  decode,
  encode,
  type Increment,
  merged,
  sumOf,
  type Telling,
  topic,
} from './messages.ts'

/**
 * Bugs that can be planted: to answer before the disk has it, to count requests, not increments, and to gossip the same
 * bytes twice. The last was in the first version of this file, and was found as it is now.
 */
export type Bug = 'answer-early' | 'count-requests' | 'gossip-same'

export type ReplicaMessage =
  | { readonly kind: 'increment'; readonly increment: Increment; readonly answer: Answer }
  | { readonly kind: 'heard'; readonly counts: Counts }
  | { readonly kind: 'tell' }

type Answer = (body: Uint8Array | undefined) => void

const tellEveryMs = 500
const readAgainMs = 100

class Replica implements Actor<ReplicaMessage> {
  readonly #context: Context<ReplicaMessage, CounterEvent>
  readonly #environment: Environment
  readonly #others: readonly string[]
  readonly #bug: Bug | undefined
  /** Undefined until the disk was read. */
  #counts: Counts | undefined

  constructor(
    context: Context<ReplicaMessage, CounterEvent>,
    environment: Environment,
    others: readonly string[],
    bug: Bug | undefined,
  ) {
    this.#context = context
    this.#environment = environment
    this.#others = others
    this.#bug = bug
    this.#read()
    context.send(context.self, { kind: 'tell' })
  }

  receive(message: ReplicaMessage): void {
    switch (message.kind) {
      case 'increment':
        return this.#increment(message.increment, message.answer)
      case 'heard':
        return this.#learn(message.counts)
      case 'tell':
        return this.#tell()
      default:
        return unreachable(message)
    }
  }

  #read(): void {
    const take = this.#context.bind((found: Result<Uint8Array | undefined, StoreFault>) => {
      if (!found.ok) return void this.#context.after(readAgainMs, () => this.#read())
      this.#counts = found.value === undefined ? {} : decode<Counts>(found.value)
      this.#context.emit({ kind: 'opened', counts: this.#counts })
    })
    this.#environment.store.get('counts', take)
  }

  #increment(increment: Increment, answer: Answer): void {
    if (this.#counts === undefined) return answer(undefined)
    const { client, number } = increment
    const known = this.#counts[client] ?? 0
    if (number <= known) this.#context.emit({ kind: 'repeated', increment })
    this.#learn({ [client]: this.#bug === 'count-requests' ? known + 1 : number })
    if (this.#bug === 'answer-early') answer(encode(increment))
    this.#write((isWritten) => answer(isWritten ? encode(increment) : undefined))
  }

  #learn(counts: Counts): void {
    if (this.#counts === undefined) return
    const after = merged(this.#counts, counts)
    if (sumOf(after) === sumOf(this.#counts)) return
    this.#counts = after
    this.#context.emit({ kind: 'changed', counts: after })
  }

  /** Writes everything that is known, in one piece. */
  #write(done: (isWritten: boolean) => void): void {
    const writes = [{ key: 'counts', value: encode(this.#counts ?? {}) }]
    const tell = this.#context.bind((outcome: Result<undefined, StoreFault>) => {
      if (!outcome.ok) this.#context.emit({ kind: 'disk-refused' })
      done(outcome.ok)
    })
    this.#environment.store.commit({ writes, durable: true }, tell)
  }

  #tell(): void {
    const { network } = this.#environment
    for (const other of this.#others) network.dial(addressOf(other), () => undefined)
    const salt = this.#bug === 'gossip-same' ? 0 : this.#context.random.u32()
    if (this.#counts !== undefined) network.publish(topic, encode({ counts: this.#counts, salt }))
    this.#context.sendAfter(tellEveryMs, { kind: 'tell' })
  }
}

/** The program of a replica. */
export function replica(others: readonly string[], bug: Bug | undefined): Program<CounterEvent> {
  return (system, environment) => {
    const actor = system.root.spawn<ReplicaMessage>('replica', { waitingMax: 100 }, (context) => {
      return new Replica(context, environment, others, bug)
    })
    environment.network.subscribe(topic)
    return {
      gossip: ({ data }, verdict) => {
        system.send(actor, { kind: 'heard', counts: decode<Telling>(data).counts })
        verdict('accept')
      },
      request: ({ body }, answer) => {
        const increment = decode<Increment>(body)
        if (!system.send(actor, { kind: 'increment', increment, answer })) answer(undefined)
      },
    }
  }
}

/** A client: makes its increments one after another, each until some replica has acknowledged it. */
import type { Actor, Context, Environment, Program } from 'alys/kernel'
import { addressOf } from 'alys/sim'
import { type CounterEvent, encode, protocol } from './messages.ts'

interface ClientMessage {
  readonly kind: 'ask'
}

const deadlineMs = 500

class Client implements Actor<ClientMessage> {
  readonly #context: Context<ClientMessage, CounterEvent>
  readonly #environment: Environment
  readonly #replicas: readonly string[]
  readonly #numberMax: number
  #number = 0
  #isAcknowledged = true

  constructor(
    context: Context<ClientMessage, CounterEvent>,
    environment: Environment,
    replicas: readonly string[],
    numberMax: number,
  ) {
    this.#context = context
    this.#environment = environment
    this.#replicas = replicas
    this.#numberMax = numberMax
    this.#askLater()
  }

  receive(): void {
    if (this.#isAcknowledged) {
      if (this.#number === this.#numberMax) return
      this.#number += 1
      this.#isAcknowledged = false
      this.#context.emit({ kind: 'asked', increment: this.#increment })
    }
    const { network } = this.#environment
    const peer = this.#replicas[this.#context.random.below(this.#replicas.length)] ?? ''
    const hear = this.#context.bind((isAcknowledged: boolean) => {
      this.#isAcknowledged = isAcknowledged
      if (isAcknowledged) this.#emitAcknowledged(peer)
      else network.dial(addressOf(peer), () => undefined)
      this.#askLater()
    })
    const body = encode(this.#increment)
    network.request({ peer, protocol, body, deadlineMs }, (answer) => hear(answer.ok))
  }

  get #increment(): { client: string; number: number } {
    return { client: this.#environment.network.self, number: this.#number }
  }

  #emitAcknowledged(by: string): void {
    this.#context.emit({ kind: 'acknowledged', increment: this.#increment, by })
  }

  #askLater(): void {
    this.#context.sendAfter(100 + this.#context.random.below(400), { kind: 'ask' })
  }
}

/** The program of a client that makes `numberMax` increments. */
export function client(replicas: readonly string[], numberMax: number): Program<CounterEvent> {
  return (system, environment) => {
    system.root.spawn<ClientMessage>('client', { waitingMax: 10 }, (context) => {
      return new Client(context, environment, replicas, numberMax)
    })
    return {}
  }
}

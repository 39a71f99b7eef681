/**
 * A stage for one actor: the real runtime on a simulated machine, with probes where its neighbours
 * would be. A test sends messages, lets virtual time pass, and looks at what the probes were told and
 * what was reported.
 */

import { type CryptoScheme, verifierOf } from '../../../sim/cluster/crypto.ts'
import { idealScheme } from '../../../sim/cluster/ideal.ts'
import { constant } from '../../../sim/distribution.ts'
import { localLink } from '../../../sim/link.ts'
import type { SimHost } from '../../../sim/process.ts'
import { type ServiceHandler, soundServices } from '../../../sim/services.ts'
import { Simulation } from '../../../sim/simulation.ts'
import { present } from '../../../src/base/assert.ts'
import type { Actor, Address, AnyMessage, Context, Reply } from '../../../src/kernel/actor.ts'
import type { Environment } from '../../../src/kernel/environment.ts'
import { System } from '../../../src/kernel/system.ts'
import { type KernelEvent, Trace } from '../../../src/kernel/trace.ts'
import type { NodeEvent } from '../../../src/node/event.ts'

type StageEvent = NodeEvent | KernelEvent

/** Stands where another actor would, remembers what it is told, and answers if it is taught to. */
export interface Probe<Message extends AnyMessage> {
  readonly address: Address<Message>
  readonly received: readonly Message[]
  /** What it was told of one kind, oldest first. */
  of<Kind extends Message['kind']>(kind: Kind): readonly Extract<Message, { kind: Kind }>[]
  /** From now on, what it does with a message, besides remembering it. */
  react(reaction: (message: Message) => void): void
  /** Forgets what it was told. */
  clear(): void
}

export interface StageOptions {
  readonly scheme?: CryptoScheme
  /** Answers what the actor asks of the execution engine. */
  readonly engine?: ServiceHandler
}

/** Virtual time after which an answer is not to be expected any more. */
const answerMsMax = 200_000

export class Stage {
  readonly simulation: Simulation
  readonly host: SimHost
  readonly events: StageEvent[] = []
  #environment: Environment | undefined
  #system: System<NodeEvent> | undefined

  constructor(options: StageOptions = {}) {
    this.simulation = new Simulation({ seed: 'stage', link: () => localLink })
    this.host = this.simulation.addHost('stage', {
      verifier: verifierOf(options.scheme ?? idealScheme()),
      services: {
        handlers: { engine: options.engine ?? (() => undefined) },
        latency: constant(200),
        faults: () => soundServices,
      },
    })
    this.boot()
  }

  /** Begins a life without actors. */
  boot(): void {
    this.host.boot((environment) => {
      this.#environment = environment
      const { clock, random } = environment
      const policy = {
        decide: () => ({ kind: 'abandon' }) as const,
        restartsMax: 0,
        windowMs: 1,
        untilBoundaryMs: () => 0,
      }
      const trace = new Trace<NodeEvent>([
        { event: (_now, _path, event) => this.events.push(event) },
      ])
      const system = new System<NodeEvent>({ clock, random }, trace, policy, () => undefined)
      this.#system = system
      system.start()
      return { stop: () => system.stop() }
    })
  }

  /** Stops every actor in good order. */
  stop(): void {
    this.#live.stop()
  }

  get environment(): Environment {
    return present(this.#environment, 'a life on the stage')
  }

  /** Starts an actor. One that fails is gone, and `failures` tells why. */
  spawn<Message extends AnyMessage>(
    name: string,
    make: (context: Context<Message, NodeEvent>) => Actor<Message>,
  ): Address<Message> {
    return this.#live.root.spawn<Message>(name, { waitingMax: 4_096 }, make)
  }

  probe<Message extends AnyMessage>(name: string): Probe<Message> {
    const received: Message[] = []
    let reaction: (message: Message) => void = () => undefined
    const address = this.spawn<Message>(name, () => ({
      receive: (message) => {
        received.push(message)
        reaction(message)
      },
    }))
    return {
      address,
      received,
      of: <Kind extends Message['kind']>(kind: Kind) =>
        received.filter(
          (message): message is Extract<Message, { kind: Kind }> => message.kind === kind,
        ),
      react: (wanted) => {
        reaction = wanted
      },
      clear: () => {
        received.length = 0
      },
    }
  }

  send<Message>(to: Address<Message>, message: Message): void {
    this.#live.send(to, message)
  }

  /** Asks, and lets time pass until the answer comes. Asserts that it does. */
  ask<Message, Answer>(to: Address<Message>, question: (reply: Reply<Answer>) => Message): Answer {
    let answer: { readonly value: Answer } | undefined
    this.send(
      to,
      question((value) => {
        answer ??= { value }
      }),
    )
    this.simulation.runFor(answerMsMax, () => answer !== undefined)
    return present(answer, 'an answer').value
  }

  run(ms: number): void {
    this.simulation.runFor(ms)
  }

  /** What was reported of one kind, oldest first. */
  reports<Kind extends StageEvent['kind']>(
    kind: Kind,
  ): readonly Extract<StageEvent, { kind: Kind }>[] {
    return this.events.filter(
      (event): event is Extract<StageEvent, { kind: Kind }> => event.kind === kind,
    )
  }

  /** Why actors failed. */
  get failures(): readonly string[] {
    return this.reports('actor-failed').map(({ error }) => error)
  }

  get #live(): System<NodeEvent> {
    return present(this.#system, 'a life on the stage')
  }
}

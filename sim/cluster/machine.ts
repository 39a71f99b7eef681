/**
 * One node of the cluster on its simulated machine: the production `startNode`, with the ledger as its
 * engine on the same disk, as the command line runs it.
 */

import type { Environment } from '../../src/kernel/environment.ts'
import type { TraceReader } from '../../src/kernel/trace.ts'
import { LedgerEngine } from '../../src/ledger/engine.ts'
import { defaultLimits } from '../../src/ledger/limits.ts'
import type { NodeConfig } from '../../src/node/config.ts'
import type { NodeEvent } from '../../src/node/event.ts'
import { type Node, startNode } from '../../src/node/node.ts'
import { constant } from '../distribution.ts'
import type { HostOptions, Process, SimHost } from '../process.ts'
import { type ServiceFaults, soundServices } from '../services.ts'
import type { Simulation } from '../simulation.ts'
import { type CryptoScheme, verifierOf } from './crypto.ts'

/** Changes what a node sees of the world, or what the world sees of it: how peers are made to lie. */
export type WrapEnvironment = (environment: Environment) => Environment

export interface MachineOptions {
  readonly name: string
  readonly config: NodeConfig
  readonly crypto: CryptoScheme
  readonly host: Pick<HostOptions, 'clockOffsetMs' | 'clockDriftPpm' | 'disk'>
  readonly wrap: WrapEnvironment | undefined
}

/** One way, in the same process. */
const engineLatencyUs = 200

export class Machine {
  readonly name: string
  /** What the next process here is started with. */
  config: NodeConfig
  readonly host: SimHost
  /** What is wrong with the wire to the engine at the moment. */
  engineFaults: ServiceFaults = soundServices
  readonly #options: MachineOptions
  readonly #readers: () => readonly TraceReader<NodeEvent>[]
  #ledger: LedgerEngine | undefined
  #node: Node | undefined

  /** `readers` makes the readers of one life's trace. */
  constructor(
    simulation: Simulation,
    options: MachineOptions,
    readers: () => readonly TraceReader<NodeEvent>[],
  ) {
    this.name = options.name
    this.config = options.config
    this.#options = options
    this.#readers = readers
    const services = {
      handlers: {
        engine: (request: unknown, done: (answer: unknown) => void) =>
          this.#ledger?.handle(request, done),
      },
      latency: constant(engineLatencyUs),
      faults: () => this.engineFaults,
    }
    const verifier = verifierOf(options.crypto)
    this.host = simulation.addHost(options.name, { ...options.host, verifier, services })
  }

  /** The running node; undefined while the machine is down or the ledger is still loading. */
  get node(): Node | undefined {
    return this.host.isRunning ? this.#node : undefined
  }

  boot(): void {
    this.host.boot((environment) => this.#start(environment))
  }

  #start(environment: Environment): Process {
    const { config } = this
    const { crypto, wrap } = this.#options
    const { spec, tag: chainTag, slots } = config.chain
    const { allocations } = spec
    const ledger = new LedgerEngine({
      store: environment.store,
      chainTag,
      verifySignature: crypto.verifySignature,
      verifier: environment.verifier,
      limits: defaultLimits,
      genesis: { timestampMs: slots.genesisMs, allocations },
    })
    this.#ledger = ledger
    this.#node = undefined
    const seen = wrap === undefined ? environment : wrap(environment)
    ledger.open((outcome) => {
      // A ledger that cannot be read is not served: the node stays down, as it would in production.
      if (!outcome.ok) return
      const hooks = { readers: this.#readers(), onFailure: () => undefined }
      this.#node = startNode(seen, config, hooks)
    })
    return { stop: () => this.#node?.stop() }
  }
}

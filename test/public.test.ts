/**
 * What the package promises: the names it exports, and that with these alone somebody else's actors run
 * in the simulator, through a partition and a crash, the same way each time.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  type Actor,
  type Address,
  type Context,
  type Environment,
  System,
  Trace,
} from '../src/public/kernel.ts'
import {
  addressOf,
  localLink,
  partition,
  type SimHost,
  Simulation,
  uniform,
} from '../src/public/sim.ts'

const root = resolve(import.meta.dirname, '..')

/** Every name that a file of `src/public` exports, types too; values without a mark. */
function namesOf(file: string): readonly string[] {
  const text = readFileSync(resolve(root, 'src/public', file), 'utf8')
  return [...text.matchAll(/^export (type )?\{([^}]*)\}/gm)]
    .flatMap(([, kind = '', names = '']) =>
      names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '')
        .map((name) => (kind !== '' && !name.startsWith('type ') ? `type ${name}` : name)),
    )
    .toSorted()
}

describe('the exported names', () => {
  test('of alys/kernel', () => {
    expect(namesOf('kernel.ts').join('\n')).toMatchInlineSnapshot(`
      "AssertionError
      System
      Trace
      assert
      failed
      ok
      present
      restarting
      startProgram
      type Actor
      type Address
      type AnswerProgress
      type AnyMessage
      type AskFault
      type Carried
      type Check
      type Clock
      type Commit
      type Context
      type Decision
      type Entry
      type Environment
      type GossipMessage
      type Group
      type InboundRequest
      type KernelEvent
      type KeyRange
      type MailboxOptions
      type Marker
      type Millis
      type Network
      type NetworkFault
      type NetworkReceiver
      type NetworkReport
      type OpenRequest
      type PeerId
      type PeerRequest
      type Priority
      type Program
      type ProgramSettings
      type Question
      type Random
      type RecordRun
      type RecordVerdict
      type Reply
      type Result
      type ServiceFault
      type ServiceName
      type Services
      type Store
      type StoreFault
      type SupervisorPolicy
      type Timer
      type TraceReader
      type UnixMillis
      type Verdict
      type Verifier
      type VerifierPriority
      type Waker
      type Write
      unreachable"
    `)
  })

  test('of alys/sim', () => {
    expect(namesOf('sim.ts').join('\n')).toMatchInlineSnapshot(`
      "Digest
      Explorer
      FeatureMap
      Gate
      SimDisk
      SimHost
      SimNetwork
      SimOscillator
      SimRandom
      Simulation
      Stage
      Timeline
      Tracer
      abortAnswers
      addressAt
      addressOf
      always
      between
      bimodal
      clog
      connectionTimeoutMs
      constant
      corrupt
      cutOneWay
      decodeTrace
      describeRun
      describeSweep
      drawFaults
      drawSwizzle
      edgeSizes
      encodeTrace
      exponential
      garble
      gossipBytesMax
      heal
      hold
      honestDisk
      inBouts
      isolate
      localLink
      lose
      loseInBursts
      narrow
      never
      noActorFails
      only
      onlyLinks
      partition
      refuse
      reorder
      replay
      requestBytesMax
      runCommand
      shrink
      sliceOf
      slow
      slowHandshake
      slowReader
      sometimes
      soundDisk
      soundServices
      soundVerifier
      strobe
      sweep
      swiftDisk
      swizzle
      tellStory
      touching
      twoWorkers
      type Bouts
      type Bursts
      type Clogging
      type Corpus
      type CrashMercy
      type CrashNotice
      type Describe
      type Described
      type DiskFaults
      type DiskImage
      type DiskLies
      type DiskModel
      type Distribution
      type EventHook
      type ExplorerOptions
      type Fate
      type FaultOptions
      type FaultSpan
      type Finding
      type Flight
      type FlightKind
      type Guard
      type HostOptions
      type Judge
      type LinkChange
      type LinkChanges
      type LinkModel
      type LinkRule
      type MessageFate
      type NamesOf
      type Onlooker
      type Process
      type Property
      type Reseed
      type Route
      type RuleList
      type Run
      type RunOutcome
      type Seen
      type ServiceFaults
      type ServiceHandler
      type ServicesModel
      type Sighting
      type SimulationOptions
      type Slice
      type StartProcess
      type Story
      type StoryCommand
      type Strobe
      type Sweep
      type SweepOptions
      type TellOptions
      type TimelineEntry
      type TimelineEvent
      type Trace as RunTrace
      type TraceHeader
      type TraceRecord
      type TracerOptions
      type TrafficCounts
      type Trip
      type VerifierCosts
      type VerifierFaults
      type VerifierModel
      type Violation
      type WorldFault
      type WorldFaultKind
      type WorldNetwork
      uniform
      unleash
      wideLink
      worldFaultKinds"
    `)
  })

  test('of alys/lockdown', () => {
    expect(namesOf('lockdown.ts').join('\n')).toMatchInlineSnapshot(`
      "NondeterminismError
      installLockdown
      type Lockdown"
    `)
  })

  test('of alys/stack', () => {
    expect(namesOf('stack.ts').join('\n')).toMatchInlineSnapshot(`
      "NondeterminismError
      SocketError
      StreamWorld
      asTask
      chunksOf
      installStack
      runByTurns
      sendAll
      type CloseReason
      type ConnectOptions
      type Endpoint
      type Listener
      type Main
      type ProgramSeat
      type Socket
      type SocketCode
      type Sockets
      type StackOptions
      type StackWorld
      type StreamWorldOptions"
    `)
  })

  test('of alys/vitest', () => {
    expect(namesOf('vitest.ts').join('\n')).toMatchInlineSnapshot(`
      "simTest
      type SimTest
      type SimTestOptions"
    `)
  })

  test('each entry point of the package is a file of src/public, and each file an entry point', () => {
    const { exports } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'))
    expect(exports).toEqual({
      './kernel': './src/public/kernel.ts',
      './lockdown': './src/public/lockdown.ts',
      './sim': './src/public/sim.ts',
      './stack': './src/public/stack.ts',
      './vitest': './src/public/vitest.ts',
    })
  })
})

// ----- a counter that everybody agrees on in the end: the greatest number any of them has seen -----

type CounterMessage = { readonly kind: 'add' } | { readonly kind: 'heard'; readonly value: number }
interface CounterEvent {
  readonly kind: 'counted'
  readonly value: number
}

const topic = 'count'
const key = 'value'

/** Counts, tells the others, and keeps the count on the disk. */
class Counter implements Actor<CounterMessage> {
  readonly #context: Context<CounterMessage, CounterEvent>
  readonly #environment: Environment
  #value = 0

  constructor(context: Context<CounterMessage, CounterEvent>, environment: Environment) {
    this.#context = context
    this.#environment = environment
    environment.network.subscribe(topic)
    environment.store.get(
      key,
      context.bind((found) => {
        const stored = found.ok ? found.value?.[0] : undefined
        this.#learn(Math.max(this.#value, stored ?? 0))
      }),
    )
  }

  receive(message: CounterMessage): void {
    if (message.kind === 'add') this.#learn(this.#value + 1)
    else if (message.value > this.#value) this.#learn(message.value)
  }

  #learn(value: number): void {
    this.#value = value
    const bytes = Uint8Array.of(value)
    const { store, network } = this.#environment
    store.commit(
      { writes: [{ key, value: bytes }], durable: true },
      this.#context.bind(() => {
        this.#context.emit({ kind: 'counted', value })
        network.publish(topic, bytes)
      }),
    )
  }
}

interface World {
  readonly simulation: Simulation
  readonly counts: Map<string, number>
  readonly add: (name: string) => void
}

function worldOf(seed: number, names: readonly string[]): World {
  const simulation = new Simulation({
    seed,
    link: () => ({ ...localLink, latency: uniform(1_000, 40_000) }),
  })
  const counts = new Map<string, number>()
  const running = new Map<string, { system: System<CounterEvent>; to: Address<CounterMessage> }>()
  const start = (host: SimHost) => (environment: Environment) => {
    const { clock, random, network } = environment
    const reader = {
      event: (_now: number, _path: string, event: { kind: string }) => {
        if (event.kind === 'counted') counts.set(host.name, (event as CounterEvent).value)
      },
    }
    const policy = {
      decide: () => ({ kind: 'restart' }) as const,
      restartsMax: 3,
      windowMs: 60_000,
      untilBoundaryMs: () => 0,
    }
    const system = new System<CounterEvent>(
      { clock, random },
      new Trace([reader, host.turns()]),
      policy,
      () => undefined,
    )
    const to = system.root.spawn<CounterMessage>('counter', { waitingMax: 16 }, (context) => {
      return new Counter(context, environment)
    })
    network.open({
      peerUp: () => undefined,
      peerDown: () => undefined,
      peerFound: () => undefined,
      gossip: ({ data }, verdict) => {
        system.send(to, { kind: 'heard', value: data[0] ?? 0 })
        verdict('accept')
      },
      request: (_request, answer) => answer(undefined),
    })
    for (const name of names) network.dial(addressOf(name), () => undefined)
    system.start()
    running.set(host.name, { system, to })
    return { stop: () => system.stop() }
  }
  for (const name of names) {
    const host = simulation.addHost(name)
    host.boot(start(host))
  }
  const add = (name: string): void => {
    const { system, to } = running.get(name) ?? {}
    if (system !== undefined && to !== undefined) system.send(to, { kind: 'add' })
  }
  return { simulation, counts, add }
}

/** Counts on both sides of a partition, and through a crash. */
function tell(seed: number): { digest: string; counts: ReadonlyMap<string, number> } {
  const { simulation, counts, add } = worldOf(seed, ['a', 'b', 'c'])
  const { rules } = simulation.network
  simulation.at(1_000, () => add('a'))
  simulation.at(2_000, () => rules.add('split', partition([['a'], ['b', 'c']])))
  simulation.at(2_500, () => add('b'))
  simulation.at(2_600, () => add('c'))
  simulation.at(3_000, () => rules.remove('split'))
  simulation.at(3_500, () => simulation.host('b').crash())
  simulation.at(4_000, () => simulation.host('b').boot())
  simulation.at(5_000, () => add('c'))
  simulation.runUntil(10_000)
  return { digest: simulation.digest.hex(), counts }
}

describe("somebody else's actors", () => {
  test('agree again after a partition and a crash', () => {
    const { counts } = tell(1)
    expect([...counts].toSorted()).toEqual([
      ['a', 4],
      ['b', 4],
      ['c', 4],
    ])
  })

  test('do the same again from the same seed, and something else from another', () => {
    expect(tell(1).digest).toBe(tell(1).digest)
    expect(tell(2).digest).not.toBe(tell(1).digest)
  })
})

/**
 * The framework by itself: two small actors that know nothing of any chain, on `kernel` and `sim` alone. A
 * client on one host asks a counter on another to count; the counter keeps its number on its disk.
 */
import { describe, expect, test } from 'vitest'
import { soundDisk } from '../../../sim/disk-faults.ts'
import { exponential } from '../../../sim/distribution.ts'
import { localLink } from '../../../sim/link.ts'
import type { Process, SimHost } from '../../../sim/process.ts'
import { partition } from '../../../sim/rules.ts'
import { type Guard, Simulation } from '../../../sim/simulation.ts'
import type { Environment } from '../../../src/kernel/environment.ts'
import type { SupervisorPolicy } from '../../../src/kernel/supervisor.ts'
import { System } from '../../../src/kernel/system.ts'
import { Trace } from '../../../src/kernel/trace.ts'
import { installLockdown } from '../../../src/tripwire/lockdown.ts'
import { NondeterminismError } from '../../../src/tripwire/tripwire.ts'

const policy: SupervisorPolicy = {
  decide: () => ({ kind: 'restart' }),
  restartsMax: 5,
  windowMs: 1_000,
  untilBoundaryMs: () => 0,
}

type CounterMessage =
  | { readonly kind: 'count'; readonly ticket: number; readonly done: (answer: number) => void }
  | { readonly kind: 'loaded'; readonly value: number; readonly ticket: number }

type ClientMessage = { readonly kind: 'ask' }

function openSystem(environment: Environment, host: SimHost): System<never> {
  return new System<never>(environment, new Trace([host.turns()]), policy, () => {})
}

function encode(numbers: readonly number[]): Uint8Array {
  return Uint8Array.from(numbers.flatMap((number) => [number & 0xff, (number >> 8) & 0xff]))
}

function decode(bytes: Uint8Array | undefined): readonly [number, number] {
  const at = (index: number): number => bytes?.[index] ?? 0
  return [at(0) | (at(1) << 8), at(2) | (at(3) << 8)]
}

/** Counts each ticket once, also if it is asked for again, and answers when the number is safe on disk. */
function startCounter(host: SimHost): (environment: Environment) => Process {
  return (environment) => {
    const { store, network } = environment
    const system = openSystem(environment, host)
    const counter = system.root.spawn<CounterMessage>('counter', { waitingMax: 50 }, (context) => {
      let value = 0
      let lastTicket = 0
      let isLoaded = false
      store.get(
        'counter',
        context.bind((outcome) => {
          const [stored, ticket] = decode(outcome.ok ? outcome.value : undefined)
          value = stored
          lastTicket = ticket
          isLoaded = true
        }),
      )
      return {
        receive: (message) => {
          if (message.kind !== 'count' || !isLoaded) return
          if (message.ticket > lastTicket) {
            value += 1
            lastTicket = message.ticket
          }
          const answer = value
          const writes = [{ key: 'counter', value: encode([value, lastTicket]) }]
          const saved = context.bind(() => message.done(answer))
          store.commit({ writes, durable: true }, saved)
        },
      }
    })
    network.open({
      peerUp: () => {},
      peerDown: () => {},
      peerFound: () => undefined,
      gossip: (_, verdict) => verdict('ignore'),
      request: ({ body }, answer) => {
        const [ticket] = decode(body)
        const done = (value: number): void => answer(encode([value]))
        system.send(counter, { kind: 'count', ticket, done })
      },
    })
    system.start()
    return system
  }
}

/** Asks for one ticket after another, each until it is answered. `answers` is the observer's. */
function startClient(
  host: SimHost,
  answers: number[],
  pauseMs: (environment: Environment) => number,
): (environment: Environment) => Process {
  return (environment) => {
    const { network } = environment
    const system = openSystem(environment, host)
    system.root.spawn<ClientMessage>('client', { waitingMax: 10 }, (context) => {
      const again = (): void => {
        context.sendAfter(pauseMs(environment), { kind: 'ask' })
      }
      again()
      return {
        receive: () => {
          const request = {
            peer: 'server',
            protocol: '/count',
            body: encode([answers.length + 1]),
            deadlineMs: 500,
          }
          network.request(
            request,
            context.bind((outcome) => {
              if (outcome.ok) answers.push(decode(outcome.value)[0])
              else if (outcome.fault.code === 'unreachable') network.dial('sim:server', () => {})
              again()
            }),
          )
        },
      }
    })
    network.open({
      peerUp: () => {},
      peerDown: () => {},
      peerFound: () => undefined,
      gossip: (_, verdict) => verdict('ignore'),
      request: (_, answer) => answer(undefined),
    })
    system.start()
    return system
  }
}

interface Run {
  readonly answers: readonly number[]
  readonly digest: string
  readonly events: number
  readonly serverLives: number
}

/** A minute of everything going wrong, then a healthy one. */
function run(seed: string, guard?: Guard, pauseMs = steadyPause): Run {
  const link = {
    ...localLink,
    latency: exponential(2_000, 15_000, 400_000),
    lossPerMillion: 50_000,
  }
  const world = new Simulation({
    seed,
    link: () => link,
    ...(guard === undefined ? {} : { guard }),
  })
  const server = world.addHost('server', { clockDriftPpm: -300 })
  const client = world.addHost('client', { clockDriftPpm: 200 })
  server.disk.faults = { ...soundDisk, slownessPercent: 500 }
  const answers: number[] = []
  server.boot(startCounter(server))
  client.boot(startClient(client, answers, pauseMs))

  const faults = world.random.fork('faults')
  for (let atMs = 2_000; atMs < 60_000; atMs += 4_000) {
    const name = `cut at ${atMs}`
    world.at(atMs, () => {
      if (faults.chance(1, 2)) {
        server.crash(faults.pick(['reset', 'silence']))
        server.restartAfter(faults.between(1, 2_500))
      } else world.network.rules.add(name, partition([['server'], ['client']]))
    })
    world.at(atMs + faults.between(500, 3_500), () => world.network.rules.remove(name))
  }
  world.runUntil(60_000)
  const before = answers.length
  world.runUntil(120_000)
  expect(answers.length).toBeGreaterThan(before + 100)
  return { answers, digest: world.digest.hex(), events: world.events, serverLives: server.lives }
}

function steadyPause(environment: Environment): number {
  return 100 + environment.random.below(100)
}

describe('two actors under faults', () => {
  test('no count is lost and none is made twice, whatever crashes and whatever is cut', () => {
    for (const seed of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const { answers, serverLives } = run(seed)
      expect(serverLives).toBeGreaterThan(2)
      expect(answers).toEqual(Array.from({ length: answers.length }, (_, i) => i + 1))
    }
  })

  test('the same seed tells the same story, another seed another one', () => {
    const [first, second, other] = [run('7'), run('7'), run('8')]
    expect(second).toEqual(first)
    expect(other.digest).not.toBe(first.digest)
  })

  test('under the lock-down it tells the same story, and nothing is caught', () => {
    expect(run('7', installLockdown())).toEqual(run('7'))
  })

  test('chance that sneaks into an actor is caught, and named by file and line', () => {
    let line = 0
    const sneaky = (): number => {
      line = lineOf(new Error('here'))
      return 100 + Math.random()
    }
    let caught: unknown
    try {
      run('7', installLockdown(), sneaky)
    } catch (error) {
      caught = error
    }
    if (!(caught instanceof NondeterminismError)) throw new Error(`not that: ${caught}`)
    expect(caught.called).toBe('Math.random')
    expect(caught.caller).toBe(`test/unit/sim/framework.test.ts:${line + 1}`)
  })
})

/** The line at which an error was made. */
function lineOf(error: Error): number {
  return Number(/:(\d+):\d+\)?$/.exec(error.stack?.split('\n')[1] ?? '')?.[1])
}

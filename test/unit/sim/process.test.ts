import { describe, expect, test } from 'vitest'
import { inBouts } from '../../../sim/bouts.ts'
import { uniform } from '../../../sim/distribution.ts'
import type { HostOptions } from '../../../sim/process.ts'
import { Simulation } from '../../../sim/simulation.ts'
import { soundVerifier, twoWorkers } from '../../../sim/verifier.ts'
import { present } from '../../../src/base/assert.ts'
import { asciiBytes } from '../../../src/base/bytes.ts'
import type { Environment } from '../../../src/kernel/environment.ts'

/** A host whose process does nothing but hand out its environments, one a life. */
function openHost(options: HostOptions = {}) {
  const world = new Simulation({ seed: 'process' })
  const host = world.addHost('n0', options)
  const environments: Environment[] = []
  const log: string[] = []
  host.boot((environment) => {
    environments.push(environment)
    log.push(`boot@${world.nowMs}`)
    return { stop: () => log.push(`stop@${world.nowMs}`) }
  })
  const latest = (): Environment => present(environments.at(-1), 'an environment')
  return { world, host, environments, latest, log }
}

describe('the lives of a host', () => {
  test('a crash ends one life, a boot begins the next with the same code', () => {
    const { world, host, log } = openHost()
    expect([host.isRunning, host.lives]).toEqual([true, 1])
    host.crash()
    expect([host.isRunning, host.lives]).toEqual([false, 1])
    host.restartAfter(50)
    world.runUntil(100)
    expect([host.isRunning, host.lives]).toEqual([true, 2])
    expect(log).toEqual(['boot@0', 'boot@50'])
  })

  test('a boot before the planned restart takes its place', () => {
    const { world, host, log } = openHost()
    host.crash()
    host.restartAfter(50)
    host.boot()
    world.runUntil(100)
    expect(log).toEqual(['boot@0', 'boot@0'])
  })

  test('other code may be booted, as after an upgrade', () => {
    const { host } = openHost()
    host.stop()
    let isNew = false
    host.boot(() => {
      isNew = true
      return { stop: () => {} }
    })
    expect(isNew).toBe(true)
  })

  test('acts that do not fit the state are faults of the code', () => {
    const { world, host } = openHost()
    expect(() => host.boot()).toThrow('nothing runs on n0')
    expect(() => host.restartAfter(1)).toThrow('nothing runs on n0')
    host.crash()
    expect(() => host.crash()).toThrow('a process on n0')
    expect(() => host.pause()).toThrow('a process on n0')
    expect(() => world.addHost('new').boot()).toThrow('a process for new')
    expect(() => world.addHost('new')).toThrow('one host named new')
    expect(() => world.host('unknown')).toThrow('a host named unknown')
  })

  test('no callback of an old life happens in the next', () => {
    const { world, host, latest } = openHost({
      services: {
        handlers: { engine: (_, done) => done('answer') },
        latency: { kind: 'constant', us: 1_000 },
        faults: () => ({
          down: [],
          unavailablePerMillion: 0,
          answerLostPerMillion: 0,
          slownessPercent: 100,
        }),
      },
      verifier: {
        check: () => true,
        validate: () => [],
        aggregate: () => undefined,
        costs: {
          ...{ batchUs: 500, ed25519Us: 1, blsUs: 1, blsKeyUs: 1 },
          ...{ recordUs: 1, recordByteNs: 1, workers: 1 },
        },
      },
    })
    const heard: string[] = []
    const { clock, store, verifier, services, network } = latest()
    clock.wakeAt(5, () => heard.push('timer'))
    clock.soon(() => heard.push('soon'))
    store.commit({ writes: [], durable: true }, () => heard.push('commit'))
    store.get('a', () => heard.push('get'))
    verifier.verify([], 'urgent', () => heard.push('verify'))
    const run = { rules: new Uint8Array(0), records: [] }
    verifier.validate(run, 'urgent', () => heard.push('validate'))
    services.call('engine', 'x', 100, () => heard.push('call'))
    network.dial('sim:nowhere', () => heard.push('dial'))
    host.crash()
    host.boot()
    world.runUntil(1_000)
    expect(heard).toEqual([])
    const next = latest()
    next.clock.wakeAt(1_005, () => heard.push('timer of the new life'))
    world.runUntil(2_000)
    expect(heard).toEqual(['timer of the new life'])
  })

  test('each life draws from streams of its own, the same in each run', () => {
    const draws = [0, 1].map(() => {
      const { host, environments } = openHost()
      host.crash()
      host.boot()
      return environments.map((environment) => environment.random.u32())
    })
    expect(draws[0]).toEqual(draws[1])
    expect(new Set(draws[0]).size).toBe(2)
  })
})

describe('what stays with a machine', () => {
  test('its disk, less what a crash took; its clocks; its count of lives', () => {
    const { world, host, latest } = openHost({ clockOffsetMs: -700, clockDriftPpm: 1_000 })
    const writes = [{ key: 'a', value: asciiBytes('apple') }]
    latest().store.commit({ writes, durable: true }, () => {})
    world.runUntil(1_000)
    host.crash()
    host.boot()
    expect(host.disk.read('a')).toEqual(asciiBytes('apple'))
    expect(latest().clock.now()).toBe(1_001)
    expect(latest().clock.wall()).toBe(world.wallMs - 700 + 1)
  })

  test('an orderly stop loses nothing that was written', () => {
    const { host, latest, log } = openHost()
    for (let i = 0; i < 50; i += 1) {
      const writes = [{ key: `k${i}`, value: asciiBytes('x') }]
      latest().store.commit({ writes, durable: false }, () => {})
    }
    host.stop()
    expect(host.disk.keys).toBe(50)
    expect(log).toEqual(['boot@0', 'stop@0'])
  })

  test('a host added later agrees about the time', () => {
    const { world } = openHost()
    world.runUntil(5_000)
    const late = world.addHost('late')
    expect(late.oscillator.wallMs).toBe(world.wallMs)
  })
})

describe('what was not given', () => {
  test('a check without a verifier is a fault of the code', () => {
    const { world, latest } = openHost()
    const none = new Uint8Array(0)
    const check = { kind: 'ed25519', publicKey: none, message: none, signature: none } as const
    latest().verifier.verify([check], 'bulk', () => {})
    expect(() => world.runUntil(10)).toThrow('a verifier for this host')
    expect(() => latest().verifier.aggregate([])).toThrow('a verifier for this host')
  })
})

describe('a pause', () => {
  test('is seen from outside and ends with the crash', () => {
    const { world, host, latest } = openHost()
    const heard: string[] = []
    latest().clock.wakeAt(1, () => heard.push('timer'))
    host.pause()
    expect([host.isRunning, host.isPaused]).toEqual([true, true])
    world.runUntil(10)
    host.crash()
    host.boot()
    expect(host.isPaused).toBe(false)
    world.runUntil(20)
    expect(heard).toEqual([])
  })
})

describe('a stall', () => {
  test('holds back what happens, ends by itself, and is no pause', () => {
    const { world, host, latest } = openHost()
    const heard: string[] = []
    for (const ms of [5, 30, 60])
      latest().clock.wakeAt(ms, () => heard.push(`${ms}@${world.nowMs}`))
    host.stall(20)
    world.at(10, () => host.stall(5))
    world.at(15, () => expect([host.isBusy, host.isPaused]).toEqual([true, false]))
    world.at(25, () => host.stall(10))
    world.at(28, () => host.pause())
    world.at(40, () => host.resume())
    world.runUntil(100)
    expect(heard).toEqual(['5@20', '30@40', '60@60'])
    expect(host.isBusy).toBe(false)
  })

  test('goes on while a pause ends, and is over with the crash', () => {
    const { world, host, latest } = openHost()
    const heard: string[] = []
    latest().clock.wakeAt(5, () => heard.push(`5@${world.nowMs}`))
    host.stall(50)
    host.pause()
    world.at(10, () => host.resume())
    world.at(60, () => host.stall(50))
    world.at(70, () => host.crash())
    world.at(75, () => host.stall(1_000))
    world.at(80, () => {
      host.boot()
      latest().clock.wakeAt(90, () => heard.push(`90@${world.nowMs}`))
    })
    world.runUntil(300)
    expect(heard).toEqual(['5@50', '90@90'])
  })

  test('comes in bouts, each after a gap of its law, until their time is over', () => {
    const { world } = openHost()
    const times: number[] = []
    const bouts = { gap: uniform(10_000, 30_000), forMs: 1_000 }
    inBouts(world, bouts, world.random.fork('bouts'), () => times.push(world.nowMs))
    world.runUntil(5_000)
    const gaps = times.map((ms, index) => ms - (times[index - 1] ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(10)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(30)
    expect(times.at(-1)).toBeGreaterThan(960)
    expect(times.at(-1)).toBeLessThan(1_000)
  })
})

test('a pool that is stuck goes on when it is well, also in the next life', () => {
  const verifier = {
    ...{ check: () => true, validate: () => [], aggregate: () => undefined },
    costs: { ...twoWorkers, batchUs: 1_000 },
  }
  const { world, host, latest } = openHost({ verifier })
  const heard: string[] = []
  const ask = (name: string): void => {
    latest().verifier.verify([], 'bulk', () => heard.push(`${name}@${world.nowMs}`))
  }
  host.verifierFaults = { ...soundVerifier, workersStuck: 2 }
  ask('lost')
  world.runUntil(10)
  host.crash()
  host.boot()
  ask('a')
  world.runUntil(20)
  host.verifierFaults = { ...soundVerifier, slownessPercent: 300 }
  world.runUntil(30)
  expect(heard).toEqual(['a@23'])
})

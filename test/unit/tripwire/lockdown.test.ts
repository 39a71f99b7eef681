import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import { ed25519 } from '@noble/curves/ed25519.js'
import { blake3 } from '@noble/hashes/blake3.js'
import fc from 'fast-check'
import seedrandom from 'seedrandom'
import { beforeAll, describe, expect, test } from 'vitest'
import { installLockdown, type Lockdown } from '../../../src/tripwire/lockdown.ts'
import { NondeterminismError } from '../../../src/tripwire/tripwire.ts'

// Not while the file is being loaded: the test runner swaps `process.nextTick` around that.
let lockdown: Lockdown
beforeAll(() => {
  lockdown = installLockdown()
})

/** Runs under the lock-down. What was caught is thrown. */
function locked<Value>(run: () => Value): Value {
  lockdown.enter()
  try {
    return run()
  } finally {
    lockdown.leave()
  }
}

function caught(run: () => unknown): NondeterminismError {
  try {
    locked(run)
  } catch (error) {
    if (error instanceof NondeterminismError) return error
    throw error
  }
  throw new Error('nothing was caught')
}

describe('what is trapped', () => {
  const cases: readonly (readonly [called: string, run: () => unknown])[] = [
    ['Math.random', () => Math.random()],
    ['Math.random', () => Reflect.get(Math, 'random')()],
    ['Math.log', () => Math.log(2)],
    ['Math.pow', () => Reflect.get(Math, 'pow')(2, 0.5)],
    ['Math.sin', () => [1].map(Math.sin)],
    ['Date.now', () => Date.now()],
    ['new Date', () => new Date()],
    ['Date', () => Date()],
    ['new Date', () => Reflect.construct(new Date(0).constructor as DateConstructor, [])],
    ['Date.prototype.getHours', () => new Date(0).getHours()],
    ['performance.now', () => performance.now()],
    ['process.hrtime', () => process.hrtime()],
    ['process.hrtime.bigint', () => process.hrtime.bigint()],
    ['process.memoryUsage', () => process.memoryUsage()],
    ['setTimeout', () => setTimeout(() => {}, 1)],
    ['setImmediate', () => setImmediate(() => {})],
    ['queueMicrotask', () => queueMicrotask(() => {})],
    ['crypto.getRandomValues', () => crypto.getRandomValues(new Uint8Array(1))],
    ['crypto.randomUUID', () => crypto.randomUUID()],
    ['crypto.randomBytes', () => randomBytes(1)],
    ['crypto.subtle.digest', () => crypto.subtle.digest('SHA-256', new Uint8Array(1))],
    ['fs.readFileSync', () => readFileSync('/dev/null')],
    ['fetch', () => fetch('http://127.0.0.1:1')],
    ['WeakRef', () => new WeakRef({})],
    ['String.prototype.localeCompare', () => ['b', 'a'].sort((x, y) => x.localeCompare(y))],
    ['Number.prototype.toLocaleString', () => (1_000).toLocaleString()],
    ['Intl.NumberFormat', () => new Intl.NumberFormat()],
    ['AbortSignal.timeout', () => AbortSignal.timeout(1)],
  ]
  for (const [called, run] of cases) {
    test(`${called}, from ${run.toString().slice(6, 46)}`, () => {
      expect(caught(run).called).toBe(called)
    })
  }

  // The test runner puts its own in the place of this one, for a moment, whenever it reports.
  test('process.nextTick, in a process without a test runner', () => {
    const lockdownFile = new URL('../../../src/tripwire/lockdown.ts', import.meta.url).href
    const program = `
      import { installLockdown } from '${lockdownFile}'
      const lockdown = installLockdown()
      lockdown.enter()
      try { process.nextTick(() => {}) } catch (error) { console.log(error.called) }
      try { lockdown.leave() } catch { console.log('told again') }`
    const options = { encoding: 'utf8' } as const
    const args = ['--no-warnings', '--input-type=module', '--eval', program]
    expect(spawnSync(process.execPath, args, options).stdout).toBe('process.nextTick\ntold again\n')
  })

  test('modules that reach out of the process', async () => {
    const modules = {
      net: await import('node:net'),
      http: await import('node:http'),
      dns: await import('node:dns'),
      child: await import('node:child_process'),
      threads: await import('node:worker_threads'),
      zlib: await import('node:zlib'),
      timers: await import('node:timers/promises'),
    }
    const { net, http, dns, child, threads, zlib, timers } = modules
    expect(caught(() => net.connect(1)).called).toBe('net.connect')
    expect(caught(() => http.get('http://127.0.0.1:1')).called).toBe('http.get')
    expect(caught(() => dns.lookup('localhost', () => {})).called).toBe('dns.lookup')
    expect(caught(() => child.spawn('true')).called).toBe('child_process.spawn')
    expect(caught(() => new threads.Worker('')).called).toBe('worker_threads.Worker')
    expect(caught(() => zlib.deflate('x', () => {})).called).toBe('zlib.deflate')
    expect(caught(() => timers.setTimeout(1)).called).toBe('timers/promises.setTimeout')
  })
})

describe('the error', () => {
  test('names the file and the line of the caller', () => {
    let lineBefore = 0
    const error = caught(() => {
      lineBefore = Number(/:(\d+):\d+\)?$/.exec(new Error('here').stack?.split('\n')[1] ?? '')?.[1])
      Math.random()
    })
    expect(error.caller).toBe(`test/unit/tripwire/lockdown.test.ts:${lineBefore + 1}`)
    expect(error.message).toBe(`Math.random was called in simulated code at ${error.caller}`)
  })

  test('is thrown again at the end if the simulated code swallowed it', () => {
    const swallow = (): string => {
      try {
        return `${Math.random()}`
      } catch {
        return 'nothing to see'
      }
    }
    lockdown.enter()
    expect(swallow()).toBe('nothing to see')
    expect(() => lockdown.leave()).toThrow(NondeterminismError)
  })

  test('does not haunt the next run', () => {
    expect(caught(() => Math.random()).called).toBe('Math.random')
    expect(locked(() => 1)).toBe(1)
  })
})

describe('what is let through', () => {
  test('everything, while it is off', () => {
    expect(Math.random()).toBeLessThan(1)
    expect(Date.now()).toBeGreaterThan(0)
    expect(new Date()).toBeInstanceOf(Date)
    expect(typeof Date()).toBe('string')
    expect(readFileSync('/dev/null')).toHaveLength(0)
  })

  test('what is the same each time', () => {
    expect(locked(() => new Date(0).toISOString())).toBe('1970-01-01T00:00:00.000Z')
    expect(locked(() => Date.UTC(2020))).toBe(1_577_836_800_000)
    expect(locked(() => Math.sqrt(2) + Math.floor(1.5) + Math.imul(2, 3))).toBeGreaterThan(8)
    expect(locked(() => createHash('sha256').update('x').digest('hex'))).toHaveLength(64)
    expect(locked(() => new Date(5) instanceof Date)).toBe(true)
  })

  test('it nests, and installing it again changes nothing', () => {
    expect(installLockdown()).toBe(lockdown)
    lockdown.enter()
    lockdown.enter()
    lockdown.leave()
    expect(() => Math.random()).toThrow(NondeterminismError)
    expect(() => lockdown.leave()).toThrow(NondeterminismError)
    expect(Math.random()).toBeLessThan(1)
  })

  test('hashing, signing and checking with noble', () => {
    const secret = new Uint8Array(32).fill(7)
    const message = new Uint8Array(40).fill(3)
    const { longSignatures: bls } = bls12_381
    const results = locked(() => {
      const signature = ed25519.sign(message, secret)
      const point = bls.hash(message)
      const blsSignature = bls.sign(point, secret)
      return [
        blake3(message).length === 32,
        ed25519.verify(signature, message, ed25519.getPublicKey(secret)),
        bls.verify(blsSignature, point, bls.getPublicKey(secret)),
      ]
    })
    expect(results).toEqual([true, true, true])
  })

  test('but not making a key with noble', () => {
    expect(caught(() => ed25519.keygen()).called).toBe('crypto.getRandomValues')
  })

  test('seedrandom and fast-check with a seed', () => {
    expect(locked(() => seedrandom.xor128('a').int32())).toBe(seedrandom.xor128('a').int32())
    const property = fc.property(fc.array(fc.integer()), fc.double(), (list, number) => {
      return list.length < 6 || Number.isNaN(number)
    })
    const details = locked(() => fc.check(property, { seed: 1, numRuns: 200 }))
    expect(details.failed).toBe(true)
    expect(details.counterexample?.[0]).toHaveLength(6)
  })
})

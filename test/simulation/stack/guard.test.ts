/** What simulated code may not do, and what becomes of a run in which it does. */
import { spawnSync } from 'node:child_process'
import { generateKeyPair, pbkdf2, randomBytes, sign } from 'node:crypto'
import { lookup } from 'node:dns'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { hostname } from 'node:os'
import { gzip } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { presentHost } from '../../../sim/stack/host.ts'
import { StreamWorld } from '../../../sim/stack/stream-world.ts'
import { asTask, installStack } from '../../../sim/stack/world.ts'
import { installLockdown } from '../../../src/tripwire/lockdown.ts'
import { NondeterminismError } from '../../../src/tripwire/tripwire.ts'

/** What a run ends with in which a program does this. */
async function endOf(main: () => unknown): Promise<unknown> {
  const world = new StreamWorld({ seed: 1 })
  world.addProgram('a', async () => {
    await Promise.resolve()
    await main()
  })
  return await world.runUntil(1_000).catch((error: unknown) => error)
}

const ecKey = [
  '-----BEGIN PRIVATE KEY-----',
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2',
  'OF/2NxApJCzGCEDdfSp6VQO30hyhRANCAAQRWz+jn65BtOMvdyHKcvjBeBSDZH2r',
  '1RTwjmYSi9R/zpBnuQ4EiMnCqfMPWiZqB4QdbAd0E7oH50VpuZ1P087G',
  '-----END PRIVATE KEY-----',
].join('\n')

describe('what is forbidden', () => {
  const cases: readonly (readonly [called: string, run: () => unknown])[] = [
    ['crypto.subtle.digest', () => crypto.subtle.digest('SHA-256', new Uint8Array(1))],
    ['crypto.pbkdf2', () => pbkdf2('a', 'b', 1, 8, 'sha256', () => {})],
    ['crypto.generateKeyPair', () => generateKeyPair('ed25519', () => {})],
    ['crypto.sign', () => sign('sha256', new Uint8Array(1), ecKey)],
    ['zlib.gzip', () => gzip('a', () => {})],
    ['fs.readFileSync', () => readFileSync('/dev/null')],
    ['fs/promises.readFile', () => readFile('/dev/null')],
    ['net.connect', () => connect(1)],
    ['dns.lookup', () => lookup('localhost', () => {})],
    ['os.hostname', () => hostname()],
    ['fetch', () => fetch('http://127.0.0.1:1')],
    ['MessageChannel', () => new MessageChannel()],
    ['WeakRef', () => new WeakRef({})],
    ['process.memoryUsage', () => process.memoryUsage()],
  ]
  test.each(cases)('%s', async (called, run) => {
    const error = await endOf(run)
    expect(error).toBeInstanceOf(NondeterminismError)
    expect(error).toMatchObject({
      called,
      caller: expect.stringMatching(/^test\/simulation\/stack\/guard\.test\.ts:\d+$/),
    })
  })

  test('stays so when the program swallows the error', async () => {
    const swallow = (): void => {
      try {
        hostname()
      } catch {}
    }
    expect(await endOf(swallow)).toMatchObject({ called: 'os.hostname' })
  })

  test('is Ed25519 not, nor what is synchronous and sound', async () => {
    const { createHash, createPrivateKey, generateKeyPairSync } = await import('node:crypto')
    const harmless = (): void => {
      const { privateKey } = generateKeyPairSync('ed25519')
      sign(
        null,
        new Uint8Array(1),
        createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })),
      )
      createHash('sha256').update('a').digest()
      structuredClone({ a: [1] })
      Math.log(2)
    }
    expect(await endOf(harmless)).toBe('time-reached')
  })

  test('keys that cannot be repeated', async () => {
    const { generateKeyPairSync } = await import('node:crypto')
    const error = await endOf(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }))
    expect(error).toMatchObject({ called: 'crypto.generateKeyPairSync(ec)' })
  })
})

describe('what nobody catches ends the run', () => {
  const boom = (): never => {
    throw new Error('boom')
  }
  test.each([
    ['a rejected promise', () => void Promise.reject(new Error('boom'))],
    ['a program that rejects', () => Promise.reject(new Error('boom'))],
    ['a timer that throws', () => void setTimeout(boom, 5)],
    ['a microtask that throws', () => queueMicrotask(boom)],
  ])('%s', async (_what, run) => {
    expect(await endOf(run)).toMatchObject({ message: 'boom' })
  })

  // The test runner puts its own `nextTick` in the place of this one, for a moment, whenever it reports.
  test.each([
    ['a tick that throws', 'process.nextTick(boom)'],
    [
      'a listener that throws',
      "const it = new EventTarget(); it.addEventListener('a', boom); it.dispatchEvent(new Event('a'))",
    ],
  ])('%s, in a process without a test runner', (_what, code) => {
    const file = new URL('../../../sim/stack/stream-world.ts', import.meta.url).href
    const program = `
      import { StreamWorld } from '${file}'
      const boom = () => { throw new Error('boom') }
      const world = new StreamWorld({ seed: 1 })
      world.addProgram('a', async () => { ${code} })
      console.log((await world.runUntil(1_000).catch((error) => error)).message)`
    const args = ['--input-type=module', '--eval', program]
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect([stdout, stderr]).toEqual(['boom\n', ''])
  })

  test('and a rejection that is caught in time does not', async () => {
    const late = (): void => {
      const rejected = Promise.reject(new Error('boom'))
      queueMicrotask(() => void rejected.catch(() => {}))
    }
    expect(await endOf(late)).toBe('time-reached')
  })
})

describe('code of nobody in a run', () => {
  test('may ask for neither time nor chance', async () => {
    for (const ask of [() => Math.random(), () => Date.now(), () => void setTimeout(() => {}, 1)]) {
      const world = new StreamWorld({ seed: 1 })
      world.simulation.at(5, ask)
      await expect(world.runUntil(10)).rejects.toBeInstanceOf(NondeterminismError)
    }
  })

  test('and under the lock-down may do less, while a host may do more', async () => {
    const lockdown = installLockdown()
    lockdown.exempt(() => presentHost() !== undefined)
    const world = new StreamWorld({ seed: 1 })
    const told: unknown[] = []
    world.addProgram('a', async () => {
      await Promise.resolve()
      queueMicrotask(() => told.push(Math.log(1), new Date(0).getTime(), randomBytes(2).length))
    })
    const locked = (): unknown => {
      lockdown.enter()
      try {
        return world.simulation.runUntil(1_000)
      } finally {
        lockdown.leave()
      }
    }
    expect(await asTask(locked)).toBe('time-reached')
    expect(told).toEqual([0, 0, 2])
    world.simulation.at(1_500, () => void Math.log(2))
    world.simulation.at(1_500, () => void told.push('goes on'))
    const later = (): unknown => {
      lockdown.enter()
      try {
        return world.simulation.runUntil(2_000)
      } finally {
        lockdown.leave()
      }
    }
    await expect(asTask(later)).rejects.toMatchObject({ called: 'Math.log' })
  })
})

test('a run that is begun within a promise is refused, as nothing could be run in it', async () => {
  const world = new StreamWorld({ seed: 1 })
  await Promise.resolve()
  expect(() => world.simulation.runUntil(10)).toThrow('a task of its own')
})

test('modules that are loaded find a clock that stands and the same chance each time', async () => {
  const stack = installStack()
  const asked = async (): Promise<unknown> => [Date.now(), Math.random(), performance.now()]
  const first = await stack.load(asked)
  expect(await stack.load(asked)).toEqual(first)
  expect(first).toMatchObject([1_700_000_000_000, expect.any(Number), 0])
  expect(Date.now()).toBeGreaterThan(1_700_000_100_000)
})

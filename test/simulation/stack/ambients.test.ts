/** That each clock and each source of chance of the runtime is the host's own, and that it would be noticed if not. */
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Answers, askAmbients, hearAmbients } from '../../support/stack/ambients.ts'

const program = resolve(import.meta.dirname, '../../support/stack/ambients.ts')

/** What the same program hears in a process of its own, with these left unpatched. */
function heardWithout(...except: readonly string[]): Answers {
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...except], {
    encoding: 'utf8',
  })
  expect([status, stderr]).toEqual([0, ''])
  return JSON.parse(stdout)
}

let heard: Answers
beforeAll(async () => {
  heard = await hearAmbients(1)
})

describe('what a host hears', () => {
  test('is the same each time, and in a process of its own', async () => {
    expect(await hearAmbients(1)).toEqual(heard)
    expect(heardWithout()).toEqual(JSON.parse(JSON.stringify(heard)))
  })

  test('of chance follows from the seed', async () => {
    const other = await hearAmbients(2)
    const chance = Object.keys(heard).filter((name) => /random|generate|getRandom/.test(name))
    const isDrawn = (name: string): boolean => !name.includes('callback')
    for (const name of chance.filter(isDrawn))
      expect([name, other[name]]).not.toEqual([name, heard[name]])
    expect(chance).toHaveLength(9)
  })

  test('of time is its own clock: offset and drift included', () => {
    expect(heard).toMatchObject({
      'Date.now': 1_700_000_000_253,
      'new Date': '2023-11-14T22:13:20.253Z',
      'performance.now': 3,
      'performance.timeOrigin': 1_700_000_000_250,
      'process.hrtime': [0, 3_000_000],
      'process.hrtime.bigint': '3000000',
      'process.uptime': 0.003,
    })
    expect(heard.Date).toContain('2023')
  })

  test('of waiting is that it lasted as long as was asked for, by that clock', () => {
    const from = 253
    expect(heard).toMatchObject({
      setTimeout: from + 5,
      'timers.setTimeout': from + 10,
      setImmediate: from + 10,
      setInterval: from + 31,
      'timers/promises.setTimeout': from + 42,
      'scheduler.wait': from + 45,
      'promisify(setTimeout)': from + 49,
      'AbortSignal.timeout': from + 58,
      'crypto.randomBytes, with a callback': from + 58,
    })
  })
})

describe('an ambient that is left unpatched is noticed', () => {
  test.each([
    ...['Date.now', 'Date', 'performance.now', 'performance.timeOrigin', 'process.hrtime'],
    ...['process.hrtime.bigint', 'process.uptime', 'Math.random', 'crypto.getRandomValues'],
    ...['crypto.randomUUID', 'crypto.randomBytes', 'crypto.randomFillSync', 'crypto.randomInt'],
    ...['crypto.generateKeyPairSync', 'setTimeout', 'setInterval', 'setImmediate'],
    ...['timers/promises.setTimeout', 'timers/promises.scheduler.wait', 'AbortSignal.timeout'],
  ])('%s', (name) => {
    expect(heardWithout(name)).not.toEqual(JSON.parse(JSON.stringify(heard)))
  })
})

describe('code of nobody, outside of a run', () => {
  test('sees the real clocks and the real chance', () => {
    const [one, two] = [askAmbients(), askAmbients()]
    expect(one['Math.random']).not.toBe(two['Math.random'])
    expect(one['crypto.randomUUID']).not.toBe(two['crypto.randomUUID'])
    expect(Number(one['Date.now'])).toBeGreaterThan(1_700_000_100_000)
  })

  test('has real timers', async () => {
    const begun = process.hrtime.bigint()
    await new Promise((done) => setTimeout(done, 2))
    expect(process.hrtime.bigint()).toBeGreaterThan(begun)
  })
})

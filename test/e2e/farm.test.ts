/**
 * A sweep on the farm, with a real Redis: a machine that is killed in mid-job, a Redis that is, and results that differ.
 * Without `redis-server` they are left out, and say so.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FarmStore } from '../../src/cli/farm/store.ts'
import { runAlys } from '../support/planted-tree.ts'
import { eventually, freePorts, killAll, startAlys } from './alys-process.ts'

const hasRedis = spawnSync('redis-server', ['--version']).status === 0
const noRedis = 'there is no redis-server here: apt-get install redis-server'

const folder = mkdtempSync(join(tmpdir(), 'alys-farm-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let server: ChildProcess | undefined
let redis: Redis | undefined
let url = ''
beforeEach(async (context) => {
  if (!hasRedis) context.skip(noRedis)
  const port = await freePorts(1)
  url = `redis://127.0.0.1:${port}`
  server = spawn('redis-server', ['--port', String(port), '--save', '', '--dir', folder], {
    stdio: 'ignore',
  })
  const client = new Redis(port, { retryStrategy: () => 100 })
  client.on('error', () => undefined)
  redis = client
  await client.ping()
})
afterEach(() => {
  redis?.disconnect()
  server?.kill('SIGKILL')
  killAll()
})

const sweep = ['one-crash-of-three', 'leader-isolated', '--seeds', '8']
const runs = 16

/** Puts the sweep in; the result is what it is called. */
async function begun(): Promise<string> {
  const { stdout } = await runAlys(['farm', ...sweep, '--seeds-per-job', '4', '--redis', url])
  const [, id = ''] = /^sweep ([0-9a-f]{12}): \d+ runs to do in 2 jobs\n$/.exec(stdout) ?? []
  expect([stdout, id.length]).toEqual([expect.stringContaining(`${runs} runs`), 12])
  return id
}

function told(id: string): Promise<number> {
  return redis?.hlen(`alys:farm:${id}:runs`) ?? Promise.resolve(0)
}

/** A machine that works, and has told some of its runs. */
async function working(id: string, ...options: readonly string[]) {
  const machine = startAlys('farm', 'work', '--redis', url, '--jobs', '1', ...options)
  const isUnderWay = async (): Promise<true | undefined> =>
    (await told(id)) > 0 ? true : undefined
  await eventually('a first result', 60_000, isUnderWay)
  return machine
}

function withoutTimes(file: string): string {
  return readFileSync(join(folder, file, 'report.json'), 'utf8')
    .replaceAll(/"(wallMs|elapsedMs)": [\d.]+/g, '')
    .replace(/ in [\d.]+ m?s/, '')
}

describe('a sweep on the farm', () => {
  test('outlives a machine, and comes to the report of one machine', async () => {
    const id = await begun()
    const first = await working(id, '--lock', '2s')
    first.child.kill('SIGKILL')
    expect(await first.ended).toBe('SIGKILL')
    const before = await told(id)
    expect(before).toBeLessThan(runs)
    const part = await runAlys(['farm', 'report', '--redis', url])
    expect([part.code, part.stderr]).toEqual([
      2,
      `sweep ${id}: ${runs - before} runs are missing\n`,
    ])

    const second = await runAlys(['farm', 'work', '--redis', url, '--lock', '2s'])
    expect(second.code).toBe(0)
    expect(second.stdout).toBe(`sweep ${id}: ${runs - before} runs were done here\n`)
    const report = ['farm', 'report', '--redis', url, '--out', join(folder, 'farm')]
    expect((await runAlys(report)).code).toBe(0)
    await runAlys(['sim', ...sweep, '--out', join(folder, 'sim')])
    expect(withoutTimes('farm')).toBe(withoutTimes('sim'))

    const again = await runAlys(['farm', ...sweep, '--seeds-per-job', '4', '--redis', url])
    expect(again.stdout).toBe(`sweep ${id}: 0 runs to do in 0 jobs\n`)
  })

  test('is left undecided by a Redis that goes away, and says what ran', async () => {
    const id = await begun()
    const machine = await working(id, '--give-up', '500ms')
    server?.kill('SIGKILL')
    expect(await machine.ended).toBe(2)
    expect(machine.stderr()).toContain('Redis is gone: what was done until then is kept')
    expect(machine.stdout()).toMatch(new RegExp(`^sweep ${id}: \\d+ runs were done here\\n$`))
  })

  test('is nondeterministic if two machines tell two things of one run', async () => {
    const id = await begun()
    await runAlys(['farm', 'work', '--redis', url])
    if (redis === undefined) throw new Error(noRedis)
    const store = new FarmStore(redis)
    const { plan, revision } = await store.sweep(id)
    const job = { scenario: 'leader-isolated', seed: 3, crypto: 'ideal', network: 'model' } as const
    const [known] = await store.runs({ id, plan, revision }, [job])
    if (known === undefined) throw new Error('the run was told')
    await store.add({ id, plan, revision }, { ...known, wallMs: 1 }, 0)
    expect((await runAlys(['farm', 'report', '--redis', url])).code).toBe(0)
    await store.add({ id, plan, revision }, { ...known, digest: 'f'.repeat(16) }, 0)
    const { code, stdout } = await runAlys(['farm', 'report', '--redis', url])
    expect(code).toBe(3)
    expect(stdout).toContain('NONDETERMINISTIC  leader-isolated seed 3: determinism')
    expect(stdout).toContain(`differ: digest ${known.digest}, and ffffffffffffffff`)
  })

  test('is of its sources alone', async () => {
    const id = await begun()
    const key = `alys:farm:${id}:head`
    const head = JSON.parse((await redis?.get(key)) ?? '')
    await redis?.set(key, JSON.stringify({ ...head, commit: 'c'.repeat(40), isDirty: false }))
    const { code, stderr } = await runAlys(['farm', 'work', '--redis', url])
    expect([code, stderr]).toEqual([
      4,
      expect.stringContaining(`sweep ${id} is of ${'c'.repeat(40)}, `),
    ])
    const other = await runAlys(['farm', 'report', '--redis', url, '--sweep', 'nowhere'])
    expect([other.code, other.stderr]).toEqual([
      4,
      expect.stringContaining(`--sweep nowhere: there is no such sweep; there are: ${id}\n`),
    ])
  })
})

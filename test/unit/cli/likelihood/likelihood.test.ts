/** The whole command, on a scenario whose outcome is settled at a known time; and what is said of it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Likelihood, markdownOf, textOf } from '../../../../src/cli/likelihood/page.ts'
import { sample } from '../../../../src/cli/likelihood/sampler.ts'
import type { WorkerRequest } from '../../../../src/cli/sim/worker.ts'
import { runAlys } from '../../../support/planted-tree.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'alys-likelihood-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A coin is thrown at three seconds, and what it shows is demanded at five. */
const coin = `
import { localLink } from '${resolve('sim/link.ts')}'
export const coin = {
  name: 'coin',
  title: 'A coin that is thrown at three seconds shows its head at five.',
  world: () => ({ members: 1, link: localLink }),
  story: (net) => {
    net.run(3_000)
    const isHead = net.simulation.random.fork('coin').chance(1, 2)
    net.run(2_000)
    net.require('head', isHead, 'it is a tail')
  },
}
`

describe('alys likelihood', () => {
  test('finds when a coin was thrown, and says it as text, as a page and as data', async () => {
    const file = join(folder, 'coin.mjs')
    writeFileSync(file, coin)
    const swept = await runAlys(['sim', file, '--seeds', '8', '--reporter', 'json'])
    const runs = swept.stdout.split('\n').flatMap((line) => (line === '' ? [] : JSON.parse(line)))
    const { seed } = runs.find(({ outcome }) => outcome === 'violated')
    const page = join(folder, 'coin.md')
    const line = ['likelihood', file, '--seed', `${seed}`, '--points', '6', '--tries', '12']
    const { code, stdout } = await runAlys([...line, '--json', '--out', page])
    const { property, bakedIn, points, isCut } = JSON.parse(stdout)
    expect([code, property, isCut]).toEqual([1, 'head', false])
    expect(bakedIn.fromMs).toBeGreaterThanOrEqual(2_000)
    expect(bakedIn.fromMs).toBeLessThanOrEqual(3_000)
    expect(bakedIn.toMs).toBeGreaterThan(3_000)
    expect(bakedIn.toMs - bakedIn.fromMs).toBeLessThan(100)
    for (const { atMs, share, low, high } of points) {
      expect(low).toBeLessThanOrEqual(share)
      expect(high).toBeGreaterThanOrEqual(share)
      if (atMs > 3_000) expect(share).toBe(1)
      else expect(share).toBeLessThan(0.95)
    }
    const text = readFileSync(page, 'utf8')
    expect(text).toContain(`# When ${file} seed ${seed} is bound to fail`)
    expect(text).toMatch(/Baked in between [23]\.\d{3} s and 3\.\d{3} s, when the share rises from/)
  })

  test('has nothing to say of a run that holds', async () => {
    const { code, stdout } = await runAlys(['likelihood', 'one-crash-of-three', '--seed', '1'])
    expect(stdout).toBe('one-crash-of-three seed 1: held, there is nothing to ask about\n')
    expect(code).toBe(0)
  })
})

const job = { scenario: 'swarm', seed: 5, crypto: 'ideal', network: 'model' } as const

describe('tries of points', () => {
  const asked: WorkerRequest[] = []
  const stop = new AbortController()
  const sampled = (stopAfter = 1_000) => {
    asked.length = 0
    return sample([1_000, 3_000], 5, {
      crew: {
        ask: async (request) => {
          asked.push(request)
          if (asked.length === stopAfter) stop.abort()
          const { reseeds = [] } = request.job
          const { atMs = 0, seed = 0 } = reseeds.at(-1) ?? {}
          if (seed === 5) return { died: 'SIGKILL' }
          const isTail = atMs === 3_000 || seed % 2 === 0
          const failure = { property: seed === 4 ? 'other' : 'head', detail: '', atMs }
          const outcome = isTail ? 'violated' : 'held'
          const report = { ...request.job, outcome, ...(isTail ? { failure } : {}) }
          return { report, checkpoints: [], notes: [] } as never
        },
      },
      job: { ...job, reseeds: [{ atMs: 2_000, seed: 9 }] },
      told: {},
      property: 'head',
      stop: stop.signal,
      onFinished: () => undefined,
    })
  }

  test('are one of each point after the other, and count what fails in the same way', async () => {
    expect(await sampled()).toEqual([
      { atMs: 1_000, tries: 4, failed: 1 },
      { atMs: 3_000, tries: 4, failed: 3 },
    ])
    const reseeds = asked.slice(0, 3).map((request) => request.job.reseeds)
    // Later seeds of the run are of the past that it keeps, or of the future that it does not.
    expect(reseeds).toEqual([
      [{ atMs: 1_000, seed: 1 }],
      [
        { atMs: 2_000, seed: 9 },
        { atMs: 3_000, seed: 1 },
      ],
      [{ atMs: 1_000, seed: 2 }],
    ])
  })

  test('that are stopped leave what was tried by then', async () => {
    const points = await sampled(4)
    expect(points.map(({ tries }) => tries)).toEqual([1, 1])
  })
})

describe('what is said of it', () => {
  const failure = { property: 'head', detail: 'it is a tail', atMs: 5_000 }
  const points = [
    { atMs: 0, tries: 10, failed: 4 },
    { atMs: 5_000, tries: 10, failed: 5 },
  ]
  const found: Likelihood = {
    ...{ job, failure, faults: 'same', tries: 10, points, isCut: true },
    stretch: undefined,
  }

  test('is a table with exact intervals and bars', () => {
    expect(textOf(found).split('\n')).toEqual([
      'swarm seed 5 breaks head at 5.000 s.',
      'How many runs do, that are the same until a time; chance after it is another, and faults are those of the run:',
      '',
      'same until  fail  share  95 % interval',
      '   0.000 s  4/10   40 %   12 % to 74 %  ████████████',
      '   5.000 s  5/10   50 %   19 % to 81 %  ███████████████',
      '',
      'Stopped before all 10 tries of each were run.',
      'The share rises little by little, and nowhere much.',
    ])
  })

  test.each([
    [[8, 9], 'Nowhere does the share rise much: by this world alone 80 % fail.'],
    [[0, 2], 'Nowhere does the share rise much: it takes luck until the very end, 5.000 s.'],
  ])('without a stretch says why: %j', ([first = 0, last = 0], verdict) => {
    const other = [
      { atMs: 0, tries: 10, failed: first },
      { atMs: 5_000, tries: 10, failed: last },
    ]
    expect(textOf({ ...found, points: other, isCut: false })).toContain(verdict)
  })

  test('is nothing where nothing was run', () => {
    const none = points.map(({ atMs }) => ({ atMs, tries: 0, failed: 0 }))
    expect(markdownOf({ ...found, points: none }, 'alys likelihood')).toContain('Nothing was run.')
  })
})

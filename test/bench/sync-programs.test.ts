/** The programs of the suite of sync, on a small chain: that they run and report, not how fast. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Contender, nodeProgram, type Standing } from '../../bench/contest.ts'
import { nodeSection, stageSection } from '../../bench/sync/node-figures.ts'
import { planOf, type SyncScene } from '../../bench/sync/plan.ts'
import { simSection } from '../../bench/sync/sim-figures.ts'
import { present } from '../../src/base/assert.ts'

const blocks = 200
const quickPlan = planOf(true)
const chainPlan = { ...quickPlan.chain, blocks, senders: 32 }
const plan = {
  ...{ ...quickPlan, chain: chainPlan, heights: { one: 100, batched: blocks } },
  ...{ linkBlocks: 20, crowdBlocks: 20, relays: 20 },
}
const run = promisify(execFile)

let folder = ''
let scene: SyncScene

async function standingOf({ command: [program = '', ...args] }: Contender): Promise<Standing> {
  const { stdout } = await run(program, args)
  return JSON.parse(stdout) as Standing
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'alys-test-'))
  const { senders, certifiedEvery } = chainPlan
  const command = nodeProgram('sync/make-chain.ts', folder, blocks, senders, certifiedEvery)
  const [program = '', ...args] = command
  await run(program, args)
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
  scene = { plan, chain: { ...manifest, folder: join(folder, 'data') } }
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true }))

describe('the suite of sync', () => {
  test('has real nodes and importers that end with a block of the chain', async () => {
    const sections = [nodeSection(scene), stageSection(scene)]
    const standings = new Map<string, Standing>()
    const all = sections.flatMap(({ contenders }) => contenders)
    // One after the other: the data of a chain is open for one at a time. With its stages or without, it is one program.
    for (const contender of all.filter(({ name }) => name !== 'node')) {
      standings.set(contender.name, await standingOf(contender))
    }
    const profiled = present(standings.get('node, with its stages'), 'a node')
    standings.set('node', profiled)
    const figures = sections.flatMap((section) => section.figures(standings))
    expect(new Set(figures.map(({ name }) => name)).size).toBe(figures.length)
    expect(figures.every(({ value }) => Number.isFinite(value))).toBe(true)
    const stages = figures.filter(({ boundBy }) => boundBy.endsWith('of the whole'))
    const sum = stages.reduce((total, { value }) => total + value, 0)
    const [whole] = profiled.samples
    expect(sum).toBeCloseTo((1_000 * (whole?.cpuMs ?? 0)) / blocks, 3)
  }, 180_000)

  test('has simulated nodes that do the same each time', async () => {
    const section = simSection(plan)
    const runs = [...section.contenders, ...section.contenders].map(async (contender) => {
      return [contender.name, await standingOf(contender)] as const
    })
    const all = await Promise.all(runs)
    expect(new Set(all.map(([, { check }]) => check)).size).toBe(section.contenders.length)
    const figures = section.figures(new Map(all))
    expect(figures.every(({ value }) => Number.isFinite(value))).toBe(true)
  }, 60_000)
})

/** The programs of the suite of gossip, with little to do: that they run and report, not how fast. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Standing } from '../../bench/contest.ts'
import {
  blockSection,
  connectSection,
  crowdSection,
  type Section,
  transferSection,
} from '../../bench/gossip/figures.ts'
import { parityPage, paritySection } from '../../bench/gossip/parity/figures.ts'
import { quickPlan } from '../../bench/gossip/plan.ts'
import { thisMachine } from '../../bench/machine.ts'
import type { Figure } from '../../bench/report.ts'

const run = promisify(execFile)

/** Two at a time, as there are cores. */
async function figuresOf(sections: readonly Section[]): Promise<readonly Figure[]> {
  const waiting = sections.flatMap(({ contenders }) => contenders)
  const standings = new Map<string, Standing>()
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [program = '', ...args] = next.command
      const { stdout } = await run(program, args)
      standings.set(next.name, JSON.parse(stdout) as Standing)
    }
  }
  await Promise.all([lane(), lane()])
  return sections.flatMap((section) => section.figures(standings))
}

describe('the suite of gossip', () => {
  test('has nodes, connections, crowds and answers, each with a figure of its own', async () => {
    const sections = [blockSection, connectSection, crowdSection, transferSection]
    const figures = await figuresOf(sections.map((section) => section(quickPlan)))
    expect(new Set(figures.map(({ name }) => name)).size).toBe(figures.length)
    expect(figures.every(({ value }) => Number.isFinite(value) && value > 0)).toBe(true)
    const overheads = figures.filter(({ name }) => name.endsWith('beside those of answers'))
    expect(overheads.every(({ value, floor = 0 }) => value < floor)).toBe(true)
  }, 120_000)

  test('plays one load on every network, and everybody gets every block', async () => {
    const figures = await figuresOf([paritySection(quickPlan)])
    const delivered = figures.filter(({ name }) => name.endsWith(': delivered'))
    expect(delivered.length).toBeGreaterThan(0)
    expect(delivered.every(({ value }) => value === 100)).toBe(true)
    const page = parityPage({ suite: 'gossip', machine: thisMachine(), results: figures })
    expect(page.split('\n').filter((line) => /^\| (gossiped|fetched), /.test(line))).toHaveLength(
      delivered.length,
    )
  }, 120_000)
})

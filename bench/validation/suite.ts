/**
 * How fast blocks are validated: by the kernel on one thread, by the pool, and by those who have no kernel, all of them on
 * the same chain. OpenSSL by way of node:crypto is the yardstick of this suite: ratios are to it, in the same run.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assert } from '../../src/base/assert.ts'
import { contest, type Standings, standingOf } from '../contest.ts'
import type { Figure } from '../report.ts'
import type { Suite, SuiteOptions } from '../suite.ts'
import { blockSection, equalBlockPrograms } from './block-figures.ts'
import { breakdownSection } from './breakdown-figures.ts'
import { chainSigners, makeChain, saveChain } from './chain.ts'
import { hashSection } from './hash-figures.ts'
import { memorySection } from './memory-figures.ts'
import { type ChainFile, fullPlan, itemCounts, type Plan, quickPlan, type Section } from './plan.ts'
import { validationPlot } from './plot.ts'
import { equalPoolPrograms, poolSection } from './pool-figures.ts'
import { certificateSection, latencySection } from './service-figures.ts'
import { signatureSection } from './signature-figures.ts'

export const validationSuite: Suite = {
  name: 'validation',
  title: 'blocks with their hashes and signatures: the kernel, the pool, and who has neither',
  measure: (options) => measure(options.isQuick ? quickPlan : fullPlan, options),
  plot: validationPlot,
}

function measure(plan: Plan, options: SuiteOptions): readonly Figure[] {
  const folder = mkdtempSync(join(tmpdir(), 'alys-bench-'))
  try {
    return measureIn(folder, plan, options)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function measureIn(folder: string, plan: Plan, { onProgress }: SuiteOptions): readonly Figure[] {
  onProgress('making the chains')
  const fileOf: ChainFile = (items, hashName) => join(folder, `${hashName}-${items}`)
  makeChains(plan, fileOf)
  const sections = validationSections(plan, fileOf)
  const standings = contestAll(sections, onProgress)
  requireEqualVerdicts(standings)
  return sections.flatMap((section) => section.figures(standings))
}

/** Sections with as many rounds are measured in turns with each other. */
function contestAll(
  sections: readonly Section[],
  onProgress: SuiteOptions['onProgress'],
): Standings {
  const byRounds = Map.groupBy(sections, (section) => section.rounds)
  return new Map(
    [...byRounds].flatMap(([rounds, group]) => {
      const contenders = group.flatMap((section) => section.contenders)
      return [...contest(contenders, rounds, onProgress)]
    }),
  )
}

/** What is measured, in the order in which it is shown. Nothing is begun yet. */
export function validationSections(plan: Plan, fileOf: ChainFile): readonly Section[] {
  return [
    blockSection(plan, fileOf),
    poolSection(plan, fileOf),
    latencySection(plan, fileOf),
    certificateSection(plan, fileOf),
    memorySection(plan, fileOf),
    signatureSection(plan, fileOf),
    hashSection(plan),
    breakdownSection(plan, fileOf),
  ]
}

function makeChains({ blocks, fewBlocks }: Plan, fileOf: ChainFile): void {
  const signers = chainSigners()
  for (const items of itemCounts) {
    const blake3 = { blocks: blocks[items], items, hashName: 'blake3' } as const
    const sha256 = { blocks: fewBlocks[items], items, hashName: 'sha256' } as const
    for (const shape of [blake3, sha256]) {
      saveChain(fileOf(items, shape.hashName), makeChain(shape, signers))
    }
  }
}

/** Contenders that did not come to the same verdicts over the same blocks are not to be compared. */
function requireEqualVerdicts(standings: Standings): void {
  for (const items of itemCounts) {
    const names = [...equalBlockPrograms(items), ...equalPoolPrograms(items)]
    const checks = new Set(names.map((name) => standingOf(standings, name).check))
    assert(checks.size === 1, `all of ${names.join(', ')} come to the same verdicts`)
  }
}

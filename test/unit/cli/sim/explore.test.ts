import { describe, expect, test } from 'vitest'
import { Explorer } from '../../../../sim/explore/explorer.ts'
import type { Exploration } from '../../../../src/cli/sim/explore.ts'
import { exploreJson, exploreText } from '../../../../src/cli/sim/explore-report.ts'
import { Findings } from '../../../../src/cli/sim/findings.ts'
import type { Outcome, RunReport } from '../../../../src/cli/sim/report.ts'
import { reportOf } from '../../../support/run-reports.ts'

const reseeds = [{ atMs: 12_400, seed: 77 }]

function broken(seed: number, property: string, outcome: Outcome = 'violated'): RunReport {
  const failure = { property, detail: 'two blocks', atMs: 12_345.5 }
  return reportOf('swarm', seed, outcome, { failure, reseeds })
}

/** Forty runs, of which each shows something that none before it has, up to the twentieth. */
function explored(...more: readonly RunReport[]): Exploration {
  const explorer = new Explorer({ seed: 1, worlds: ['swarm'], isGuided: true })
  const findings = new Findings()
  const runs = Array.from({ length: 40 }, (_, index) => reportOf('swarm', index + 1))
  for (const report of [...runs, ...more]) {
    const feature = Math.min(report.seed, 20)
    explorer.hear({ world: 'swarm', route: { seed: report.seed, reseeds: [] } }, [[feature, 1]])
    findings.add(report, explorer.corpus('swarm').size)
  }
  const settings = {
    ...{ explorer, strategy: 'guided', seed: 1, scenarios: ['swarm'] },
    manner: { crypto: 'ideal', network: 'model' } as const,
    ...{ workersMax: 1, runsMax: 40, timeBudgetMs: undefined, quietMax: undefined, out: undefined },
  }
  return { settings, findings, end: 'done', elapsedMs: 1_500 }
}

describe('what exploring came to', () => {
  test('is how much was seen after how many runs, and how likely more is', () => {
    const text = exploreText(explored())
    expect(text).toMatch(/\n +20 +20 +2\n +40 +20 +2\n/)
    // Nineteen runs of forty have shown what no other has.
    expect(text).toMatch(/\nswarm +40 +20 +19 +48 %\n/)
    expect(text).toContain('Goals that no run reached: blocks committed by votes, ')
    expect(text).toMatch(/\nguided, from seed 1 on: 40 runs in 1\.5 s, all held\n$/)
  })

  test('is each kind of violation once, with the command that repeats its first run', () => {
    const text = exploreText(
      explored(broken(50, 'prefix'), broken(51, 'agreement'), broken(52, 'prefix')),
    )
    expect(text.match(/VIOLATED/g)).toHaveLength(2)
    expect(text).toContain(
      [
        'VIOLATED  swarm: prefix, in 2 runs',
        '  two blocks',
        '  first in run 41, at virtual time 12.345500 s, digest 00112233aabbccdd',
        '  repeat: npx alys replay swarm --seed 50 --reseed 12.4s:77\n',
      ].join('\n'),
    )
    expect(text).toMatch(/ 43 runs in 1\.5 s, 3 did not hold, of 2 kinds\n$/)
  })

  test('is one document for machines', () => {
    const document = JSON.parse(exploreJson(explored(broken(50, 'prefix')), undefined))
    expect(document).toMatchObject({ format: 'alys-exploration', strategy: 'guided', end: 'done' })
    expect(document.growth.map(({ runs }: { runs: number }) => runs)).toEqual([1, 2, 5, 10, 20, 41])
    expect(document.scenarios).toEqual([
      { scenario: 'swarm', runs: 41, features: 20, seenOnce: 19, chanceOfNews: 19 / 41 },
    ])
    const [violation] = document.violations
    expect(violation).toMatchObject({
      after: 41,
      runs: 1,
      first: { seed: 50, property: 'prefix', reseeds },
    })
    expect(violation.command).toBe('npx alys replay swarm --seed 50 --reseed 12.4s:77')
  })
})

test('findings of very many kinds are all counted, and told apart within bounds', () => {
  const findings = new Findings()
  for (let seed = 1; seed <= 1_000; seed += 1) findings.add(broken(seed, `p${seed}`), 1)
  findings.add(broken(1, 'p1'), 1)
  findings.add(broken(1, 'determinism', 'nondeterministic'), 1)
  expect(findings.add(broken(1, 'progress', 'unknown'), 1)).toBe(false)
  expect(findings.found).toHaveLength(500)
  const { failed, nondeterministic, unknown } = findings
  expect([failed, nondeterministic, unknown]).toEqual([1_001, 1, 1])
})

import { beforeAll, describe, expect, test } from 'vitest'
import { scenarios } from '../../scenarios/catalogue.ts'
import { idealScheme } from '../../sim/cluster/ideal.ts'
import { type RunOutcome, runScenario, type Scenario } from '../../sim/cluster/scenario.ts'
import { installLockdown, type Lockdown } from '../../src/platform/lockdown.ts'

let guard: Lockdown
beforeAll(() => {
  guard = installLockdown()
})

function run(scenario: Scenario, seed: number, untilMs = Number.MAX_SAFE_INTEGER): RunOutcome {
  return runScenario(scenario, seed, { crypto: idealScheme(), guard, untilMs })
}

/** Long stories are told again only in part. */
const twiceMsMax = 60_000

describe.each(scenarios)('$name', (scenario) => {
  test('holds with the first two seeds, which are not told alike', () => {
    const [one, two] = [run(scenario, 1), run(scenario, 2)]
    expect([one.violation, two.violation]).toEqual([undefined, undefined])
    expect(one.height).toBeGreaterThan(0)
    expect(one.digest).not.toBe(two.digest)
  })

  test('is told the same way each time', () => {
    expect(run(scenario, 3, twiceMsMax)).toEqual(run(scenario, 3, twiceMsMax))
  })
})

test('a run that is cut off ends there, and is not asked for what it did not come to see', () => {
  const [calm] = scenarios
  if (calm === undefined) throw new Error('there are no scenarios')
  const cut = run(calm, 1, 20_000)
  expect(cut).toMatchObject({ outcome: 'held', virtualMs: 20_000 })
  expect(cut.height).toBeLessThan(run(calm, 1).height)
})

import { beforeAll, describe, expect, test } from 'vitest'
import { scenarios } from '../../scenarios/catalogue.ts'
import { idealScheme } from '../../sim/cluster/ideal.ts'
import { type RunOutcome, runScenario, type Scenario } from '../../sim/cluster/scenario.ts'
import type { Reseed } from '../../sim/simulation.ts'
import { Tracer } from '../../sim/trace/tracer.ts'
import { present } from '../../src/base/assert.ts'
import { installLockdown, type Lockdown } from '../../src/tripwire/lockdown.ts'

let guard: Lockdown
beforeAll(() => {
  guard = installLockdown()
})

function run(
  scenario: Scenario,
  seed: number,
  untilMs = Number.MAX_SAFE_INTEGER,
  reseeds: readonly Reseed[] = [],
): RunOutcome {
  return runScenario(scenario, seed, { crypto: idealScheme(), guard, untilMs, reseeds })
}

/** How much of each story is told here. The sweep and `alys check-determinism` tell more seeds, and all of each. */
const toldMs = 15_000
/** Something happens by then, in the smallest federation with the longest slots too: three members, of eight seconds each. */
const eventsMin = 400

describe.each(scenarios)('$name', (scenario) => {
  test('holds so far, is told the same way to who looks on, and not alike with another seed', () => {
    const told = run(scenario, 1, toldMs)
    expect(told.violation).toBeUndefined()
    expect(told.events).toBeGreaterThan(eventsMin)
    const tracer = new Tracer()
    const options = { crypto: idealScheme(), guard, untilMs: toldMs, tracer }
    expect(runScenario(scenario, 1, options)).toEqual(told)
    expect(tracer.records.length).toBeGreaterThan(eventsMin)
    expect(run(scenario, 2, toldMs).digest).not.toBe(told.digest)
  })
})

test('a later seed leaves a federation as it is up to its time, and changes it from then on', () => {
  const swarm = present(
    scenarios.find(({ name }) => name === 'swarm'),
    'the swarm',
  )
  const told = (untilMs: number, seed?: number): string =>
    run(swarm, 5, untilMs, seed === undefined ? [] : [{ atMs: 12_400, seed }]).digest
  expect(told(12_399, 77)).toBe(told(12_399))
  expect(told(16_000, 77)).not.toBe(told(16_000))
  expect(told(16_000, 77)).toBe(told(16_000, 77))
  expect(told(16_000, 77)).not.toBe(told(16_000, 78))
})

test('a run that is cut off ends there, and is not asked for what it did not come to see', () => {
  const [calm] = scenarios
  if (calm === undefined) throw new Error('there are no scenarios')
  const cut = run(calm, 1, 20_000)
  expect(cut).toMatchObject({ outcome: 'held', virtualMs: 20_000 })
  expect(cut.height).toBeLessThan(run(calm, 1).height)
})

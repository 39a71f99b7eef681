import { describe, expect, test } from 'vitest'
import { swarm } from '../../../../../scenarios/swarm/swarm.ts'
import type { Cluster } from '../../../../../sim/cluster/cluster.ts'
import { type Fault, faultCatalogue } from '../../../../../sim/cluster/fault/catalogue.ts'
import type { FaultWishes } from '../../../../../sim/cluster/fault/nemesis.ts'
import { drawSources } from '../../../../../sim/cluster/fault/swarm.ts'
import { idealScheme } from '../../../../../sim/cluster/ideal.ts'
import { runScenario } from '../../../../../sim/cluster/scenario.ts'
import { SimRandom } from '../../../../../sim/random.ts'

/** Some chaos, its healing left out. */
function tell(seed: number, wishes: FaultWishes) {
  let cluster: Cluster | undefined
  const onCluster = (begun: Cluster): void => {
    cluster = begun
  }
  const run = runScenario(swarm, seed, {
    crypto: idealScheme(),
    untilMs: 30_000,
    onCluster,
    ...wishes,
  })
  return { ...run, plan: cluster?.plan ?? [] }
}

/** All that would strike in ten minutes. */
function drawAll(key: string, wishes: FaultWishes): readonly Fault[] {
  const names = ['n0', 'n1', 'n2', 'n3']
  const stretch = { names, harmable: () => names, fromMs: 1_000, forMs: 600_000 }
  return drawSources(new SimRandom(key), wishes, stretch).flatMap((source) => {
    const faults: Fault[] = []
    while (source.nextMs !== undefined) faults.push(source.take())
    return faults
  })
}

describe('a plan', () => {
  test.each([1, 2, 3])('that is given back makes run %i happen again', (seed) => {
    const drawn = tell(seed, {})
    expect(drawn.plan.length).toBeGreaterThan(5)
    const plan = JSON.parse(JSON.stringify(drawn.plan)) as readonly Fault[]
    expect(tell(seed, { plan })).toEqual(drawn)
  })

  test('with less in it is what happens, and leaves the chance of the others alone', () => {
    const { plan, digest } = tell(1, {})
    const less = plan.filter((_, index) => index !== 3)
    const without = tell(1, { plan: less })
    expect(without.plan).toEqual(less)
    expect(without.digest).not.toBe(digest)
  })
})

describe('what is drawn', () => {
  test('is of the kinds that were wished for', () => {
    const kinds = new Set(
      drawAll('wished', { faults: ['crash', 'pause'], mix: 'uniform' }).map(({ kind }) => kind),
    )
    expect([...kinds].toSorted()).toEqual(['crash', 'pause'])
  })

  test('lies within its stretch, and in order', () => {
    const faults = drawAll('order', { faults: ['crash'], mix: 'uniform' })
    const times = faults.map(({ atMs }) => atMs)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(Math.min(...times)).toBeGreaterThanOrEqual(1_000)
    expect(Math.max(...times)).toBeLessThan(601_000)
  })

  test('is half of the kinds in a swarm, all in a uniform mix, and as many faults', () => {
    const all = faultCatalogue.length
    const worlds = Array.from({ length: 24 }, (_, index) => `world ${index}`)
    const drawn = (mix: 'swarm' | 'uniform') => {
      const plans = worlds.map((key) => drawAll(key, { mix }))
      const kinds = plans.map((plan) => new Set(plan.map(({ kind }) => kind)).size)
      const mean = (of: readonly number[]): number => of.reduce((sum, x) => sum + x, 0) / of.length
      return { kinds: mean(kinds), faults: mean(plans.map((plan) => plan.length)) }
    }
    const [some, every] = [drawn('swarm'), drawn('uniform')]
    expect(every.kinds).toBe(all)
    expect(some.kinds / all).toBeGreaterThan(0.4)
    expect(some.kinds / all).toBeLessThan(0.6)
    expect(some.faults / every.faults).toBeGreaterThan(0.8)
    expect(some.faults / every.faults).toBeLessThan(1.25)
  })
})

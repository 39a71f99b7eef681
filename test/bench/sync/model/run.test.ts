/** What the model says, as far as it must not change unnoticed. Virtual time, so the same on any machine. */
import { describe, expect, test } from 'vitest'
import { type Contestant, contestants } from '../../../../bench/sync/model/contestants.ts'
import { type MixName, mixes } from '../../../../bench/sync/model/mixes.ts'
import { runModel } from '../../../../bench/sync/model/run.ts'

const clean: readonly MixName[] = ['lan', 'one', 'equal', 'mixed', 'home', 'satellite']
const names = Object.keys(mixes) as MixName[]

describe('the model', () => {
  test.each(names)('%s: adaptive is done, blames nobody falsely, wastes little', (mix) => {
    const outcome = runModel(mix, 'adaptive', 1)
    // Six tenths of what is possible; four, where peers stall, lie or leave.
    const share = clean.includes(mix) ? 0.6 : 0.4
    expect(outcome.boundSeconds / outcome.seconds).toBeGreaterThan(share)
    expect(outcome.falselyBlamed).toBe(0)
    expect(outcome.wastedShare).toBeLessThan(0.03)
    expect(outcome.peakReservedBytes).toBeLessThanOrEqual(256 * 1_048_576)
    expect(outcome.peakReservedBlocks).toBeLessThanOrEqual(10_000)
  })

  test('each way of scheduling gets there in the end, and none blames an honest peer', () => {
    for (const contestant of Object.keys(contestants) as Contestant[]) {
      const outcome = runModel('large blocks', contestant, 1)
      expect(outcome.seconds).toBeLessThan(20_000)
      expect(outcome.falselyBlamed).toBe(0)
    }
  })

  test('the same seed gives the same figures', () => {
    expect(runModel('flaky', 'adaptive', 5)).toEqual(runModel('flaky', 'adaptive', 5))
  })

  test.each<MixName>(['equal', 'mixed', 'satellite', 'flaky', 'sleeper', 'liars'])(
    '%s: twice as fast as a fair sequential importer and more',
    (mix) => {
      const { seconds } = runModel(mix, 'batched sequential', 1)
      expect(runModel(mix, 'adaptive', 1).seconds * 2).toBeLessThan(seconds)
    },
  )

  test('hedges are worth most where peers stall', () => {
    const withHedges = runModel('stall', 'adaptive', 1).seconds
    expect(runModel('stall', 'without hedges', 1).seconds).toBeGreaterThan(1.5 * withHedges)
  })
})

import { describe, expect, test } from 'vitest'
import { seedsOf } from '../../../src/vitest/seeds.ts'

describe('the seeds of a test', () => {
  test.each([
    [{}, {}, [1, 20, false]],
    [{ seeds: 50, firstSeed: 7 }, {}, [7, 50, false]],
    [{ seeds: 50, firstSeed: 7 }, { ALYS_SEEDS: '500' }, [7, 500, false]],
    [{ seeds: 50 }, { ALYS_SEED: '0' }, [0, 1, true]],
    [{ seeds: 50 }, { ALYS_SEED: '9007199254740991', ALYS_SEEDS: '' }, [2 ** 53 - 1, 1, true]],
  ])('for %j and %j are %j', (wishes, variables, [firstSeed, seeds, isRepeated]) => {
    expect(seedsOf(wishes, variables)).toEqual({
      ok: true,
      value: { firstSeed, seeds, isRepeated },
    })
  })

  test.each([
    [{ seeds: 0 }, {}, 'seeds: 0: expected a whole number from 1 to 1000000000'],
    [{ seeds: 1.5 }, {}, 'seeds: 1.5: expected a whole number from 1'],
    [{ firstSeed: -1 }, {}, 'firstSeed: -1: expected a whole number from 0'],
    [
      { firstSeed: 2 ** 53 - 1, seeds: 2 },
      {},
      'expected a whole number from 0 to 9007199254740990',
    ],
    [{}, { ALYS_SEEDS: 'many' }, 'ALYS_SEEDS=many: expected a whole number from 1'],
    [{}, { ALYS_SEEDS: '0' }, 'ALYS_SEEDS=0: expected a whole number from 1'],
    [{}, { ALYS_SEED: '-3' }, 'ALYS_SEED=-3: expected a whole number from 0'],
    [{}, { ALYS_SEED: '9007199254740992' }, 'ALYS_SEED=9007199254740992: expected'],
    [{}, { ALYS_SEED: '1', ALYS_SEEDS: '2' }, 'ALYS_SEED=1 and ALYS_SEEDS=2: expected one of'],
  ])('are refused for %j and %j: %s', (wishes, variables, fault) => {
    expect(seedsOf(wishes, variables)).toMatchObject({
      ok: false,
      fault: expect.stringContaining(fault),
    })
  })
})

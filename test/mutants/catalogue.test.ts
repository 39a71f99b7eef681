import { expect, test } from 'vitest'
import { mutants } from './catalogue.ts'
import { mutated, sourceOf } from './plant.ts'

test.each(mutants)('$name can still be planted: its place in the code is there once', (mutant) => {
  expect(mutated(sourceOf(mutant), mutant)).not.toBe(sourceOf(mutant))
})

test('a place that is gone is reported', () => {
  for (const mutant of mutants.slice(0, 1)) {
    expect(() => mutated('other code', mutant)).toThrow('0 times')
  }
})

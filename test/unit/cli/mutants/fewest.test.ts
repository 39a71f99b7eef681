import { expect, test } from 'vitest'
import { fewest } from '../../../../src/cli/mutants/fewest.ts'

const all = Array.from({ length: 40 }, (_, index) => index)

test.each([
  [[], 'what needs none'],
  [[17], 'what needs one'],
  [[3, 38], 'what needs two that are far apart'],
  [[0, 19, 20, 39], 'what needs four'],
])('%j is found: %s', (needed) => {
  const found = fewest(all, (items) => needed.every((each) => items.includes(each)), 1_000)
  expect(found).toMatchObject({ items: needed, isMinimal: true })
})

test('an item that another needs only while it is there goes with it', () => {
  // 5 alone has the effect, and 5 with 6 only if 7 is there too.
  const holds = (items: readonly number[]): boolean =>
    items.includes(5) && (!items.includes(6) || items.includes(7))
  expect(fewest([5, 6, 7], holds, 1_000).items).toEqual([5])
})

test('the limit of tries is kept, and what is left then still has the effect', () => {
  const found = fewest(all, (items) => items.includes(17) && items.includes(30), 7)
  expect(found.tries).toBe(7)
  expect(found.isMinimal).toBe(false)
  expect(found.items).toContain(17)
  expect(found.items.length).toBeLessThan(all.length)
})

import { expect, test } from 'vitest'
import { fewest, searchInTurn } from '../../../sim/fewest.ts'

const all = Array.from({ length: 40 }, (_, index) => index)

test.each([
  [[], 'what needs none'],
  [[17], 'what needs one'],
  [[3, 38], 'what needs two that are far apart'],
  [[0, 19, 20, 39], 'what needs four'],
])('%j is found: %s', (needed) => {
  const found = searchInTurn(
    fewest(all),
    (items) => needed.every((each) => items.includes(each)),
    1_000,
  )
  expect(found).toMatchObject({ best: needed, isOver: true })
})

test('an item that another needs only while it is there goes with it', () => {
  // 5 alone has the effect, and 5 with 6 only if 7 is there too.
  const holds = (items: readonly number[]): boolean =>
    items.includes(5) && (!items.includes(6) || items.includes(7))
  expect(searchInTurn(fewest([5, 6, 7]), holds, 1_000).best).toEqual([5])
})

test('where nothing can be left out, nothing has held but the whole', () => {
  const found = searchInTurn(fewest([1, 2]), (items) => items.length === 2, 1_000)
  expect(found).toEqual({ best: undefined, tries: 3, isOver: true })
})

test('the limit of tries is kept, and what is left then still has the effect', () => {
  const found = searchInTurn(fewest(all), (items) => items.includes(17) && items.includes(30), 7)
  expect([found.tries, found.isOver]).toEqual([7, false])
  expect(found.best).toContain(17)
  expect(found.best).toContain(30)
  expect(found.best?.length).toBeLessThan(all.length)
})

import { expect, test } from 'vitest'
import { recipeLines, sizeOf, sizeText } from '../../../../src/cli/shrink/words.ts'
import { bigRecipe } from '../../../support/shrunk/a-case.ts'

const failure = { property: 'agreement', detail: 'two of them\nand more', atMs: 19_001.25 }

test('how much there is of a recipe is said in a line', () => {
  expect(sizeText(sizeOf(bigRecipe))).toBe('7 nodes, 5 faults, 3 transfers, 20 s')
  const small = { ...bigRecipe, world: { ...bigRecipe.world, members: 1, followers: 0 } }
  expect(sizeText(sizeOf({ ...small, plan: [], story: 'own' }))).toBe(
    '1 node, no faults, 3 transfers',
  )
})

test('a recipe in words goes through the world, what happens in the order of time, and the end', () => {
  const lines = recipeLines(bigRecipe, failure, false)
  expect(lines.slice(0, 3)).toEqual([
    '5 members, 2 followers, by the chance of swarm seed 7',
    'n4 breaks the rules: mutator',
    'f1 breaks the rules: bomber',
  ])
  expect(lines).toContainEqual(
    'not as usual: clockOffsetMs, tuning, hasDiskErrors, clockErrorMsMax',
  )
  const timed = lines.flatMap((line) => /^(?:at|from) ([\d.]+)s/.exec(line)?.[1] ?? [])
  expect(timed.map(Number)).toEqual(timed.map(Number).toSorted((a, b) => a - b))
  expect(timed).toHaveLength(9)
  expect(lines.at(-1)).toBe('at 19.00125s  agreement is broken: two of them')
})

test('what is not there is said as well', () => {
  const lines = recipeLines({ ...bigRecipe, plan: [], story: 'own' }, failure, true)
  expect(lines[0]).toBe('5 members, 2 followers, by any chance')
  expect(lines).toContain('no faults')
  expect(lines).toContain('the story is told by its own code')
})

import { expect, test } from 'vitest'
import { withoutNodes } from '../../../../src/cli/shrink/pass/nodes.ts'
import { bigRecipe } from '../../../support/shrunk/a-case.ts'

test('without a member, those after it close the gap, wherever they are named', () => {
  const { world, plan, transfers, story } = withoutNodes(bigRecipe, ['n2'])
  expect(world).toMatchObject({
    members: 4,
    followers: 2,
    clockOffsetMs: { n1: -40, n2: 120 },
    liars: { n3: 'mutator' },
    hostile: { f1: 'bomber' },
  })
  expect(plan.map(({ kind }) => kind)).toEqual(['slow-links', 'crash', 'partition', 'clock-jump'])
  expect(plan[2]).toMatchObject({ groups: [['n0'], ['n1', 'n2', 'n3']] })
  expect(plan[3]).toMatchObject({ node: 'n2' })
  expect(transfers.map(({ node }) => node)).toEqual(['n0', 'n3', 'f0'])
  expect(story).toEqual(bigRecipe.story)
})

test('what makes no sense without a node goes with it', () => {
  const { world, plan, transfers, story } = withoutNodes(bigRecipe, ['n1', 'n3', 'n4', 'f0'])
  expect(world).toMatchObject({ members: 2, followers: 1, hostile: { f0: 'bomber' }, own: [] })
  expect(world).not.toHaveProperty('liars')
  expect(world).not.toHaveProperty('clockOffsetMs')
  // Of one group alone, nothing is parted.
  expect(plan.map(({ kind }) => kind)).toEqual(['slow-links', 'crash-at-point'])
  expect(plan[1]).toMatchObject({ node: 'n1', on: { node: 'n1' } })
  expect(transfers.map(({ node }) => node)).toEqual(['n0'])
  expect(story).toEqual(bigRecipe.story === 'own' ? [] : bigRecipe.story.toSpliced(1, 1))
})

test('twins go with their members, and pairs of nodes with either', () => {
  const { hostile: _, liars: __, ...world } = bigRecipe.world
  const twice = withoutNodes(
    {
      ...bigRecipe,
      world: { ...world, twins: [1, 3], startLater: ['f0'] },
      plan: [
        {
          kind: 'cut-pairs',
          atMs: 1,
          forMs: 2,
          pairs: [
            ['n0', 'n1'],
            ['t3', 'n0'],
            ['n2', 't1'],
          ],
        },
      ],
    },
    ['n1', 'f0'],
  )
  expect(twice.world).toMatchObject({ members: 4, followers: 1, twins: [2] })
  expect(twice.world).not.toHaveProperty('startLater')
  expect(twice.plan).toEqual([{ kind: 'cut-pairs', atMs: 1, forMs: 2, pairs: [['t2', 'n0']] }])
})

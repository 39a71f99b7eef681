import { describe, expect, test } from 'vitest'
import type { Fault, FaultName } from '../../../../sim/cluster/fault/catalogue.ts'
import type { Recipe } from '../../../../sim/cluster/recipe.ts'
import { constant } from '../../../../sim/distribution.ts'
import { searchInTurn } from '../../../../sim/fewest.ts'
import { localLink } from '../../../../sim/link.ts'
import { type Case, isLegal } from '../../../../src/cli/shrink/case.ts'
import { smaller } from '../../../../src/cli/shrink/order.ts'
import { bigCase, bigRecipe } from '../../../support/shrunk/a-case.ts'

/** What is left of a case that breaks something whenever this is so of its recipe. */
function smallest(
  breaks: (recipe: Recipe) => boolean,
  whole: Case = bigCase,
): { readonly recipe: Recipe; readonly said: readonly string[] } {
  const said: string[] = []
  const { best } = searchInTurn(
    smaller(whole, 19_579.5),
    (candidate) => {
      expect(isLegal(candidate)).toBe(true)
      const holds = breaks(candidate.recipe)
      if (holds) said.push(candidate.what)
      return holds
    },
    10_000,
  )
  if (best === undefined) throw new Error('nothing held')
  return { recipe: best.recipe, said }
}

const has = ({ plan }: Recipe, ...kinds: readonly FaultName[]): boolean =>
  kinds.every((kind) => plan.some((fault) => fault.kind === kind))

describe('a case', () => {
  test('that breaks by itself ends with one node, nothing that happens, and a plain world', () => {
    const { recipe, said } = smallest(() => true)
    expect(recipe).toEqual({
      drawsAs: { scenario: 'swarm', seed: 7 },
      world: { members: 1, link: localLink, own: [] },
      plan: [],
      transfers: [],
      story: [{ kind: 'run', ms: 1_000 }],
    })
    const order = [
      'of the story',
      '0 of 5 faults',
      '0 of 3 transfers',
      'without f0, f1',
      'without n1',
    ]
    const places = order.map((begin) => said.findIndex((what) => what.startsWith(begin)))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(places[0]).toBe(0)
  })

  test('that needs two faults keeps exactly these, at round times and short', () => {
    const { recipe } = smallest((left) => has(left, 'crash', 'partition'))
    expect(recipe.plan).toEqual([
      { kind: 'crash', atMs: 1_000, node: 'n1', forMs: 1_000 },
      { kind: 'partition', atMs: 2_000, groups: [['n0'], ['n1']], forMs: 1_000 },
    ])
    expect(recipe.world).toEqual({ members: 2, link: localLink, own: [] })
    expect([recipe.transfers, recipe.story]).toEqual([[], [{ kind: 'run', ms: 1_000 }]])
  })

  test('keeps a fine time where that matters, and rounds the others', () => {
    const crashAt = ({ plan }: Recipe): number =>
      plan.find(({ kind }) => kind === 'crash')?.atMs ?? 0
    const { recipe } = smallest((left) => crashAt(left) > 12_418 && has(left, 'slow-links'))
    expect(recipe.plan).toEqual([
      { kind: 'slow-links', atMs: 3_000, byMs: 200, forMs: 1_000 },
      { kind: 'crash', atMs: 12_418.233, node: 'n0', forMs: 1_000 },
    ])
  })

  test('that needs a liar, a width of links and a transfer keeps them', () => {
    const { recipe } = smallest(
      ({ world, transfers }) =>
        Object.values(world.liars ?? {}).includes('mutator') &&
        (world.link.latency.kind !== 'constant' || world.link.latency.us >= 5_000) &&
        transfers.length >= 1,
    )
    // Of two members none may lie, nor of three: 2q - n - 1.
    expect(recipe.world).toMatchObject({ members: 4, liars: { n3: 'mutator' } })
    expect(recipe.world.link).toEqual({ ...localLink, latency: constant(5_000) })
    expect(recipe.transfers).toHaveLength(1)
  })

  test('is asked less of only as long as there is no reason for it', () => {
    const jumps = smallest((left) => has(left, 'clock-jump')).recipe.world
    expect([jumps.clockErrorMsMax, jumps.hasDiskErrors]).toEqual([500, undefined])
    const errors: Fault = { kind: 'disk-errors', atMs: 5_000, node: 'n0', perMillion: 1, forMs: 9 }
    const whole = { ...bigCase, recipe: { ...bigRecipe, plan: [errors] } }
    const { world } = smallest((left) => has(left, 'disk-errors'), whole).recipe
    expect([world.clockErrorMsMax, world.hasDiskErrors]).toEqual([undefined, true])
  })

  test('whose story is its own code keeps its cast, and is told for no longer than it takes', () => {
    const { recipe, said } = smallest(({ story }) => story === 'own')
    expect(recipe.story).toBe('own')
    expect(recipe.untilMs).toBe(20_000)
    expect(recipe.world).toMatchObject({ members: 5, followers: 2, liars: { n4: 'mutator' } })
    expect(recipe.world.link).toEqual(localLink)
    expect([recipe.plan, recipe.transfers]).toEqual([[], []])
    expect(said.some((what) => what.startsWith('without n'))).toBe(false)
  })
})

describe('a story that demands something in time', () => {
  const core = ['n0', 'n1', 'n2', 'n3']
  const story = [
    { kind: 'run', ms: 16_000 },
    { kind: 'healCore', nodes: core },
    { kind: 'requireProgress', nodes: core, blocks: 5, ms: 60_000 },
  ] as const
  const whole: Case = { ...bigCase, recipe: { ...bigRecipe, story } }

  test('keeps its steps, and a core that is a quorum', () => {
    const { recipe } = smallest(
      (left) => left.story !== 'own' && left.story.length === 3 && has(left, 'crash'),
      whole,
    )
    if (recipe.story === 'own') throw new Error('steps')
    expect(recipe.story.map(({ kind }) => kind)).toEqual(story.map(({ kind }) => kind))
    expect(recipe.story[1]).toEqual({ kind: 'healCore', nodes: ['n0'] })
    expect(recipe.world.members).toBe(1)
  })

  test('gets no fault that comes later or lasts longer', () => {
    const { recipe } = smallest(
      (left) => left.story !== 'own' && left.story.length === 3 && has(left, 'crash', 'slow-links'),
      whole,
    )
    for (const fault of recipe.plan) {
      const before = bigRecipe.plan.find(({ kind }) => kind === fault.kind)
      expect(fault.atMs).toBeLessThanOrEqual(before?.atMs ?? 0)
    }
  })
})

test('what goes beyond the tolerance is no candidate, unless what was found did', () => {
  const backups = (['n0', 'n1'] as const).map((node): Fault => {
    return { kind: 'old-backup', atMs: 1_000, node, ageMs: 100, forMs: 200 }
  })
  const recipe = { ...bigRecipe, plan: backups }
  expect(isLegal({ ...bigCase, recipe })).toBe(false)
  expect(isLegal({ ...bigCase, recipe, beyond: ['safety'] })).toBe(true)
})

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Recipe } from '../../../../sim/cluster/recipe.ts'
import { constant } from '../../../../sim/distribution.ts'
import type { Case } from '../../../../src/cli/shrink/case.ts'
import { laidOut } from '../../../../src/cli/shrink/write/layout.ts'
import { durationText, literal } from '../../../../src/cli/shrink/write/literal.ts'
import { originOf } from '../../../../src/cli/shrink/write/origin.ts'
import { type SourceFacts, sourceOf } from '../../../../src/cli/shrink/write/source.ts'
import { bigCase, bigRecipe } from '../../../support/shrunk/a-case.ts'

const failure = {
  property: 'vote-lock',
  detail: 'n0 finalised slot 3,\n  which it gave up',
  atMs: 19_001.25,
}

/** The source as it would be written to a file of the tests, which are compiled and checked with all others. */
function written(name: string, of: Case, facts: Partial<SourceFacts> = {}): string {
  const file = fileURLToPath(new URL(`../../../support/shrunk/${name}.ts`, import.meta.url))
  const told = { name, title: "What must hold, in the writer's words", failure, file }
  const text = sourceOf(of, {
    ...told,
    command: 'alys shrink swarm --seed 7',
    origin: undefined,
    isOfAnyChance: false,
    ...facts,
  })
  return laidOut(text, file)
}

function pinned(name: string): string {
  return readFileSync(new URL(`../../../support/shrunk/${name}.ts`, import.meta.url), 'utf8')
}

describe('the source of a scenario', () => {
  test('spells out a world, its faults, transfers and steps', () => {
    expect(written('with-everything', bigCase)).toBe(pinned('with-everything'))
  })

  test('has nothing that there is none of', () => {
    const world = { members: 3, link: bigRecipe.world.link, own: [] }
    const recipe: Recipe = {
      ...{ drawsAs: bigRecipe.drawsAs, world, plan: [], transfers: [] },
      story: [
        { kind: 'run', ms: 90_000 },
        { kind: 'healCore', nodes: ['n0', 'n2'] },
        { kind: 'requireProgress', nodes: ['n0', 'n2'], blocks: 5, ms: 120_000 },
      ],
    }
    const source = written('with-little', { ...bigCase, recipe }, { isOfAnyChance: true })
    expect(source).toBe(pinned('with-little'))
  })

  test('tells a story by its own code, with other faults and transfers', async () => {
    const origin = await originOf('twins-enumerated')
    const world = { ...bigRecipe.world, disk: swift, own: ['checkers'] } as const
    const recipe = { ...bigRecipe, world, story: 'own' } as const
    const of = { ...bigCase, recipe, network: 'stack', crypto: 'real' } as const
    const source = written('with-a-story-of-its-own', of, { origin })
    expect(source).toBe(pinned('with-a-story-of-its-own'))
  })
})

const swift = { read: constant(80), write: constant(10), sync: constant(1_000) }

test('a scenario of the catalogue is found where it is written, and others are not', async () => {
  const found = await originOf('late-joiner')
  expect(found?.exported).toBe('lateJoiner')
  expect(found?.file).toMatch(/scenarios\/sync\/late-joiner\.ts$/)
  expect(await originOf('nobody')).toBeUndefined()
})

test.each([
  [12_000, '12s'],
  [1_500, '1.5s'],
  [12_418.233, '12.418233s'],
  [999.5, '999.5ms'],
  [-200, '-200ms'],
  [0, '0ms'],
])('%d ms is written %s', (ms, text) => {
  expect(durationText(ms)).toBe(text)
})

test('texts are quoted, numbers have their thousands apart, odd names are quoted', () => {
  expect(literal({ a: "it's", 'b-c': [1_234_567, 0.5, true], d: undefined })).toBe(
    "{ a: 'it\\'s', 'b-c': [1_234_567, 0.5, true] }",
  )
})

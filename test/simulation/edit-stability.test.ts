import { beforeAll, describe, expect, test } from 'vitest'
import { present } from '../../src/base/assert.ts'
import { mutants } from '../mutants/catalogue.ts'
import { oneStream, type Perturbation, perturbations } from '../support/stability/edits.ts'
import { repeat, type Stored, store } from '../support/stability/measure.ts'

/**
 * The exact part of what `npm run stability` measures, with few runs: what must not change at all, and that it does
 * where there are no streams by name.
 */
const bug = present(
  mutants.find(({ name }) => name === 'finalise-although-nullified'),
  'a bug that the swarm finds soon',
)
/** At the moment the first of these seeds fails, and soon. */
const search = { from: 5, wanted: 1, seedsMax: 12 }

function editsNamed(...names: readonly string[]): Perturbation {
  const chosen = perturbations.filter(({ name }) => names.includes(name))
  expect(chosen.length).toBe(names.length)
  return { name: names.join(), what: '', edits: chosen.flatMap(({ edits }) => edits) }
}

let byName: Stored
let one: Stored
beforeAll(async () => {
  ;[byName, one] = await Promise.all([store(bug, [], search), store(bug, oneStream, search)])
})

describe('a run that fails', () => {
  test('is the same run by its bundle, however world, faults and transfers are drawn now', async () => {
    // They are given; and a new stream gives nothing to what was there before.
    const edits = editsNamed('new-stream', 'fault', 'transfers', 'world')
    const kept = await repeat(byName, [], edits)
    expect(kept).toMatchObject({ runs: 1, byBundle: 1, sameByBundle: 1 })
  })

  test('is another run after the least edit, where everything draws from one generator', async () => {
    const kept = await repeat(one, oneStream, editsNamed('new-stream'))
    expect(kept).toMatchObject({ runs: 1, sameBySeed: 0, sameByBundle: 0 })
  })
})

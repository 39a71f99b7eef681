/** The tree of blocks at any moment: who stands on whom, what each has come to, and where it is drawn. */
import { describe, expect, test } from 'vitest'
import { levelAt, type Sighting, treeOf } from '../../../../src/viewer/model/blocks.ts'

const second = 1_000_000

function see(
  what: Sighting['what'],
  hash: string,
  at: number,
  more: Partial<Sighting> = {},
): Sighting {
  return { hash, what, atUs: at * second, record: at, lane: 0, ...more }
}

/** g ← a ← b, and beside b the block x, on which y stands. */
const told: readonly Sighting[] = [
  see('committed', 'g', 0, { height: 0 }),
  see('proposed', 'a', 2, { lane: 1, height: 1, slot: 1 }),
  see('seen', 'a', 2, { parent: 'g' }),
  see('notarised', 'a', 3),
  see('committed', 'a', 4),
  see('proposed', 'x', 5, { lane: 2, slot: 2 }),
  see('seen', 'x', 5, { parent: 'a' }),
  see('seen', 'y', 6, { parent: 'x', slot: 3 }),
  see('proposed', 'b', 7, { lane: 3, height: 2, slot: 4, parent: 'a' }),
  see('committed', 'b', 9, { lane: 3 }),
]

const tree = treeOf(told)
const block = (hash: string) => {
  const found = tree.blocks.find((each) => each.hash === hash)
  if (found === undefined) throw new Error(hash)
  return found
}

describe('a tree', () => {
  test('has each block once, with its parent, height, slot and author', () => {
    expect(tree.blocks.map(({ hash }) => hash)).toEqual(['g', 'a', 'x', 'y', 'b'])
    expect(block('a')).toMatchObject({ parent: 0, height: 1, slot: 1, author: 1, record: 2 })
    // Nobody said how high these are: one more than what they stand on.
    expect(block('x')).toMatchObject({ parent: 1, height: 2, slot: 2 })
    expect(block('y')).toMatchObject({ parent: 2, height: 3, author: -1 })
  })

  test('says what each had come to at a moment', () => {
    const levels = (hash: string, ...at: readonly number[]) =>
      at.map((each) => levelAt(block(hash), each * second))
    expect(levels('a', 1, 2, 3, 4)).toEqual(['unseen', 'proposed', 'notarised', 'committed'])
    expect(levels('x', 5, 8, 9)).toEqual(['proposed', 'proposed', 'lost'])
    // What stands on a block that lost has lost with it.
    expect(levels('y', 8, 9)).toEqual(['proposed', 'lost'])
    expect(levels('b', 8, 9)).toEqual(['proposed', 'committed'])
  })

  test('draws what was committed in the first row, and a branch in one of its own', () => {
    expect(tree.blocks.map(({ hash, row }) => [hash, row])).toEqual([
      ['g', 0],
      ['a', 0],
      ['x', 1],
      ['y', 1],
      ['b', 0],
    ])
    expect(tree.rows).toBe(2)
  })

  test('shows two committed blocks of one height as what they are', () => {
    const conflict = treeOf([...told, see('committed', 'z', 13, { parent: 'a', height: 2 })])
    const of = (hash: string) => conflict.blocks.find((each) => each.hash === hash)
    const [b, z] = [of('b'), of('z')]
    if (b === undefined || z === undefined) throw new Error('both')
    expect(levelAt(b, 12 * second)).toBe('committed')
    expect(levelAt(b, 13 * second)).toBe('conflicting')
    expect(levelAt(z, 13 * second)).toBe('conflicting')
    expect([b.row, z.row]).toEqual([0, 1])
  })

  test('of nothing is empty', () => {
    expect(treeOf([])).toEqual({ blocks: [], rows: 1 })
  })
})

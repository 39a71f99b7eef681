import { expect, test } from 'vitest'
import { StateTree } from '../../../src/ledger/states.ts'
import { extend, genesisBlock } from './world.ts'

const other = (byte: number) => ({ extraData: Uint8Array.of(byte) })
const a1 = extend(genesisBlock, [], other(1))
const a2 = extend(a1)
const a3 = extend(a2)
const b1 = extend(genesisBlock, [], other(2))
const b2 = extend(b1)

function treeOfTwoBranches(): StateTree {
  const tree = new StateTree(genesisBlock, 10)
  for (const block of [b1, a1, b2, a2, a3]) tree.add(block)
  return tree
}

test('siblings live side by side', () => {
  const tree = treeOfTwoBranches()
  expect(tree.size).toBe(6)
  expect(tree.at(a2.payload.blockHash)).toBe(a2)
  expect(tree.at(b2.payload.blockHash)).toBe(b2)
})

test('a block is its own ancestor, a sibling or a descendant is not', () => {
  const tree = treeOfTwoBranches()
  expect(tree.isAncestor(a1, a3)).toBe(true)
  expect(tree.isAncestor(a1, a1)).toBe(true)
  expect(tree.isAncestor(genesisBlock, b2)).toBe(true)
  expect(tree.isAncestor(b1, a3)).toBe(false)
  expect(tree.isAncestor(a3, a1)).toBe(false)
})

test('what does not descend from the final block is forgotten', () => {
  const tree = treeOfTwoBranches()
  const c2 = extend(a1, [], other(3))
  tree.add(c2)
  expect(tree.finalise(a1)).toEqual([a1])
  expect(tree.finalised).toBe(a1)
  const left = [genesisBlock, a1, a2, a3, c2, b1, b2].filter(
    ({ payload }) => tree.at(payload.blockHash) !== undefined,
  )
  expect(left).toEqual([a1, a2, a3, c2])
})

test('several blocks become final at once, oldest first', () => {
  const tree = treeOfTwoBranches()
  expect(tree.finalise(a3)).toEqual([a1, a2, a3])
  expect(tree.size).toBe(1)
})

test('to make a block final that is final changes nothing', () => {
  const tree = treeOfTwoBranches()
  expect(tree.finalise(genesisBlock)).toEqual([])
  expect(tree.size).toBe(6)
})

test('a block that contradicts what was final is a fault of the code', () => {
  const tree = treeOfTwoBranches()
  tree.finalise(a1)
  expect(() => tree.finalise(b1)).toThrow(/missing|what was final/)
})

test('the tree is bounded', () => {
  const tree = new StateTree(genesisBlock, 2)
  tree.add(a1)
  expect(tree.hasRoom).toBe(false)
  expect(() => tree.add(b1)).toThrow('at most 2 states')
})

import { expect, test } from 'vitest'
import { hashBytes } from '../../../src/protocol/hash.ts'
import { merkleRoot } from '../../../src/protocol/merkle.ts'
import { MerkleFrontier } from '../../../src/protocol/merkle-frontier.ts'

test('has at every length the root that the whole list has', () => {
  const frontier = new MerkleFrontier()
  const leaves: Uint8Array[] = []
  expect(frontier.root()).toBe(merkleRoot([]))
  for (let length = 1; length <= 130; length += 1) {
    const leaf = hashBytes('header', Uint8Array.of(length))
    leaves.push(leaf)
    frontier.add(leaf)
    expect([length, frontier.count, frontier.root()]).toEqual([length, length, merkleRoot(leaves)])
  }
})

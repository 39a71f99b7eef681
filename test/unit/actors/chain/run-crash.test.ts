import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { present } from '../../../../src/base/assert.ts'
import type { ProvenSegment } from '../../../../src/proof/proven-segment.ts'
import { accountsOf } from '../../../../src/protocol/execution/state-trie.ts'
import { executedChain } from '../../../support/actors/executed-chain.ts'
import { ImportingNode, type ImportOutcome } from '../../../support/actors/importing-node.ts'
import { Prover } from '../../../support/actors/prover.ts'

const height = 48
const { federation, blocks, state } = executedChain(height)
const prover = new Prover(federation, blocks)
const segments = [0, 16, 32].map((above) => prover.segment(above, above + 16))

function segmentAt(at: number): ProvenSegment {
  return present(segments[Math.floor((at - 1) / 16)], 'a segment')
}

/** Hands over runs that end at these heights and at the ends of segments, from right above the root on. */
function giveFrom(
  node: ImportingNode,
  ends: readonly number[],
  to = height,
): readonly ImportOutcome[] {
  const outcomes: ImportOutcome[] = []
  let from = (node.status?.committed.height ?? 0) + 1
  for (const end of [...new Set([...ends, 16, 32, 48])].toSorted((a, b) => a - b)) {
    if (end < from || end > to) continue
    node.give(prover.run(segmentAt(end), from, end), (outcome) => outcomes.push(outcome))
    from = end + 1
  }
  return outcomes
}

/** What a node that imported everything is like. */
function expectWhole(node: ImportingNode): void {
  const { committed } = node.status ?? expect.unreachable()
  expect(committed).toMatchObject(prover.placeAt(height))
  for (const { address, account } of accountsOf(state)) {
    expect(node.account(address)).toEqual({ head: account, finalized: account })
  }
  const committedHeights = node.stage.reports('block-committed').map((event) => event.height)
  // None twice; a life that ended before it could tell of a commit leaves a gap.
  expect(committedHeights).toEqual([...new Set(committedHeights)].toSorted((a, b) => a - b))
  expect(node.stage.failures).toEqual([])
}

describe('runs on a whole node', () => {
  test('end with the accounts that their blocks state, and with the engine on the last', () => {
    const node = new ImportingNode(federation)
    const outcomes = giveFrom(node, [])
    node.stage.run(1_000)
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true])
    expectWhole(node)
    expect(node.stage.reports('block-committed')).toHaveLength(height)
    expect(node.engineStatus.finalized.number).toBe(height)
  })

  test('of any cuts come to the same', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: height }), { maxLength: 10 })
    fc.assert(
      fc.property(cuts, (ends) => {
        const node = new ImportingNode(federation)
        giveFrom(node, ends)
        node.stage.run(1_000)
        expectWhole(node)
      }),
      { numRuns: 25 },
    )
  })
})

describe('a crash', () => {
  /** Long enough for everything: until nothing more happens without a crash. */
  const stepsMax = 120
  const stepMs = 0.25

  test.each([[[]], [[5, 11, 20, 40]]])('at any moment, with runs that end at %j', (ends) => {
    let kept = 0
    for (let step = 0; step < stepsMax; step += 1) {
      const node = new ImportingNode(federation)
      giveFrom(node, ends)
      node.stage.run(step * stepMs)
      node.restart()
      const root = node.status?.committed ?? expect.unreachable()
      // What is committed ends a segment, and all of it is there.
      expect(root).toMatchObject(prover.placeAt(root.height))
      expect(root.height % 16).toBe(0)
      for (let at = 1; at <= root.height; at += 1) expect(node.holds(at)).toBe(true)
      kept = Math.max(kept, root.height)
      const outcomes = giveFrom(node, ends)
      node.stage.run(2_000)
      expect(outcomes.every(({ ok }) => ok)).toBe(true)
      expectWhole(node)
    }
    expect(kept).toBe(height)
  })

  test('again and again still ends with the whole chain', () => {
    const node = new ImportingNode(federation)
    for (let step = 1; step <= 30; step += 1) {
      giveFrom(node, [7, 21])
      node.stage.run(step * 0.4)
      node.restart()
    }
    giveFrom(node, [])
    node.stage.run(1_000)
    expectWhole(node)
  })
})

test('an engine that begins again at any moment is fed, and the import goes on', () => {
  let fed = 0
  for (let step = 0; step < 80; step += 1) {
    const node = new ImportingNode(federation)
    const first = giveFrom(node, [5, 11, 20], 32)
    node.stage.run(step * 0.25)
    node.restartEngine()
    node.stage.run(60_000)
    // If it was too late for these, the next run finds out that the engine is behind.
    const outcomes = [...first, ...giveFrom(node, [40])]
    node.stage.run(60_000)
    expect(outcomes.map(({ ok }) => ok)).toEqual(outcomes.map(() => true))
    expectWhole(node)
    fed += node.stage.reports('engine-behind').length
  }
  expect(fed).toBeGreaterThan(0)
})

test('a disk that fails for a while loses nothing, whenever it does', () => {
  let refused = 0
  for (let step = 0; step < 60; step += 1) {
    const node = new ImportingNode(federation)
    const { disk } = node.stage.host
    const sound = disk.faults
    const first = giveFrom(node, [5, 11, 20, 40])
    node.stage.run(step * 0.25)
    disk.faults = { ...sound, ioErrorPerMillion: 1_000_000 }
    node.stage.run(100)
    disk.faults = sound
    refused += first.filter(({ ok }) => !ok).length
    for (const outcome of first) {
      if (!outcome.ok) expect(outcome.fault).toMatchObject({ code: 'store-io' })
    }
    const outcomes = giveFrom(node, [])
    node.stage.run(60_000)
    expect(outcomes.map(({ ok }) => ok)).toEqual(outcomes.map(() => true))
    expectWhole(node)
  }
  expect(refused).toBeGreaterThan(0)
})

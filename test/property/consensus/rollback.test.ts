/**
 * Nothing committed is rolled back, whatever peers claim. A member hears a committed history, and
 * beside it all that liars can say without a quorum: longer histories, from any height, with votes of
 * their own; in any order, again and again. And where a quorum did approve a longer branch that is not
 * committed yet, the head follows it, and what is committed stays.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { BlockRef } from '../../../src/protocol/consensus/tree.ts'
import { block, OneMachine } from '../../support/consensus/one-machine.ts'
import { genesis } from '../../support/consensus/sample.ts'

const trunkLength = 8
/** The committed history: slots 1 to 8. */
const trunk: readonly BlockRef[] = chainOn(genesis, 't', 1, trunkLength)
/** The last slot in which the members approve anything. */
const lastSlot = 40

/** Blocks of the slots from `slot` on, one upon another. */
function chainOn(parent: BlockRef, name: string, slot: number, count: number): readonly BlockRef[] {
  const blocks: BlockRef[] = []
  for (let i = 0; i < count; i += 1) {
    blocks.push(block(`${slot + i}${name}`, blocks.at(-1) ?? parent))
  }
  return blocks
}

/** A history that nobody committed: it leaves the trunk somewhere, and is longer. */
const claim = fc
  .record({ from: fc.nat(trunkLength), count: fc.integer({ min: 1, max: 25 }), name: fc.nat(3) })
  .map(({ from, count, name }) => {
    const parent = from === 0 ? genesis : (trunk[from - 1] ?? genesis)
    return chainOn(parent, `f${name}`, parent.slot + 1, count)
  })

/** What one peer says at one moment. */
type Said =
  | { readonly kind: 'trunk-block' | 'trunk-notarised' | 'trunk-final'; readonly at: number }
  | { readonly kind: 'claimed'; readonly chain: readonly BlockRef[]; readonly liar: number }

const said: fc.Arbitrary<Said> = fc.oneof(
  fc.record({
    kind: fc.constantFrom(
      'trunk-block' as const,
      'trunk-notarised' as const,
      'trunk-final' as const,
    ),
    at: fc.nat(trunkLength - 1),
  }),
  fc.record({ kind: fc.constant('claimed' as const), chain: claim, liar: fc.constant(1) }),
)

function tell(member: OneMachine, each: Said): void {
  if (each.kind === 'claimed') {
    for (const forged of each.chain) {
      member.propose(forged, undefined)
      // One member of four lies, and signs whatever it likes: that is no quorum.
      member.votes('notarise', forged, each.liar)
      member.votes('finalise', forged, each.liar)
    }
    return
  }
  const ref = trunk[each.at] ?? genesis
  if (each.kind === 'trunk-block')
    member.propose(ref, member.justification(parentOf(ref), ref.slot))
  else member.certificate(each.kind === 'trunk-final' ? 'finalise' : 'notarise', ref)
}

function parentOf({ height }: BlockRef): BlockRef {
  return trunk[height - 2] ?? genesis
}

test('the committed height never falls, and what is committed is what a quorum committed', () => {
  fc.assert(
    fc.property(fc.array(said, { maxLength: 60 }), (story) => {
      const member = new OneMachine(4, 3)
      member.at(lastSlot)
      let before = genesis
      for (const each of story) {
        tell(member, each)
        const { root } = member.machine
        expect(root.height).toBeGreaterThanOrEqual(before.height)
        expect(root.hash).toBe((trunk[root.height - 1] ?? genesis).hash)
        before = root
      }
      const committed = member.of('commit').flatMap(({ blocks }) => blocks)
      expect(committed).toEqual(trunk.slice(0, committed.length))
      expect(member.of('conflict')).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('the whole history is committed in the end, whatever was claimed before', () => {
  fc.assert(
    fc.property(fc.array(said, { maxLength: 40 }), (story) => {
      const member = new OneMachine(4, 3)
      member.at(lastSlot)
      for (const each of story) tell(member, each)
      for (let at = 0; at < trunkLength; at += 1) tell(member, { kind: 'trunk-final', at })
      // What it lacks it asks for, and gets.
      for (let at = trunkLength - 1; at >= 0; at -= 1) tell(member, { kind: 'trunk-block', at })
      expect(member.machine.root).toMatchObject(trunk.at(-1) ?? genesis)
    }),
    { numRuns: 200 },
  )
})

test('a longer branch that is approved but not committed is followed, in any order of news', () => {
  // On what is committed: a short branch in slot 3, and, since slot 3 was given up, a longer one.
  const committed = trunk.slice(0, 2)
  const base = committed.at(-1) ?? genesis
  const short = chainOn(base, 's', 3, 1)
  const long = chainOn(base, 'l', 4, 3)
  const news = [...short, ...long].flatMap((ref) => [
    { kind: 'block', ref } as const,
    { kind: 'notarised', ref } as const,
  ])
  fc.assert(
    fc.property(fc.shuffledSubarray(news, { minLength: news.length }), (order) => {
      const member = new OneMachine(4, 3)
      member.at(lastSlot)
      for (const [at] of committed.entries()) tell(member, { kind: 'trunk-block', at })
      tell(member, { kind: 'trunk-final', at: 1 })
      for (const { kind, ref } of order) {
        const parent = [...committed, ...long].find(({ hash }) => hash === ref.parent) ?? base
        if (kind === 'block') member.propose(ref, member.justification(parent, ref.slot))
        else member.certificate('notarise', ref)
        expect(member.machine.root.hash).toBe(base.hash)
      }
      const tip = long.at(-1) ?? base
      expect(member.of('head').at(-1)?.block.hash).toBe(tip.hash)
      member.certificate('finalise', tip)
      expect(member.machine.root.hash).toBe(tip.hash)
      const all = member.of('commit').flatMap(({ blocks }) => blocks)
      expect(all).toEqual([...committed, ...long])
    }),
    { numRuns: 300 },
  )
})

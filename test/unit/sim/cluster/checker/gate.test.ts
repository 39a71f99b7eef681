/** The checkers of who takes part and of what it believes: each is shown a story in which its property is broken. */
import { describe, expect, test } from 'vitest'
import { certificateChecker } from '../../../../../sim/cluster/checker/certificate.ts'
import type { Checker, Observed, World } from '../../../../../sim/cluster/checker/checker.ts'
import { productionGateChecker } from '../../../../../sim/cluster/checker/production-gate.ts'

type Story = readonly (readonly [number, object])[]

/** What a checker says last of these events of one node. */
function lastOf(checker: Checker, story: Story, life = 1): string | undefined {
  const said = story.map(([atMs, event]) => {
    const about = { atMs, node: 'a', member: undefined, life }
    return checker.observe({ ...about, event: event as Observed['event'] })
  })
  return said.at(-1)
}

describe('the production gate', () => {
  const checker = () => productionGateChecker({ slots: { slotMs: 500 } } as World)
  const to = (state: string, from = 'discovering') => ({
    kind: 'sync-state-changed',
    from,
    to: state,
  })
  const gate = (isOpen: boolean) => ({ kind: 'gate-changed', isOpen })
  const proposed = { kind: 'block-proposed', slot: 7 }
  const target = (height: number) => ({ kind: 'target-raised', height })
  const tick = { kind: 'peer-lost', peer: 'b' }
  const synced: Story = [
    [0, to('synced')],
    [0, gate(true)],
  ]
  const ticks = (fromMs: number, toMs: number): Story =>
    Array.from({ length: (toMs - fromMs) / 1_000 + 1 }, (_, i) => [fromMs + i * 1_000, tick])

  test('is open for those who propose', () => {
    expect(lastOf(checker(), [...synced, [10, proposed]])).toBeUndefined()
    expect(lastOf(checker(), [[10, proposed]])).toContain('proposed in slot 7')
    expect(lastOf(checker(), [...synced, [5, gate(false)], [10, proposed]])).toContain('proposed')
  })

  test.each(['idle', 'discovering', 'downloading-headers', 'downloading-blocks', 'failed'])(
    'closes within a second of %s',
    (state) => {
      const left: Story = [...synced, [10, to(state)]]
      expect(lastOf(checker(), [...left, [1_010, tick]])).toBeUndefined()
      expect(lastOf(checker(), [...left, [1_011, tick]])).toBe(
        `a would take part while it is ${state}`,
      )
      expect(lastOf(checker(), [...left, [900, gate(false)], [1_500, tick]])).toBeUndefined()
    },
  )

  test('is closed while a node catches up and has less than 99.5 % of the chain', () => {
    const catchingUp = (height: number, of: number): Story => [
      [0, to('catching-up', 'downloading-blocks')],
      [0, target(of)],
      [0, { kind: 'block-committed', height }],
      [0, gate(true)],
    ]
    const lastAt = (height: number, of: number, ms: number): string | undefined =>
      lastOf(checker(), [...catchingUp(height, of), [ms, tick]])
    expect(lastAt(796, 800, 2_000)).toBeUndefined()
    expect(lastAt(795, 800, 1_000)).toBeUndefined()
    expect(lastAt(795, 800, 1_001)).toBe(
      'a would take part while it is catching-up at height 795 of 800',
    )
    // So little is missing at any moment: that is what synced looks like.
    expect(lastAt(57, 60, 2_000)).toBeUndefined()
  })

  test('closes when somebody is more than ten blocks further for long', () => {
    const behind = (blocks: number): Story => [...synced, [0, target(blocks)], ...ticks(0, 5_000)]
    expect(lastOf(checker(), [...behind(11), [5_001, tick]])).toContain('knowing of 11')
    expect(lastOf(checker(), [...behind(10), [5_001, tick]])).toBeUndefined()
    const committed = { kind: 'block-committed', height: 1 }
    expect(lastOf(checker(), [...behind(11), [5_000, committed], [5_001, tick]])).toBeUndefined()
  })

  test('is nothing that is known of one that failed, stood still, or lives anew', () => {
    const left: Story = [...synced, [10, to('discovering')]]
    const failed = { kind: 'actor-failed', error: '' }
    expect(lastOf(checker(), [...left, [20, failed], [2_000, tick]])).toBeUndefined()
    expect(lastOf(checker(), [...left, [60_000, tick]])).toBeUndefined()
    const one = checker()
    lastOf(one, left)
    expect(lastOf(one, [[2_000, tick]], 2)).toBeUndefined()
  })
})

describe('certificates', () => {
  const certificate = (signature: number) => ({
    ...{ kind: 'finalise', epoch: 0, slot: 3, block: 'b', signers: [0, 1, 2] },
    signature: Uint8Array.of(signature),
  })
  const vote = (signer: number) => ({
    kind: 'vote-sent',
    vote: { vote: { kind: 'finalise', slot: 3, block: 'b' }, epoch: 0, signer },
  })
  const votes: Story = [0, 1, 2].map((signer) => [signer, vote(signer)])
  const committed = (signature: number) => ({
    kind: 'block-committed',
    finalisation: certificate(signature),
  })
  const checker = () => {
    const isGenuine: World['isGenuine'] = ({ signature }) => signature[0] === 1
    const world = { committee: { members: [0, 1, 2, 3] }, quorum: 3, liars: new Set(), isGenuine }
    return certificateChecker(world as unknown as World)
  }

  test('are of a quorum that did sign, under its signature', () => {
    expect(lastOf(checker(), [...votes, [9, committed(1)]])).toBeUndefined()
    expect(lastOf(checker(), [...votes.slice(1), [9, committed(1)]])).toContain('names member 0')
    expect(lastOf(checker(), [...votes, [9, committed(2)]])).toContain('has a forged signature')
  })
})

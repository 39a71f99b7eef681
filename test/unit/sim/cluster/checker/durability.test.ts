/** The checker of what members still know after a restart: shown stories in which it is broken, and others in which it is not. */
import { expect, test } from 'vitest'
import type { Observed, World } from '../../../../../sim/cluster/checker/checker.ts'
import { durabilityChecker } from '../../../../../sim/cluster/checker/durability.ts'
import { emptyRecord, type VoteRecord } from '../../../../../src/protocol/consensus/record.ts'

const mark = (slot: number) => ({ slot, block: `block of ${slot}` }) as VoteRecord['notarised']

const record: VoteRecord = {
  ...emptyRecord(0),
  notarised: mark(7),
  finalised: mark(6),
  nullifiedTo: 4,
  proposed: mark(5),
}
const recalled = (changed: Partial<VoteRecord> = {}, highestSlot = 7) => ({
  kind: 'chain-recalled',
  record: { ...record, ...changed },
  highestSlot,
})
const voted = (vote: object) => ({ kind: 'vote-sent', vote: { vote } })
const everything = [
  voted({ kind: 'notarise', slot: 7 }),
  voted({ kind: 'finalise', slot: 6 }),
  voted({ kind: 'nullify', from: 2, to: 4 }),
  { kind: 'block-proposed', slot: 5 },
]

/** What is said of these events of one node. */
function saidOf(events: readonly object[], distrusted: readonly string[] = []): string | undefined {
  const checker = durabilityChecker({ untrustedDisks: new Set(distrusted) } as unknown as World)
  const said = events.map((event, atMs) =>
    checker.observe({ atMs, node: 'a', member: 0, life: 1, event: event as Observed['event'] }),
  )
  return said.find((each) => each !== undefined)
}

test('a member that recalls all that it sent has lost nothing', () => {
  expect(saidOf([...everything, recalled()])).toBeUndefined()
  expect(saidOf([recalled(), ...everything])).toBeUndefined()
})

test.each([
  ['notarise', 7, { notarised: mark(6) }],
  ['finalise', 6, { finalised: mark(5) }],
  ['nullify', 4, { nullifiedTo: 3 }],
  ['propose', 5, { proposed: mark(4) }],
])('a member that has forgotten to %s in slot %i has lost it', (kind, slot, older) => {
  const story = [...everything, recalled(older)]
  expect(saidOf(story)).toBe(
    `a has sent ${kind} for slot ${slot}, and recalls none above ${slot - 1}`,
  )
  expect(saidOf([...everything, recalled({ ...older, floor: slot })])).toBeUndefined()
  expect(saidOf(story, ['a'])).toBeUndefined()
})

test('a vote record that is gone, and a notarisation behind a vote, are losses too', () => {
  const started = (lostVotes: boolean) => ({ kind: 'chain-started', lostVotes })
  expect(saidOf([started(false)])).toBeUndefined()
  expect(saidOf([started(true)])).toBe('a lost its vote record')
  expect(saidOf([recalled({}, 5)])).toBe('a finalised slot 6 and knows no notarisation above 5')
})

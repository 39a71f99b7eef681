import { describe, expect, test } from 'vitest'
import { silentMax } from '../../../../src/protocol/committee.ts'
import { slotMoment } from '../../../../src/protocol/slots.ts'
import { Network, type Pending, slots } from '../../../support/consensus/network.ts'
import { signed } from '../../../support/consensus/sample.ts'

const startOf = (slot: number): number => slotMoment(slots, slot)

/** The messages of a kind to some members. */
function only(kind: Pending['message']['kind'], ...places: readonly number[]) {
  return ({ message, to }: Pending): boolean => message.kind === kind && places.includes(to)
}

/** The network at the start of member 0's slot, whose block has been made but not delivered. */
function atSlotOf0(count: number, liars: number): Network {
  const network = new Network(count, liars)
  network.runTo(startOf(count) - 1)
  network.tickAll()
  network.member(0).workAll()
  return network
}

/** What the wire can show of a slot: its block, as the author made it. */
function blockOf(network: Network, slot: number) {
  const block = [...network.history.blocks.values()].find((each) => each.slot === slot)
  if (block === undefined) throw new Error(`no block in slot ${slot}`)
  return block
}

describe('a certificate behind a finalise vote is lost in a restart', () => {
  test.each([
    { disk: 'lost', commits: false },
    { disk: 'kept', commits: true },
  ])(
    'three members, one of them gone: certificate $disk, commits: $commits',
    ({ disk, commits }) => {
      const network = atSlotOf0(3, 0)
      network.deliverOnly(only('proposal', 2))
      network.deliverOnly(only('vote', 0))
      expect(network.member(0).disk.record.finalised.slot).toBe(3)
      network.dropAll()
      network.crash(0)
      network.crash(2)
      if (disk === 'lost') network.member(0).disk.certificates.clear()
      network.restart(0, true)
      network.runTo(startOf(30))
      expect(network.committedSlotMax > 3).toBe(commits)
      expect(network.faults.some((fault) => fault.startsWith('A8'))).toBe(disk === 'lost')
      expect(network.history.faults).toEqual([])
    },
  )

  test.each([
    { disk: 'lost', commits: false },
    { disk: 'kept', commits: true },
  ])(
    'four members, one a liar that then falls silent: $disk, commits: $commits',
    ({ disk, commits }) => {
      const network = atSlotOf0(4, 1)
      network.deliverOnly(only('proposal', 1))
      network.deliverOnly(only('vote', 0))
      const { slot, hash } = blockOf(network, 4)
      const lie = signed({ kind: 'notarise', slot, block: hash } as const, 3)
      network.member(0).receive({ kind: 'vote', vote: lie })
      network.member(0).workAll()
      expect(network.member(0).disk.record.finalised.slot).toBe(4)
      network.dropAll()
      network.crash(0)
      if (disk === 'lost') network.member(0).disk.certificates.clear()
      network.restart(0, true)
      network.runTo(startOf(30))
      expect(network.committedSlotMax > 4).toBe(commits)
      expect(network.history.faults).toEqual([])
    },
  )
})

test('a body that its holders lost stops the chain until another holder is back', () => {
  const network = atSlotOf0(3, 0)
  const { hash } = blockOf(network, 3)
  network.deliverOnly(only('proposal', 2))
  network.deliverOnly(only('vote', 0))
  network.deliverOnly(only('certificate', 1, 2))
  network.dropAll()
  for (const place of [0, 1, 2]) network.crash(place)
  network.member(0).disk.blocks.delete(hash)
  for (const place of [0, 1]) network.restart(place, true)
  network.runTo(startOf(12))
  expect(network.committedSlotMax).toBe(2)
  network.restart(2, true)
  network.runTo(startOf(15))
  expect(network.committedSlotMax).toBeGreaterThan(11)
  expect(network.history.faults).toEqual([])
})

test('a slot in which some gave up and some finalised is built on, and committed by the next', () => {
  const network = atSlotOf0(4, 1)
  network.deliverOnly(only('proposal', 1, 2))
  network.deliverOnly(only('vote', 0))
  const { slot, hash } = blockOf(network, 4)
  expect(network.member(0).disk.record.finalised).toEqual({ slot, block: hash })
  network.pending.splice(
    0,
    network.pending.length,
    ...network.pending.filter(only('certificate', 1, 2)),
  )
  network.tickAll(startOf(5) - 1)
  network.nowMs = startOf(5)
  for (const place of [1, 2]) {
    network.member(place).tick()
    network.member(place).workAll()
    expect(network.member(place).disk.record).toMatchObject({
      nullifiedTo: 4,
      finalised: { slot: 2 },
    })
  }
  network.settle()
  network.runTo(startOf(6) - 1)
  expect(network.committedSlotMax).toBe(5)
  expect(network.history.isAncestor(hash, network.member(2).disk.root.hash)).toBe(true)
  expect(network.allFaults).toEqual([])
})

test.each([
  ...[100, 700, 1_300, 1_700].map((offsetMs) => ({ count: 3, offsetMs })),
  { count: 4, offsetMs: 700 },
])(
  'after 900 slots without a quorum of $count, a commit comes within two slots of $offsetMs ms',
  (scene) => {
    const { count, offsetMs } = scene
    const network = new Network(count, 0)
    network.runTo(startOf(20) + 700)
    const away = network.members.slice(0, silentMax(count) + 1).map(({ place }) => place)
    for (const place of away) network.crash(place)
    network.runTo(startOf(920) + offsetMs)
    const { machine } = network.member(count - 1)
    const { votes } = machine.missingAt({ committedSlot: 0, notarisedSlot: 0, nullifiedTo: 0 })
    expect(votes.length).toBeLessThan(4 * count)
    for (const place of away) network.restart(place, false)
    network.settle()
    for (const place of away) network.member(place).beginVoting()
    network.settle()
    network.runTo(startOf(922) + offsetMs)
    expect(network.committedSlotMax).toBeGreaterThanOrEqual(921)
    expect(network.allFaults).toEqual([])
  },
)

test('two halves of four go on together after ten minutes apart', () => {
  const network = new Network(4, 0)
  network.runTo(startOf(10))
  for (let slot = 11; slot <= 310; slot += 1) {
    while (network.nowMs < startOf(slot)) {
      network.tickAll(startOf(slot))
      for (const member of network.members) member.workAll()
      network.dropAll()
    }
  }
  const before = network.committedSlotMax
  expect(before).toBeLessThanOrEqual(11)
  network.runTo(startOf(313))
  expect(network.committedSlotMax).toBeGreaterThan(310)
  expect(network.allFaults).toEqual([])
})

test('one member gone for good and one that lost its votes: three stand still until it is back', () => {
  const network = new Network(3, 0)
  network.runTo(startOf(5) - 1)
  network.crash(1)
  network.crash(2)
  network.member(1).loseRecord()
  network.restart(1, true)
  network.runTo(startOf(40))
  expect(network.committedSlotMax).toBe(4)
  network.restart(2, true)
  network.runTo(startOf(43))
  expect(network.committedSlotMax).toBeGreaterThan(39)
  expect(network.allFaults).toEqual([])
})

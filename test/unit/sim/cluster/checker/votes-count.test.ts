/** That votes which were heard count: a node that hears a quorum, and one that does not say that it did. */
import { expect, test } from 'vitest'
import type {
  Crossing,
  CrossingChecker,
  Observed,
  World,
} from '../../../../../sim/cluster/checker/checker.ts'
import { votesCountChecker } from '../../../../../sim/cluster/checker/votes-count.ts'
import { MessageBook } from '../../../../../sim/cluster/message-book.ts'
import { topicsOf } from '../../../../../src/actors/network/topics.ts'
import type {
  Certificate,
  NotariseVote,
  SignedVote,
} from '../../../../../src/protocol/consensus/vote.ts'
import { encodeExchange } from '../../../../../src/protocol/wire/exchange.ts'
import { encodeGossip } from '../../../../../src/protocol/wire/gossip.ts'
import { protocolId } from '../../../../../src/protocol/wire/requests.ts'
import { federationOf, voteOf } from '../../../../support/actors/federation.ts'

const federation = federationOf(4)
const { chain } = federation
const world = {
  ...{ chain, committee: chain.committee, quorum: 3, slots: chain.slots },
  ...{ wallMsAtStart: chain.slots.genesisMs, clockErrorMsMax: 0, liars: new Set([3]) },
  isSigned: federation.scheme.check,
} as unknown as World
const { consensus } = topicsOf(chain)
const book = new MessageBook()
const seat = { node: 'n0', life: 1 }
const slot = 5
const begunMs = slot * 2_000
const block = 'ab'.repeat(32)

function approval(signer: number, hash = block): SignedVote<NotariseVote> {
  return voteOf(federation, signer, { kind: 'notarise', slot, block: hash })
}

function accepted(signer: number, atMs: number, hash = block): Crossing {
  const bytes = encodeGossip({ kind: 'vote', vote: approval(signer, hash) })
  const message = book.find(consensus, bytes)
  return { kind: 'judged', atMs, seat, message, verdict: 'accept' }
}

function event(atMs: number, what: object): Observed {
  return { atMs, node: 'n0', member: 0, life: 1, event: what as Observed['event'] }
}

const isCrossing = (step: Crossing | Observed): step is Crossing => 'seat' in step

/** What is said after each of these, and after one more a second later. */
function saidOf(steps: readonly (Crossing | Observed)[]): string | undefined {
  const checker: CrossingChecker = votesCountChecker(world)
  const started = { kind: 'chain-started', height: 3, slot: 3, isGateOpen: true }
  const all = [
    event(0, started),
    event(1, { kind: 'chain-recalled' }),
    ...steps,
    event((steps.at(-1)?.atMs ?? 0) + 1_000, { kind: 'peer-lost' }),
  ]
  const said = all.map((step) => (isCrossing(step) ? checker.cross(step) : checker.observe?.(step)))
  return said.find((each) => each !== undefined)
}

const votes = [0, 1, 2].map((signer) => accepted(signer, begunMs + 100 + signer))
const certificate = { kind: 'notarise', slot, block } as Certificate
const knows = event(begunMs + 102, { kind: 'block-notarised', certificate })

test('who has accepted the votes of a quorum knows that it signed', () => {
  expect(saidOf([...votes, knows])).toBeUndefined()
  expect(saidOf(votes)).toBe(
    'n0 was told that a quorum would notarise slot 5, and does not know it',
  )
})

test('fewer, for another block, or before the slot has begun, say nothing', () => {
  expect(saidOf(votes.slice(1))).toBeUndefined()
  expect(saidOf([...votes.slice(1), accepted(0, begunMs + 103, 'cd'.repeat(32))])).toBeUndefined()
  expect(saidOf([0, 1, 2].map((signer) => accepted(signer, begunMs - 1)))).toBeUndefined()
})

test('of a liar two votes count, and no third', () => {
  const others = votes.slice(0, 2)
  const lies = ['01', '02', 'ab'].map((each, at) => accepted(3, begunMs + 50 + at, each.repeat(32)))
  expect(saidOf([...lies, ...others])).toBeUndefined()
  expect(saidOf([...lies.slice(1), ...others])).toContain('does not know it')
})

test('a vote of a liar that came too soon takes a place, and makes no quorum', () => {
  const others = votes.slice(0, 2)
  const soon = ['ab', '01'].map((each, at) => accepted(3, begunMs - 50 + at, each.repeat(32)))
  expect(saidOf([...soon.slice(0, 1), ...others])).toBeUndefined()
  expect(saidOf([...soon, accepted(3, begunMs + 50, '02'.repeat(32)), ...votes])).toContain(
    'not know',
  )
  // The same again, in time, is sure to be counted.
  expect(saidOf([...soon, accepted(3, begunMs + 50), ...others])).toContain('does not know it')
})

test('of a slot that a certificate of a later one settles no vote need be counted', () => {
  const later = { kind: 'finalise', slot: slot + 1, block: 'cd'.repeat(32) }
  const settled = event(begunMs + 101, { kind: 'block-notarised', certificate: later })
  expect(saidOf([...votes.slice(0, 2), settled, ...votes.slice(2)])).toBeUndefined()
  const notarised = { ...later, kind: 'notarise' }
  const above = event(begunMs + 101, { kind: 'block-notarised', certificate: notarised })
  expect(saidOf([...votes.slice(0, 2), above, ...votes.slice(2)])).toContain('does not know it')
})

test('what a neighbour answers counts once it is checked', () => {
  const places = { committedSlot: 3, notarisedSlot: 3, nullifiedTo: 0 }
  const exchange = { ...places, votes: [0, 1, 2].map((each) => approval(each)), certificates: [] }
  const askedMs = begunMs + 200
  const told: Crossing = {
    ...{ kind: 'told', atMs: askedMs, seat, protocol: protocolId.exchange },
    ...{ body: new Uint8Array(), answer: encodeExchange(exchange) },
  }
  const checking: Crossing = { kind: 'checking', atMs: askedMs, seat }
  const checked: Crossing = { kind: 'checked', atMs: askedMs + 50, seat, askedMs }
  const late = event(askedMs + 60, { kind: 'peer-lost' })
  expect(saidOf([told, checking])).toBeUndefined()
  expect(saidOf([told, checking, checked, late])).toContain('does not know it')
  // Nothing of it was looked at.
  expect(saidOf([told, event(askedMs + 1, { kind: 'peer-lost' }), late])).toContain('not know it')
})

import { expect, test } from 'vitest'
import {
  bodyWithholder,
  selectiveDelayer,
  voteWithholder,
} from '../../../../../sim/cluster/adversary/withholder.ts'
import { decodeExchange, encodeExchange } from '../../../../../src/protocol/wire/exchange.ts'
import { protocolId } from '../../../../../src/protocol/wire/requests.ts'
import { federationOf, grow, voteOf } from '../../../../support/actors/federation.ts'
import { LiarStage } from '../../../../support/actors/liar-stage.ts'

const federation = federationOf(4)
const member = 1
const place = { member, slot: 1 }
const block = grow(federation, 1)[0] ?? expect.unreachable()
const vote = voteOf(federation, member, { kind: 'notarise', slot: 1, block: block.signed.hash })
const own = { kind: 'vote', vote } as const
const proposal = { kind: 'proposal', ...block } as const

test('a body is withheld from whoever hears of the block, or asks for it', () => {
  const stage = new LiarStage(federation, bodyWithholder, place)
  stage.publishes(proposal)
  stage.publishes(own)
  expect(stage.said).toEqual([{ ...proposal, body: undefined }, own])
  expect(stage.answers(protocolId.block, Uint8Array.of(1))).toBe('nothing')
})

test('votes are withheld from gossip, and from exchanges with others', () => {
  const stage = new LiarStage(federation, voteWithholder, place)
  stage.publishes(proposal)
  stage.publishes(own)
  expect(stage.said).toEqual([proposal])
  const others = voteOf(federation, 2, vote.vote)
  const position = { committedSlot: 0, notarisedSlot: 0, nullifiedTo: 0, certificates: [] }
  const honest = encodeExchange({ ...position, votes: [vote, others] })
  const answer = stage.answers(protocolId.exchange, honest)
  const shown = answer instanceof Uint8Array ? decodeExchange(answer, 4) : expect.unreachable()
  expect(shown).toMatchObject({ value: { votes: [others] } })
})

test('votes come late to some, and proposals to all', () => {
  const stage = new LiarStage(federation, selectiveDelayer, place)
  stage.publishes(proposal)
  stage.publishes(own)
  expect(stage.said).toEqual([])
  expect(stage.told.map(({ peer }) => peer)).toEqual(['a', 'b'])
  stage.pass(2_000)
  expect(stage.said).toHaveLength(2)
})

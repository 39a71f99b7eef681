import { describe, expect, test } from 'vitest'
import { doubleVoter, twoFacedVoter } from '../../../../../sim/cluster/adversary/double-voter.ts'
import { voteCheck } from '../../../../../src/protocol/consensus/checks.ts'
import type { SignedVote, Vote } from '../../../../../src/protocol/consensus/vote.ts'
import { federationOf, grow, voteOf } from '../../../../support/actors/federation.ts'
import { LiarStage } from '../../../../support/actors/liar-stage.ts'

const federation = federationOf(4)
const { chain, scheme } = federation
const member = 1
const [first, second] = grow(federation, 2)
const block = second?.signed.hash ?? ''
const other = first?.signed.hash ?? ''

function said(liar: typeof doubleVoter, vote: Vote): readonly SignedVote[] {
  const stage = new LiarStage(federation, liar, { member, slot: 2 })
  stage.publishes({ kind: 'vote', vote: voteOf(federation, member, vote) })
  const told = stage.told.flatMap(({ exchange }) => exchange.votes)
  return [...stage.said.flatMap((each) => (each.kind === 'vote' ? [each.vote] : [])), ...told]
}

describe.each<Vote>([
  { kind: 'notarise', slot: 2, block },
  { kind: 'finalise', slot: 2, block },
  { kind: 'nullify', from: 1, to: 2 },
])('a double voter', (vote) => {
  test(`contradicts its ${vote.kind} vote, in its own name`, () => {
    const [meant, contradiction] = said(doubleVoter, vote)
    expect(meant?.vote).toEqual(vote)
    const expected = {
      notarise: { kind: 'notarise', slot: 2, block: expect.not.stringMatching(block) },
      finalise: { kind: 'nullify', from: 2, to: 2 },
      nullify: { kind: 'finalise', slot: 2, block: expect.any(String) },
    }
    expect(contradiction?.vote).toEqual(expected[vote.kind])
    const checks = [meant, contradiction].map((each) => each && voteCheck(chain, each))
    expect(checks.map((check) => check && scheme.check(check))).toEqual([true, true])
  })

  test(`with two faces shows its ${vote.kind} vote to two of three, and the contradiction to the third`, () => {
    const votes = said(twoFacedVoter, vote)
    expect(votes.map((each) => each.vote)).toEqual([vote, vote, expect.not.objectContaining(vote)])
  })
})

test('a double voter finalises what it hears of, before anybody has notarised it', () => {
  const stage = new LiarStage(federation, doubleVoter, { member, slot: 2 })
  if (first === undefined) throw new Error('no block')
  stage.hears({ kind: 'proposal', ...first })
  expect(stage.said).toMatchObject([
    { vote: { vote: { kind: 'finalise', slot: 1, block: other } } },
  ])
})

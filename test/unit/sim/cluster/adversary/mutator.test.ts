import { describe, expect, test } from 'vitest'
import { mutator } from '../../../../../sim/cluster/adversary/mutator.ts'
import { mutated, mutatorNames } from '../../../../../sim/cluster/adversary/mutators.ts'
import { SimRandom } from '../../../../../sim/random.ts'
import { headerCheck, voteCheck } from '../../../../../src/protocol/consensus/checks.ts'
import { encodeGossip, type GossipPayload } from '../../../../../src/protocol/wire/gossip.ts'
import {
  blockOn,
  certify,
  federationOf,
  genesisSeat,
  seatOf,
  voteOf,
} from '../../../../support/actors/federation.ts'
import { LiarStage } from '../../../../support/actors/liar-stage.ts'

const federation = federationOf(4)
const { chain, scheme, signers } = federation
const parent = blockOn(federation, genesisSeat(federation), 1)
const block = blockOn(federation, seatOf(federation, parent), 4, [new Uint8Array(8)])
const { hash } = block.signed
const signer = signers[0] ?? expect.unreachable()
const parts = { chain, random: new SimRandom('mutation'), nowMs: () => 0, member: 0, signer }
const mutation = { parts, otherBlock: chain.genesis.hash }

const messages: readonly (readonly [string, GossipPayload])[] = [
  ['a proposal', { kind: 'proposal', ...block }],
  ['a vote for a block', voteFor({ kind: 'notarise', slot: 4, block: hash })],
  ['a range', voteFor({ kind: 'nullify', from: 2, to: 3 })],
  ['a certificate', { kind: 'certificate', certificate: certify(federation, 'notarise', block) }],
]

function voteFor(vote: Parameters<typeof voteOf>[2]): GossipPayload {
  return { kind: 'vote', vote: voteOf(federation, 0, vote) }
}

/** Whether its own signature is right, where it has one of one member. */
function isSigned(payload: GossipPayload): boolean {
  if (payload.kind === 'vote') return scheme.check(voteCheck(chain, payload.vote))
  return payload.kind === 'proposal' && scheme.check(headerCheck(chain, payload.signed))
}

describe.each(messages)('%s', (_what, message) => {
  const lies = mutatorNames[message.kind].map((name) => [name, mutated(message, name, mutation)])

  test('is changed by whatever it has a field for, and by each in another way', () => {
    const changed = lies.flatMap(([, lie]) => (typeof lie === 'object' ? [lie] : []))
    expect(changed.length).toBeGreaterThanOrEqual(6)
    const encoded = changed.map((lie) => encodeGossip(lie).join())
    expect(new Set(encoded).size).toBe(changed.length)
    expect(encoded).not.toContain(encodeGossip(message).join())
  })

  test('is signed anew by the liar where its word is what was changed', () => {
    if (message.kind === 'certificate') return
    const signed = lies.flatMap(([name, lie]) =>
      typeof lie === 'object' && isSigned(lie) ? [name] : [],
    )
    expect(signed).not.toContain('signature')
    expect(signed).toContain(
      message.kind === 'vote' && message.vote.vote.kind === 'nullify' ? 'to + 1' : 'slot + 1',
    )
  })
})

test('a member that changes messages lies in few of them, and says the rest', () => {
  const stage = new LiarStage(federation, mutator, { member: 0, slot: 4 })
  const [, message] = messages[1] ?? expect.unreachable()
  for (let i = 0; i < 400; i += 1) stage.publishes(message)
  const truths = stage.said.filter(
    (said) => encodeGossip(said).join() === encodeGossip(message).join(),
  )
  const lies = stage.messages.length - truths.length
  expect(lies).toBe(12)
  expect(truths.length).toBeGreaterThanOrEqual(400 - lies)
})

import { expect, test } from 'vitest'
import {
  bodyForger,
  bodyThief,
  formChanger,
  justificationSpoiler,
  justificationThief,
  signatureSpoiler,
} from '../../../../../sim/cluster/adversary/proposal-spoiler.ts'
import { certificateCheck, headerCheck } from '../../../../../src/protocol/consensus/checks.ts'
import { encodeGossip } from '../../../../../src/protocol/wire/gossip.ts'
import {
  decodeBlockAnswer,
  encodeBlockAnswer,
  protocolId,
} from '../../../../../src/protocol/wire/requests.ts'
import { federationOf, grow } from '../../../../support/actors/federation.ts'
import { LiarStage } from '../../../../support/actors/liar-stage.ts'

const federation = federationOf(4)
const { chain, scheme } = federation
const block = grow(federation, 2)[1] ?? expect.unreachable()
const proposal = { kind: 'proposal', ...block } as const
const place = { member: 0, slot: 2 }

test('a thief of bodies passes a proposal on without one, and serves none', () => {
  const stage = new LiarStage(federation, bodyThief, place)
  stage.hears(proposal)
  expect(stage.said).toEqual([{ ...proposal, body: undefined }])
  expect(stage.answers(protocolId.block, Uint8Array.of(1))).toBe('nothing')
  expect(stage.answers(protocolId.headers, Uint8Array.of(1))).toEqual(Uint8Array.of(1))
})

test('a forger of bodies announces nothing, and gives a block with another body', () => {
  const stage = new LiarStage(federation, bodyForger, place)
  stage.hears(proposal)
  expect(stage.said).toEqual([])
  const given = stage.answers(protocolId.block, encodeBlockAnswer(block))
  if (given === undefined || given === 'nothing') return expect.unreachable()
  const read = decodeBlockAnswer(given, 4)
  expect(read.ok && read.value).toEqual({ ...block, body: block.body.slice(0, -1) })
  expect(stage.answers(protocolId.headers, Uint8Array.of(1))).toEqual(Uint8Array.of(1))
})

test('a spoiler of justifications passes a proposal on with a certificate that is none', () => {
  const stage = new LiarStage(federation, justificationSpoiler, place)
  stage.hears(proposal)
  const [spoiled] = stage.said
  if (spoiled?.kind !== 'proposal') return expect.unreachable()
  const { notarisation } = spoiled.justification
  expect(spoiled.signed).toEqual(block.signed)
  expect(notarisation).toMatchObject({ signers: [0, 1, 2], block: block.signed.header.parentHash })
  expect(notarisation && scheme.check(certificateCheck(chain, notarisation))).toBe(false)
})

test('a spoiler of signatures passes a proposal on with another one', () => {
  const stage = new LiarStage(federation, signatureSpoiler, place)
  stage.hears(proposal)
  const [spoiled] = stage.said
  if (spoiled?.kind !== 'proposal') return expect.unreachable()
  const { signature } = spoiled.signed
  expect({ ...spoiled, signed: { ...spoiled.signed, signature: block.signed.signature } }).toEqual(
    proposal,
  )
  expect(signature).not.toEqual(block.signed.signature)
  expect(scheme.check(headerCheck(chain, spoiled.signed))).toBe(false)
})

test('a changer of forms passes a proposal on in a form that nobody may take', () => {
  const stage = new LiarStage(federation, formChanger, place)
  stage.hears(proposal)
  const [bytes = expect.unreachable()] = stage.messages
  expect(stage.said).toEqual([])
  const again = encodeGossip(proposal)
  expect(bytes).toHaveLength(again.length)
  expect([...bytes.entries()].filter(([at, byte]) => byte !== again[at])).toEqual([[194, 2]])
})

test('a thief of justifications says nothing, and serves blocks without what justifies them', () => {
  const stage = new LiarStage(federation, justificationThief, place)
  stage.hears(proposal)
  expect(stage.said).toEqual([])
  const answer = stage.answers(protocolId.block, encodeBlockAnswer(block))
  if (!(answer instanceof Uint8Array)) return expect.unreachable()
  const justification = { notarisation: undefined, nullifies: [] }
  expect(decodeBlockAnswer(answer, 4)).toEqual({ ok: true, value: { ...block, justification } })
  const nothing = encodeBlockAnswer(undefined)
  expect(stage.answers(protocolId.block, nothing)).toEqual(nothing)
  expect(stage.answers(protocolId.headers, Uint8Array.of(1))).toEqual(Uint8Array.of(1))
})

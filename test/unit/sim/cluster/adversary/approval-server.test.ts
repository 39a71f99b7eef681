import { expect, test } from 'vitest'
import { approvalServer } from '../../../../../sim/cluster/adversary/approval-server.ts'
import { concatBytes } from '../../../../../src/base/bytes.ts'
import { encodeSignedHeader } from '../../../../../src/protocol/block/header.ts'
import { encodeCertificate } from '../../../../../src/protocol/consensus/codec.ts'
import {
  encodeCertifiedAnswer,
  encodeCertifiedRequest,
} from '../../../../../src/protocol/wire/certified.ts'
import { protocolId } from '../../../../../src/protocol/wire/requests.ts'
import { certify, federationOf, grow, voteOf } from '../../../../support/actors/federation.ts'
import { LiarStage } from '../../../../support/actors/liar-stage.ts'

const federation = federationOf(4)
const [block = expect.unreachable()] = grow(federation, 1)

/** The block, as an answer about certified headers. */
function answer(kind: 'notarise' | 'finalise'): Uint8Array {
  const certificate = certify(federation, kind, block)
  const item = concatBytes(encodeSignedHeader(block.signed), encodeCertificate(certificate))
  return encodeCertifiedAnswer({ kind: 'found', value: [item] })
}

test('serves the approval of a block for its commit, once it has heard a quorum of votes', () => {
  const stage = new LiarStage(federation, approvalServer, { member: 0, slot: 2 })
  const request = encodeCertifiedRequest({ fromHeight: 1, strideHeights: 1, countMax: 1 })
  const asked = () => stage.answers(protocolId.certified, answer('finalise'), request)
  const vote = {
    kind: 'notarise',
    slot: block.signed.header.slot,
    block: block.signed.hash,
  } as const
  for (const member of [2, 0]) {
    stage.hears({ kind: 'vote', vote: voteOf(federation, member, vote) })
    expect(asked()).toEqual(answer('finalise'))
  }
  stage.hears({ kind: 'vote', vote: voteOf(federation, 1, vote) })
  expect(asked()).toEqual(answer('notarise'))
})

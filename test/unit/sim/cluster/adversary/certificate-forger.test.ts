import { expect, test } from 'vitest'
import {
  type CertificateForgery,
  certificateForger,
  certificateForgeryNames,
} from '../../../../../sim/cluster/adversary/certificate-forger.ts'
import { certificateCheck, isQuorum } from '../../../../../src/protocol/consensus/checks.ts'
import { decodeGossip } from '../../../../../src/protocol/wire/gossip.ts'
import { certify, federationOf, grow, voteOf } from '../../../../support/actors/federation.ts'
import { LiarStage } from '../../../../support/actors/liar-stage.ts'

const federation = federationOf(4)
const { chain, scheme } = federation
const block = grow(federation, 1)[0] ?? expect.unreachable()

/** What is wrong with the message that the forger has published. */
function faultOf(message: Uint8Array | undefined): string {
  const decoded = decodeGossip(message ?? new Uint8Array(0), chain.committee.members.length)
  if (!decoded.ok) return `${decoded.fault.field} ${decoded.fault.code}`
  if (decoded.value.kind !== 'certificate') return decoded.value.kind
  const { certificate } = decoded.value
  expect(certificate.block).toBe(block.signed.hash)
  if (!isQuorum(chain, certificate)) return 'no quorum'
  return scheme.check(certificateCheck(chain, certificate)) ? 'none' : 'signature'
}

const faults: Readonly<Record<CertificateForgery, string>> = {
  garbage: 'signature',
  'too-few': 'no quorum',
  'other-committee': 'no quorum',
  'bits-without-signature': 'signature',
  'one-short': 'no quorum',
  'other-kind': 'signature',
  'beyond-the-committee': 'certificate.signers out-of-range',
  'bitmap-too-long': 'certificate.signers out-of-range',
}

test.each(certificateForgeryNames)('forges %s', (name) => {
  const stage = new LiarStage(federation, certificateForger(name), { member: 0, slot: 1 })
  stage.hears({ kind: 'proposal', ...block })
  stage.hears({ kind: 'certificate', certificate: certify(federation, 'notarise', block) })
  const vote = { kind: 'finalise', slot: 1, block: block.signed.hash } as const
  for (const member of [3, 1, 2]) {
    stage.hears({ kind: 'vote', vote: voteOf(federation, member, vote) })
  }
  expect(stage.messages.map(faultOf)).toEqual([faults[name]])
})

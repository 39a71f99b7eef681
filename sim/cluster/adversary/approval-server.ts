/**
 * A peer that serves approvals for commits (B9): to whoever downloads it gives notarise certificates, which a quorum did
 * sign, in the place of finalise certificates. It makes them of the votes that it hears, so it has those of late blocks.
 */
import { quorumOf } from '../../../src/protocol/committee.ts'
import type { Certificate, SignedVote, Vote } from '../../../src/protocol/consensus/vote.ts'
import type { HostileParts } from '../cluster.ts'
import type { WrapEnvironment } from '../machine.ts'
import { certifiedUnder } from './chain-rules.ts'
import { hostileServer } from './hostile-server.ts'
import { type Mouth, speaking } from './speech.ts'

/** What it has heard outlives its process. */
export function approvalServer(parts: HostileParts): WrapEnvironment {
  const approvals = new Map<string, Certificate>()
  const listening = speaking((_parts, mouth) => {
    const votes = new Map<string, ReadonlyMap<number, SignedVote>>()
    return {
      hear: (payload) => {
        if (payload.kind !== 'vote' || payload.vote.vote.kind !== 'notarise') return
        const { signer, vote } = payload.vote
        const heard = new Map(votes.get(vote.block)).set(signer, payload.vote)
        votes.set(vote.block, heard)
        if (heard.size < quorumOf(parts.chain.committee)) return
        const approval = approvalOf(vote, [...heard.values()], mouth)
        if (approval !== undefined) approvals.set(vote.block, approval)
      },
    }
  })(parts)
  const serving = hostileServer(certifiedUnder(({ hash }) => approvals.get(hash)))(parts)
  return (environment) => serving(listening(environment))
}

/** Undefined if one of them is no signature. */
function approvalOf(
  { kind, slot, block }: Extract<Vote, { readonly kind: 'notarise' }>,
  votes: readonly SignedVote[],
  mouth: Mouth,
): Certificate | undefined {
  const ordered = votes.toSorted((a, b) => a.signer - b.signer)
  const signature = mouth.aggregate(ordered.map((vote) => vote.signature))
  const [first] = ordered
  if (signature === undefined || first === undefined) return undefined
  const signers = ordered.map(({ signer }) => signer)
  return { kind, epoch: first.epoch, slot, block, signers, signature }
}

import { toHex } from '../../../src/base/bytes.ts'
import type { Certificate } from '../../../src/protocol/consensus/vote.ts'
import type { Checker, World } from './checker.ts'

/**
 * I4: a certificate that a correct node acts on names a quorum of distinct members, and each correct
 * one among them did sign that vote; and its signature is that of all of them.
 */
export function certificateChecker({ committee, quorum, liars, isGenuine }: World): Checker {
  const sent = new Set<string>()
  const memberCount = committee.members.length
  /** Each is judged once, whoever shows it: real signatures take a millisecond. */
  const genuine = new Set<string>()
  const isForged = (certificate: Certificate): boolean => {
    const { kind, slot, block, signers, signature } = certificate
    const print = `${kind} ${slot} ${block} ${signers.join()} ${toHex(signature)}`
    if (!genuine.has(print) && isGenuine(certificate)) genuine.add(print)
    return !genuine.has(print)
  }
  const fault = (certificate: Certificate): string | undefined => {
    const { kind, slot, block, signers } = certificate
    if (new Set(signers).size < quorum) return `names ${signers.length} members`
    if (signers.some((signer) => signer >= memberCount)) return `names ${signers.join(', ')}`
    const forged = signers.find(
      (signer) => !liars.has(signer) && !sent.has(`${kind} ${slot} ${block} ${signer}`),
    )
    if (forged !== undefined) return `names member ${forged}, who did not sign`
    return isForged(certificate) ? 'has a forged signature' : undefined
  }
  return {
    property: 'certificate-validity',
    observe: ({ node, event }) => {
      if (event.kind === 'vote-sent' && event.vote.vote.kind !== 'nullify') {
        const { kind, slot, block } = event.vote.vote
        sent.add(`${kind} ${slot} ${block} ${event.vote.signer}`)
        return undefined
      }
      const certificate =
        event.kind === 'block-notarised'
          ? event.certificate
          : event.kind === 'block-committed'
            ? event.finalisation
            : undefined
      const found = certificate && fault(certificate)
      return found && `${node} took a certificate for slot ${certificate?.slot} that ${found}`
    },
  }
}

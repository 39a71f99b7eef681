import type { NullifyVote, Vote } from '../../../src/protocol/consensus/vote.ts'
import type { Checker, World } from './checker.ts'

/** Everything one member ever sent. */
interface Signed {
  readonly notarise: Map<number, string>
  readonly finalise: Map<number, string>
  readonly ranges: NullifyVote[]
}

/**
 * I5, A6: over its whole history, restarts included, a correct member never signs two notarise votes
 * or two finalise votes in a slot, nor gives up a slot that it finalises. Judged by what it sent. A member whose disk
 * may have forgotten is not held to it.
 */
export function voteLockChecker({ untrustedDisks }: World): Checker {
  const members = new Map<number, Signed>()
  return {
    property: 'vote-lock',
    observe: ({ node, event }) => {
      if (event.kind !== 'vote-sent' || untrustedDisks.has(node)) return undefined
      const { vote, signer } = event.vote
      const nothing: Signed = { notarise: new Map(), finalise: new Map(), ranges: [] }
      const signed = members.get(signer) ?? nothing
      members.set(signer, signed)
      const broken = breakBy(signed, vote)
      return broken && `${node} ${broken}`
    },
  }
}

/** Adds a vote; says what it contradicts. */
function breakBy(signed: Signed, vote: Vote): string | undefined {
  if (vote.kind === 'nullify') {
    signed.ranges.push(vote)
    const slot = [...signed.finalise.keys()].find((at) => at >= vote.from && at <= vote.to)
    return slot === undefined ? undefined : `gave up slot ${slot}, which it finalised`
  }
  const { kind, slot, block } = vote
  const known = signed[kind].get(slot)
  signed[kind].set(slot, block)
  if (known !== undefined && known !== block) {
    return `signed ${kind} for ${known} and ${block} in slot ${slot}`
  }
  const isGivenUp = signed.ranges.some(({ from, to }) => from <= slot && slot <= to)
  return kind === 'finalise' && isGivenUp ? `finalised slot ${slot}, which it gave up` : undefined
}

/**
 * What one member has ever said to the others: its votes and its proposals. Nothing of it is ever taken
 * back, and who has heard it may hear it again: so this is all of a member that others can see.
 */
import type {
  Certificate,
  Justification,
  NullifyVote,
  SignedVote,
} from '../../../../src/protocol/consensus/vote.ts'
import type { Proposal } from '../member.ts'

/** A set of utterances. Equal sets have the same `id`. */
export interface Said {
  readonly id: number
  /** For people, and to compare one exploration with another. */
  readonly name: string
  readonly votes: readonly SignedVote[]
  readonly proposals: readonly Proposal[]
}

/** The sets that came up, each once. */
export class SaidTable {
  readonly #byKey = new Map<string, Said>()
  readonly #all: Said[] = []

  /** Of the set with these utterances, in whatever order. */
  intern(votes: readonly SignedVote[], proposals: readonly Proposal[]): Said {
    const byName = new Map(votes.map((vote) => [nameOfVote(vote), vote]))
    const proposed = new Map(proposals.map((proposal) => [nameOfProposal(proposal), proposal]))
    const name = [...byName.keys(), ...proposed.keys()].sort().join('; ')
    const known = this.#byKey.get(name)
    if (known !== undefined) return known
    const id = this.#all.length
    const said = { id, name, votes: [...byName.values()], proposals: [...proposed.values()] }
    this.#byKey.set(name, said)
    this.#all.push(said)
    return said
  }
}

/** For people, and to tell votes apart. */
export function nameOfVote({ vote, signer }: SignedVote): string {
  return vote.kind === 'nullify'
    ? `${signer}: nullify ${vote.from}–${vote.to}`
    : `${signer}: ${vote.kind} ${vote.block}`
}

/** A block, and what it came with. */
export function nameOfProposal({ block, justification }: Proposal): string {
  return `propose ${block.hash} ${nameOfJustification(justification)}`
}

/** Whose signatures a certificate bears is left out: nothing depends on it. Which kind it is does matter. */
export function nameOfJustification(justification: Justification | undefined): string {
  if (justification === undefined) return 'with nothing'
  const { notarisation, nullifies } = justification
  const ranges = nullifies.map(nameOfRange)
  const proof = notarisation === undefined ? [] : [nameOfCertificate(notarisation)]
  return `with [${[...proof, ...ranges].join(', ')}]`
}

/** What it says, without its signers. */
export function nameOfCertificate({ kind, block }: Certificate): string {
  return `${kind}d ${block}`
}

/** A range and its signer. */
export function nameOfRange({ vote, signer }: SignedVote<NullifyVote>): string {
  return `${signer}:${vote.from}–${vote.to}`
}

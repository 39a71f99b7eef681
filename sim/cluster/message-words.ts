/**
 * What the messages of the chain say, in a few words for people: whose vote for what, which block. What cannot be decoded
 * is named as it came, by its topic or protocol.
 */
import type { Chain } from '../../src/protocol/chain.ts'
import type { Certificate, SignedVote } from '../../src/protocol/consensus/vote.ts'
import { decodeExchange } from '../../src/protocol/wire/exchange.ts'
import { decodeGossip, type GossipPayload } from '../../src/protocol/wire/gossip.ts'
import { protocolId } from '../../src/protocol/wire/requests.ts'
import { factsText } from '../trace/facts.ts'
import type { Describe, Described } from '../trace/tracer.ts'

/** Describes what nodes of this chain say to each other. */
export function wordsFor({ committee }: Chain): Describe {
  const { length } = committee.members
  // The same bytes go to everybody.
  const known = new WeakMap<Uint8Array, Described>()
  return (way, label, bytes) => {
    const before = known.get(bytes)
    if (before !== undefined) return before
    const said = describe(way, label, bytes, length)
    const described = said ?? { what: label.split('/').at(-2) ?? label, facts: '' }
    known.set(bytes, described)
    return described
  }
}

function describe(
  way: Parameters<Describe>[0],
  label: string,
  bytes: Uint8Array,
  members: number,
): Described | undefined {
  if (way === 'gossip') {
    const payload = decodeGossip(bytes, members)
    return payload.ok && label.endsWith('/consensus/1') ? gossipWords(payload.value) : undefined
  }
  if (label !== protocolId.exchange) return undefined
  const exchange = decodeExchange(bytes, members)
  if (!exchange.ok) return undefined
  const { votes, certificates, ...place } = exchange.value
  const counts = { ...place, votes: votes.length, certificates: certificates.length }
  return { what: 'exchange', facts: factsText(counts) }
}

function gossipWords(payload: GossipPayload): Described {
  switch (payload.kind) {
    case 'proposal': {
      const { header, hash } = payload.signed
      const { slot, height, parentHash: parent } = header
      return { what: 'proposal', facts: factsText({ slot, height, hash, parent }) }
    }
    case 'vote':
      return voteWords(payload.vote)
    case 'certificate':
      return certificateWords(payload.certificate)
    default:
      return payload satisfies never
  }
}

function voteWords({ vote, signer }: SignedVote): Described {
  const { kind, ...about } = vote
  return { what: `${kind} vote`, facts: factsText({ ...about, signer }) }
}

function certificateWords({ kind, slot, block, signers }: Certificate): Described {
  return { what: `${kind} certificate`, facts: factsText({ slot, block, signers }) }
}

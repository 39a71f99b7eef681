/**
 * What the messages of the chain say, in a few words for people: whose vote for what, which block. What cannot be decoded
 * is named as it came, by its topic or protocol.
 */
import type { Result } from '../../src/base/result.ts'
import type { SignedHeader } from '../../src/protocol/block/header.ts'
import type { Chain } from '../../src/protocol/chain.ts'
import type { Certificate, SignedVote } from '../../src/protocol/consensus/vote.ts'
import { decodeBodiesRequest } from '../../src/protocol/wire/bodies.ts'
import { decodeExchange } from '../../src/protocol/wire/exchange.ts'
import { decodeGossip, type GossipPayload } from '../../src/protocol/wire/gossip.ts'
import { decodeHeadersRequest } from '../../src/protocol/wire/headers.ts'
import {
  decodeBlockAnswer,
  decodeBlockRequest,
  protocolId,
} from '../../src/protocol/wire/requests.ts'
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
    const described = said ?? { what: nameOf(label), facts: '' }
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
  const facts =
    way === 'request' ? askedFor(label, bytes, members) : answered(label, bytes, members)
  return facts === undefined ? undefined : { what: nameOf(label), facts: factsText(facts) }
}

/** Of a protocol or topic: what stands before its version. */
function nameOf(label: string): string {
  return label.split('/').at(-2) ?? label
}

/** What a request asks for, as far as it can be said. */
function askedFor(protocol: string, bytes: Uint8Array, members: number): object | undefined {
  switch (protocol) {
    case protocolId.exchange:
      return standing(bytes, members)
    case protocolId.block:
      return whatIsIn(decodeBlockRequest(bytes))
    case protocolId.headers:
      return whatIsIn(decodeHeadersRequest(bytes))
    case protocolId.bodies:
      return whatIsIn(decodeBodiesRequest(bytes))
    default:
      return undefined
  }
}

function answered(protocol: string, bytes: Uint8Array, members: number): object | undefined {
  if (protocol === protocolId.exchange) return standing(bytes, members)
  if (protocol !== protocolId.block) return undefined
  const block = decodeBlockAnswer(bytes, members)
  if (!block.ok) return undefined
  return block.value === undefined ? { isThere: false } : headerFacts(block.value.signed)
}

/** Where a node says that it stands, and how much it passes on. */
function standing(bytes: Uint8Array, members: number): object | undefined {
  const exchange = decodeExchange(bytes, members)
  if (!exchange.ok) return undefined
  const { votes, certificates, ...place } = exchange.value
  return { ...place, votes: votes.length, certificates: certificates.length }
}

function whatIsIn<Value>(decoded: Result<Value, unknown>): Value | undefined {
  return decoded.ok ? decoded.value : undefined
}

function headerFacts({ header, hash }: SignedHeader): object {
  const { slot, height, parentHash: parent } = header
  return { slot, height, hash, parent }
}

function gossipWords(payload: GossipPayload): Described {
  switch (payload.kind) {
    case 'proposal':
      return { what: 'proposal', facts: factsText(headerFacts(payload.signed)) }
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

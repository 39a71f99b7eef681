/**
 * Bytes that are made to break whoever reads them (B17): lengths that overflow, messages that end early or late, second
 * encodings of one value, versions and kinds that do not exist, as much of nothing as is carried. No format here nests,
 * so there is no depth to exhaust.
 *
 * Each bomb is one well-formed frame with one thing wrong, for each topic and each protocol: whoever takes it for
 * something is at fault, and whoever sends it can be blamed.
 */
import { topicsOf } from '../../../src/actors/network/topics.ts'
import { present } from '../../../src/base/assert.ts'
import { encodeAddressesRequest } from '../../../src/protocol/wire/addresses.ts'
import { encodeBodiesRequest } from '../../../src/protocol/wire/bodies.ts'
import { encodeCertifiedRequest } from '../../../src/protocol/wire/certified.ts'
import { encodeExchange } from '../../../src/protocol/wire/exchange.ts'
import { encodeGossip, gossipBytesMax } from '../../../src/protocol/wire/gossip.ts'
import { encodeHeadersRequest } from '../../../src/protocol/wire/headers.ts'
import {
  encodeBlockRequest,
  protocolId,
  wireVersions,
} from '../../../src/protocol/wire/requests.ts'
import { encodeStatus } from '../../../src/protocol/wire/status.ts'
import type { HostileParts } from '../cluster.ts'
import type { WrapEnvironment } from '../machine.ts'
import { attacker } from './attacker.ts'
import { madeUpCertificate, madeUpHash, madeUpHeader, madeUpVote } from './made-up.ts'

/** Where a bomb goes: a topic, or a protocol. */
export interface Target {
  readonly kind: 'topic' | 'protocol'
  readonly name: string
}

export interface Bomb {
  readonly target: Target
  readonly bytes: Uint8Array
}

type Break = (frame: Uint8Array) => Uint8Array

/** What can be done to any frame. */
const breaks: Readonly<Record<string, Break>> = {
  empty: () => new Uint8Array(0),
  'cut short': (frame) => frame.slice(0, -1),
  'cut in half': (frame) => frame.slice(0, Math.floor(frame.length / 2)),
  'one byte more': (frame) => Uint8Array.of(...frame, 0),
  'all ones': (frame) => new Uint8Array(frame.length).fill(0xff),
}

/** What can be done to gossip besides. Numbers are of the layout of a proposal: head, header, flags and counts. */
const gossipBreaks: Readonly<Record<string, Break>> = {
  'another version': (frame) => changed(frame, 0, 0xff),
  'an unknown kind': (frame) => changed(frame, 1, 0xff),
  'a flag of two': (frame) => changed(frame, justificationAt, 2),
  'a count that overflows': (frame) =>
    changed(changed(frame, nullifiesAt, 0xff), nullifiesAt + 1, 0xff),
  'a length that overflows': (frame) =>
    [0, 1, 2, 3].reduce((bytes, at) => changed(bytes, itemLengthAt + at, 0xff), frame),
  'a height beyond all': (frame) => changed(frame, heightAt + 7, 0xff),
  'the most of nothing': () => new Uint8Array(gossipBytesMax),
}

const heightAt = 2 + 8
const justificationAt = 2 + 192
/** Of a justification without a certificate. */
const nullifiesAt = justificationAt + 1
const itemLengthAt = nullifiesAt + 2 + 1 + 2 + 1

/** Names of all bombs: where they go, and what is wrong with them. */
export const bombNames: readonly string[] = [
  ...Object.keys({ ...breaks, ...gossipBreaks }).map((name) => `consensus: ${name}`),
  ...Object.keys(breaks).map((name) => `transactions: ${name}`),
  ...Object.keys(protocolId).flatMap((protocol) =>
    Object.keys(breaks)
      // A goodbye of any one byte is one.
      .filter((name) => !(protocol === 'goodbye' && name === 'all ones'))
      // Any 32 bytes are the hash of a block.
      .filter((name) => !(protocol === 'block' && name === 'all ones'))
      .map((name) => `${protocol}: ${name}`),
  ),
]

/** A bomb by its name. */
export function bombOf(parts: HostileParts, name: string): Bomb {
  const [where = '', what = ''] = name.split(': ')
  const spoil = present(breaks[what] ?? gossipBreaks[what], `a way to break ${name}`)
  return { target: targetOf(parts, where), bytes: spoil(frameOf(parts, where)) }
}

/** A follower that keeps the rules until `fromMs`, and then throws one bomb at everybody it knows. */
export function bomber(name: string, fromMs: number): (parts: HostileParts) => WrapEnvironment {
  return attacker({
    fromMs,
    everyMs: 500,
    act: ({ network, peers, parts, nth }) => {
      if (nth !== 1) return
      const { target, bytes } = bombOf(parts, name)
      if (target.kind === 'topic') return network.publish(target.name, bytes)
      for (const peer of peers) {
        const request = { peer, protocol: target.name, body: bytes, deadlineMs: 1_000 }
        network.request(request, () => undefined)
      }
    },
  })
}

function targetOf({ chain }: HostileParts, where: string): Target {
  const topics = topicsOf(chain)
  if (where === 'consensus' || where === 'transactions')
    return { kind: 'topic', name: topics[where] }
  const protocols: Readonly<Record<string, string>> = protocolId
  return { kind: 'protocol', name: protocols[where] ?? where }
}

/** A frame that can be read, before it is spoiled. */
function frameOf(parts: HostileParts, where: string): Uint8Array {
  const { chain } = parts
  switch (where) {
    case 'consensus': {
      const body = [{ kind: 'transaction', bytes: new Uint8Array(8) } as const]
      const justification = { notarisation: undefined, nullifies: [] }
      return encodeGossip({ kind: 'proposal', signed: madeUpHeader(parts, 1), justification, body })
    }
    case 'status':
      return encodeStatus({
        ...{ chainTag: chain.tag, genesis: chain.genesis.hash, versions: wireVersions },
        ...{ certified: undefined, head: { height: 0, slot: 0 }, availableFrom: 0 },
        statement: undefined,
      })
    case 'exchange': {
      const place = { committedSlot: 0, notarisedSlot: 0, nullifiedTo: 0 }
      const certificate = madeUpCertificate(parts, 'forged', { slot: 1, hash: madeUpHash(parts) })
      return encodeExchange({
        ...place,
        votes: [madeUpVote(parts, 1)],
        certificates: [certificate],
      })
    }
    case 'block':
      return encodeBlockRequest({ hash: madeUpHash(parts) })
    case 'certified':
      return encodeCertifiedRequest({ fromHeight: 1, strideHeights: 1, countMax: 1 })
    case 'headers':
      return encodeHeadersRequest({ fromHeight: 1, countMax: 1 })
    case 'bodies':
      return encodeBodiesRequest({ fromHeight: 1, countMax: 1, bytesMax: 1_000 })
    case 'peers':
      return encodeAddressesRequest({ countMax: 1, of: 'anybody' })
    case 'goodbye':
      return Uint8Array.of(1)
    default:
      // A transaction: nothing that anybody has signed.
      return new Uint8Array(149).fill(1)
  }
}

function changed(frame: Uint8Array, at: number, value: number): Uint8Array {
  const bytes = Uint8Array.from(frame)
  bytes[at] = value
  return bytes
}

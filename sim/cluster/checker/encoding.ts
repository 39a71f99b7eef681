import { topicsOf } from '../../../src/actors/network/topics.ts'
import { equalBytes } from '../../../src/base/bytes.ts'
import { Writer } from '../../../src/base/codec.ts'
import type { Result } from '../../../src/base/result.ts'
import { encodeSignedHeader } from '../../../src/protocol/block/header.ts'
import {
  decodeTransaction,
  encodeTransaction,
} from '../../../src/protocol/execution/transaction.ts'
import {
  decodeAddresses,
  decodeAddressesRequest,
  encodeAddresses,
  encodeAddressesRequest,
} from '../../../src/protocol/wire/addresses.ts'
import {
  decodeBodiesAnswer,
  decodeBodiesRequest,
  encodeBodiesAnswer,
  encodeBodiesRequest,
} from '../../../src/protocol/wire/bodies.ts'
import {
  decodeCertifiedAnswer,
  decodeCertifiedRequest,
  encodeCertifiedAnswer,
  encodeCertifiedRequest,
} from '../../../src/protocol/wire/certified.ts'
import {
  type CertifiedHeader,
  writeCertifiedHeader,
} from '../../../src/protocol/wire/certified-header.ts'
import { decodeExchange, encodeExchange } from '../../../src/protocol/wire/exchange.ts'
import { decodeGoodbye, encodeGoodbye } from '../../../src/protocol/wire/goodbye.ts'
import { decodeGossip, encodeGossip } from '../../../src/protocol/wire/gossip.ts'
import {
  decodeHeadersAnswer,
  decodeHeadersRequest,
  encodeHeadersAnswer,
  encodeHeadersRequest,
} from '../../../src/protocol/wire/headers.ts'
import {
  decodeBlockAnswer,
  decodeBlockRequest,
  encodeBlockAnswer,
  encodeBlockRequest,
  protocolId,
} from '../../../src/protocol/wire/requests.ts'
import type { Served } from '../../../src/protocol/wire/served.ts'
import { decodeStatus, encodeStatus } from '../../../src/protocol/wire/status.ts'
import type { Crossing, CrossingChecker, Message, World } from './checker.ts'

/** So many of each topic and protocol are looked at, questions and answers apart; of the rest one in so many, by their count. */
const firstLooks = 64
const oneIn = 16

/** What comes of decoding and encoding again; undefined if it cannot be decoded. */
type Again = Uint8Array | undefined

/**
 * I22: each message that a correct node publishes, accepts, asks or answers is the one encoding of what it says: decoded
 * and encoded again it is the same, byte by byte. Of each kind the first 64 are looked at, then one in sixteen, by their
 * count, so that the same are in each run of a seed. (That values come back the same is then so for all that was decoded;
 * for any value at all it is a law in `test/property/codec.test.ts`.)
 */
export function encodingChecker({ chain }: World): CrossingChecker {
  const seen = new WeakSet<Message>()
  const counts = new Map<string, number>()
  const forms = formsOf(chain.committee.members.length)
  const { transactions } = topicsOf(chain)

  const gossiped = (message: Message): string | undefined => {
    if (seen.has(message)) return undefined
    seen.add(message)
    const { topic, bytes } = message
    if (!isLookedAt(topic)) return undefined
    const again =
      topic === transactions
        ? encoded(decodeTransaction(bytes, chain.tag), (it) => encodeTransaction(it, chain.tag))
        : encoded(decodeGossip(bytes, chain.committee.members.length), encodeGossip)
    return differs(topic, bytes, again)
  }
  const isLookedAt = (kind: string): boolean => {
    const count = counts.get(kind) ?? 0
    counts.set(kind, count + 1)
    return count < firstLooks || count % oneIn === 0
  }
  const fault = (crossing: Crossing): string | undefined => {
    switch (crossing.kind) {
      case 'published':
        return gossiped(crossing.message)
      case 'judged':
        return crossing.verdict === 'accept' ? gossiped(crossing.message) : undefined
      case 'asked': {
        const { protocol, body } = crossing
        if (!isLookedAt(protocol)) return undefined
        return differs(protocol, body, forms[protocol]?.ask(body))
      }
      case 'answered': {
        const { protocol, body, answer } = crossing
        const what = `an answer by ${protocol}`
        if (!isLookedAt(what)) return undefined
        return differs(what, answer, forms[protocol]?.answer(answer, body))
      }
      default:
        return undefined
    }
  }
  return {
    property: 'encoding',
    cross: (crossing) => {
      const broken = fault(crossing)
      return broken && `${crossing.seat.node}: ${broken}`
    },
  }
}

function differs(what: string, bytes: Uint8Array, again: Again): string | undefined {
  if (again === undefined) return `${what}: ${bytes.length} bytes cannot be read`
  return equalBytes(bytes, again) ? undefined : `${what}: ${bytes.length} bytes have another form`
}

/** Of one protocol: how what is asked is written again, and what is answered to it. */
interface Form {
  ask(body: Uint8Array): Again
  answer(answer: Uint8Array, body: Uint8Array): Again
}

function formsOf(size: number): Readonly<Record<string, Form>> {
  const status: Form['ask'] = (bytes) => encoded(decodeStatus(bytes, size), encodeStatus)
  const exchange: Form['ask'] = (bytes) => encoded(decodeExchange(bytes, size), encodeExchange)
  return {
    [protocolId.status]: { ask: status, answer: status },
    [protocolId.exchange]: { ask: exchange, answer: exchange },
    [protocolId.block]: {
      ask: (bytes) => encoded(decodeBlockRequest(bytes), encodeBlockRequest),
      answer: (bytes) => encoded(decodeBlockAnswer(bytes, size), encodeBlockAnswer),
    },
    [protocolId.peers]: {
      ask: (bytes) => encoded(decodeAddressesRequest(bytes), encodeAddressesRequest),
      answer: (bytes) => encoded(decodeAddresses(bytes), encodeAddresses),
    },
    [protocolId.goodbye]: {
      ask: (bytes) => encoded(decodeGoodbye(bytes), encodeGoodbye),
      // There is nothing to say to it.
      answer: (bytes) => (bytes.length === 0 ? bytes : undefined),
    },
    ...chainFormsOf(size),
  }
}

/** Of what is asked for by who downloads. What is answered to something unreadable cannot be judged. */
function chainFormsOf(size: number): Readonly<Record<string, Form>> {
  return {
    [protocolId.certified]: {
      ask: (bytes) => encoded(decodeCertifiedRequest(bytes), encodeCertifiedRequest),
      answer: (bytes, body) => {
        const asked = decodeCertifiedRequest(body)
        if (!asked.ok) return undefined
        const read = decodeCertifiedAnswer(bytes, asked.value, size)
        return encoded(read, (served) => encodeCertifiedAnswer(withItems(served, certifiedBytes)))
      },
    },
    [protocolId.headers]: {
      ask: (bytes) => encoded(decodeHeadersRequest(bytes), encodeHeadersRequest),
      answer: (bytes, body) => {
        const asked = decodeHeadersRequest(body)
        if (!asked.ok) return undefined
        const read = decodeHeadersAnswer(bytes, asked.value)
        return encoded(read, (served) => encodeHeadersAnswer(withItems(served, encodeSignedHeader)))
      },
    },
    [protocolId.bodies]: {
      ask: (bytes) => encoded(decodeBodiesRequest(bytes), encodeBodiesRequest),
      answer: (bytes, body) => {
        const asked = decodeBodiesRequest(body)
        return asked.ok
          ? encoded(decodeBodiesAnswer(bytes, asked.value), encodeBodiesAnswer)
          : undefined
      },
    },
  }
}

function encoded<Value>(read: Result<Value, unknown>, encode: (value: Value) => Again): Again {
  return read.ok ? encode(read.value) : undefined
}

function withItems<Item>(
  served: Served<readonly Item[]>,
  encode: (item: Item) => Uint8Array,
): Served<readonly Uint8Array[]> {
  return served.kind === 'found' ? { kind: 'found', value: served.value.map(encode) } : served
}

function certifiedBytes(certified: CertifiedHeader): Uint8Array {
  const writer = new Writer(512)
  writeCertifiedHeader(writer, certified)
  return writer.finish()
}

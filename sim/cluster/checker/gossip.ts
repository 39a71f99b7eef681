import { topicsOf } from '../../../src/actors/network/topics.ts'
import { bodyRoot } from '../../../src/protocol/block/body.ts'
import type { Chain } from '../../../src/protocol/chain.ts'
import { headerCheck, voteCheck } from '../../../src/protocol/consensus/checks.ts'
import type { Certificate } from '../../../src/protocol/consensus/vote.ts'
import {
  identifyTransaction,
  transactionCheck,
} from '../../../src/protocol/execution/transaction.ts'
import { decodeGossip, type Proposal } from '../../../src/protocol/wire/gossip.ts'
import type { Crossing, CrossingChecker, Message, Seat, World } from './checker.ts'

/** Half of what the network remembers messages for (`src/platform/libp2p/gossip-rules.ts`), and the model for longer. */
const onceMs = 60_000

/**
 * I17: no message is brought to the node twice within a minute; and whatever a correct node publishes, or passes on by
 * accepting it, is well-formed and signed by who is said to have signed it.
 */
export function gossipChecker(world: World): CrossingChecker {
  const heard = new Heard()
  /** Each message is judged once, whoever passes it on: real signatures take a millisecond. */
  const sound = new WeakSet<Message>()

  const unsound = (message: Message): string | undefined => {
    if (sound.has(message)) return undefined
    const fault = faultOf(world, message)
    if (fault === undefined) sound.add(message)
    return fault
  }
  const passed = ({ node }: Seat, message: Message): string | undefined => {
    const fault = unsound(message)
    return fault && `${node} passed on ${message.bytes.length} bytes of ${message.topic}: ${fault}`
  }
  return {
    property: 'gossip',
    cross: (crossing: Crossing) => {
      switch (crossing.kind) {
        case 'heard':
          return heard.add(crossing.message, crossing.seat, crossing.atMs)
        case 'published':
          return passed(crossing.seat, crossing.message)
        case 'judged':
          return crossing.verdict === 'accept' ? passed(crossing.seat, crossing.message) : undefined
        default:
          return undefined
      }
    },
  }
}

/** When each life heard each message last. */
class Heard {
  readonly #times = new WeakMap<Message, Map<Seat, number>>()

  add(message: Message, seat: Seat, atMs: number): string | undefined {
    const known = this.#times.get(message)
    const times = known ?? new Map<Seat, number>()
    if (known === undefined) this.#times.set(message, times)
    const before = times.get(seat)
    times.set(seat, atMs)
    if (before === undefined || atMs - before >= onceMs) return undefined
    const bytes = message.bytes.length
    return `${seat.node} was brought ${bytes} bytes of ${message.topic} again after ${atMs - before} ms`
  }
}

/** What is wrong with a message, whoever made it. */
function faultOf(world: World, { topic, bytes }: Message): string | undefined {
  const { chain } = world
  if (topic === topicsOf(chain).transactions) return transactionFault(world, bytes)
  const decoded = decodeGossip(bytes, chain.committee.members.length)
  if (!decoded.ok) return `${decoded.fault.field} ${decoded.fault.detail}`
  const payload = decoded.value
  switch (payload.kind) {
    case 'vote':
      return world.isSigned(voteCheck(chain, payload.vote)) ? undefined : 'a forged vote'
    case 'certificate':
      return certificateFault(world, payload.certificate)
    case 'proposal':
      return proposalFault(world, payload)
    default:
      return payload satisfies never
  }
}

function transactionFault({ chain, isSigned }: World, bytes: Uint8Array): string | undefined {
  const transaction = identifyTransaction(bytes, chain.tag)
  if (!transaction.ok) return `${transaction.fault.field} ${transaction.fault.detail}`
  return isSigned(transactionCheck(transaction.value)) ? undefined : 'a forged transaction'
}

function certificateFault(world: World, certificate: Certificate): string | undefined {
  if (new Set(certificate.signers).size < world.quorum) return 'a certificate without a quorum'
  return world.isGenuine(certificate) ? undefined : 'a forged certificate'
}

function proposalFault(
  world: World,
  { signed, justification, body }: Proposal,
): string | undefined {
  const { header } = signed
  const { chain } = world
  if (header.author !== authorAt(chain, header.slot)) {
    return `a block of member ${header.author} in slot ${header.slot}`
  }
  // What came with it says where its parent stands.
  const { notarisation } = justification
  if (notarisation !== undefined && notarisation.slot >= header.slot) {
    return `a block in slot ${header.slot} on one in slot ${notarisation.slot}`
  }
  if (body !== undefined && bodyRoot(body) !== header.bodyRoot) return 'a body of another block'
  return world.isSigned(headerCheck(chain, signed)) ? undefined : 'a forged block'
}

/** Slot s belongs to member s mod n, counted here and not asked of the code under test. */
function authorAt({ committee }: Chain, slot: number): number {
  return slot % committee.members.length
}

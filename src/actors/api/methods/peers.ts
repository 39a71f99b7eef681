/** Who is known, and the operator's word about peers. */
import { ok, type Result } from '../../../base/result.ts'
import type { Reply } from '../../../kernel/actor.ts'
import { peerCharactersMax } from '../../../protocol/consensus/signing.ts'
import { addressCharactersMax } from '../../../protocol/wire/addresses.ts'
import type { NetworkMessage } from '../../network/messages.ts'
import type { PeerFilter, PeerMessage } from '../../peer/messages.ts'
import { asking, fault, type Methods, refused } from '../method.ts'
import {
  type ParamFault,
  readChoice,
  readNone,
  readOne,
  readParams,
  readText,
  readWhole,
} from '../params.ts'
import type { ApiParts } from '../parts.ts'

/** A dial may have to wait for others. */
const connectDeadlineMs = 20_000
/** A year, and what fits beside the ban on the disk. */
const banSecondsMax = 365 * 86_400
const reasonCharactersMax = 120

const filters: Readonly<Record<string, PeerFilter>> = {
  connected: { isConnected: true },
  banned: { isBanned: true },
  federation: { class: 'federation' },
  miner: { class: 'miner' },
  regular: { class: 'regular' },
}

export function peerMethods(parts: ApiParts): Methods {
  const { network, peers: to } = parts
  return {
    /** All peers that are known, or those of one kind. */
    alys_getPeers: asking(parts, {
      ...{ read: readFilter, to },
      ask: (filter, reply: PeersReply): PeerMessage => ({ kind: 'get-peers', filter, reply }),
      answer: (peers) => ({ result: peers }),
    }),

    alys_getPeer: asking(parts, {
      ...{ read: readPeer, to },
      ask: (peer, reply: PeerReply): PeerMessage => ({ kind: 'get-peer', peer, reply }),
      answer: (report) => {
        return report === undefined ? fault('notFound', 'no such peer here') : { result: report }
      },
    }),

    /** How each member of the committee is reached from here. */
    alys_getMembers: asking(parts, {
      ...{ read: readNone, to },
      ask: (_, reply: MembersReply): PeerMessage => ({ kind: 'get-members', reply }),
      answer: (members) => ({ result: members }),
    }),

    /** Who is connected, what goes over each connection, and how wide gossip goes. */
    alys_getNetworkStatus: asking(parts, {
      ...{ read: readNone, to: network },
      ask: (_, reply: StatusReply): NetworkMessage => ({ kind: 'get-network-status', reply }),
      answer: (status) => ({ result: status }),
    }),

    /** Dials an address before all others, and ever again from now on until the node is restarted. */
    alys_connectPeer: asking(parts, {
      ...{ read: readAddress, to, deadlineMs: connectDeadlineMs },
      ask: (address, reply: ConnectReply): PeerMessage => ({
        ...{ kind: 'connect-peer', address, isKept: true, reply },
      }),
      answer: (outcome) => (outcome.ok ? { result: outcome.value } : refused(outcome.fault)),
    }),

    /** Refuses a peer for so many seconds, whoever vouches for it. Answers whether it was known. */
    alys_banPeer: asking(parts, {
      ...{ read: readBan, to },
      ask: (ban, reply: Reply<boolean>): PeerMessage => ({ kind: 'ban-peer', ...ban, reply }),
      answer: (isKnown) => ({ result: isKnown }),
    }),

    /** Lifts a ban, and forgives what led to it. Answers whether there was one. */
    alys_unbanPeer: asking(parts, {
      ...{ read: readPeer, to },
      ask: (peer, reply: Reply<boolean>): PeerMessage => ({ kind: 'unban-peer', peer, reply }),
      answer: (wasBanned) => ({ result: wasBanned }),
    }),
  }
}

type PeersReply = Extract<PeerMessage, { kind: 'get-peers' }>['reply']
type PeerReply = Extract<PeerMessage, { kind: 'get-peer' }>['reply']
type ConnectReply = Extract<PeerMessage, { kind: 'connect-peer' }>['reply']

function readFilter(params: unknown): Result<PeerFilter, ParamFault> {
  const isFiltered = Array.isArray(params) && params.length > 0
  if (isFiltered) return readOne(params, (value) => readChoice(value, 'filter', filters))
  const none = readNone(params)
  return none.ok ? ok({}) : none
}

function readPeer(params: unknown): Result<string, ParamFault> {
  return readOne(params, (value) => readText(value, 'peer', peerCharactersMax))
}

function readAddress(params: unknown): Result<string, ParamFault> {
  return readOne(params, (value) => readText(value, 'address', addressCharactersMax))
}

function readBan(params: unknown): Result<Pick<BanPeer, 'peer' | 'forMs' | 'reason'>, ParamFault> {
  const list = readParams(params, 3)
  if (!list.ok) return list
  const peer = readText(list.value[0], 'peer', peerCharactersMax)
  const seconds = readWhole(list.value[1], 'seconds', { min: 1, max: banSecondsMax })
  const reason = readText(list.value[2], 'reason', reasonCharactersMax)
  if (!peer.ok) return peer
  if (!seconds.ok) return seconds
  if (!reason.ok) return reason
  return ok({ peer: peer.value, forMs: 1_000 * seconds.value, reason: reason.value })
}

type StatusReply = Extract<NetworkMessage, { kind: 'get-network-status' }>['reply']
type MembersReply = Extract<PeerMessage, { kind: 'get-members' }>['reply']
type BanPeer = Extract<PeerMessage, { kind: 'ban-peer' }>

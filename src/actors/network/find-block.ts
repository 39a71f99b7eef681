/**
 * Finds one block by its hash: whoever announced it is asked first, and whoever else is connected a little later, since
 * an announcement costs nothing and a slot does not wait for whoever made it in order to say nothing. The first genuine
 * answer is taken, and the others are called off.
 */
import type { Millis } from '../../base/units.ts'
import type { OpenRequest, PeerId } from '../../kernel/environment.ts'
import type { StoredBlock } from '../../protocol/block/block.ts'
import { bodyRoot } from '../../protocol/block/body.ts'
import type { Hash } from '../../protocol/hash.ts'
import { decodeBlockAnswer, encodeBlockRequest, protocolId } from '../../protocol/wire/requests.ts'
import { blameMalformed } from './blame.ts'
import type { FetchedBlock, NetworkMessage } from './messages.ts'
import type { NetworkParts } from './parts.ts'

/** How long a peer has for its answer. */
const deadlineMs: Millis = 2_000
/** How long it is waited for alone. A block of the largest size takes longer on a slow link; then two send it. */
const aloneMs: Millis = 250
/** Peers asked for one block before it is given up for now. */
const triesMax = 8

/** A block that is looked for. */
interface Search {
  readonly hash: Hash
  readonly reply: (found: FetchedBlock | undefined) => void
  /** To be asked, in this order. */
  readonly peers: PeerId[]
  readonly open: Map<PeerId, OpenRequest>
  isOver: boolean
}

export class BlockFinder {
  readonly #parts: NetworkParts
  /** Peers on the same chain. */
  readonly #ready: () => readonly PeerId[]

  constructor(parts: NetworkParts, ready: () => readonly PeerId[]) {
    this.#parts = parts
    this.#ready = ready
  }

  find({ hash, from, reply }: Extract<NetworkMessage, { kind: 'fetch-block' }>): void {
    const others = this.#ready().filter((peer) => peer !== from)
    const start = others.length === 0 ? 0 : this.#parts.context.random.below(others.length)
    const turned = [...others.slice(start), ...others.slice(0, start)]
    const peers = (from === undefined ? turned : [from, ...turned]).slice(0, triesMax)
    this.#askNext({ hash, reply, peers, open: new Map(), isOver: false })
  }

  #askNext(search: Search): void {
    if (search.isOver) return
    const peer = search.peers.shift()
    if (peer === undefined) return search.open.size === 0 ? this.#end(search, undefined) : undefined
    const { network, context } = this.#parts
    const begunMs = context.now()
    const body = encodeBlockRequest({ hash: search.hash })
    const request = network.request(
      { peer, protocol: protocolId.block, body, deadlineMs },
      context.bind((answer) => {
        search.open.delete(peer)
        if (search.isOver) return
        this.#reportService(peer, answer.ok ? answer.value.length : undefined, begunMs)
        const block = answer.ok ? this.#read(search, peer, answer.value) : undefined
        if (block === undefined) this.#askNext(search)
        else this.#end(search, { block, from: peer })
      }),
    )
    search.open.set(peer, request)
    context.after(aloneMs, () => {
      if (search.open.has(peer)) this.#askNext(search)
    })
  }

  #end(search: Search, found: FetchedBlock | undefined): void {
    search.isOver = true
    for (const request of search.open.values()) request.cancel()
    search.reply(found)
  }

  /** The block, if the answer is the one that was asked for. Whoever answers with another is to blame. */
  #read({ hash }: Search, peer: PeerId, answer: Uint8Array): StoredBlock | undefined {
    const { chain, context, peers } = this.#parts
    const decoded = decodeBlockAnswer(answer, chain.committee.members.length)
    if (!decoded.ok) {
      blameMalformed(this.#parts, peer, 'block', decoded.fault)
      return undefined
    }
    const block = decoded.value
    if (block === undefined || (block.signed.hash === hash && isWhole(block))) return block
    context.send(peers, { kind: 'report-peer', peer, offence: 'forged' })
    return undefined
  }

  /** How a peer served a block; without bytes it did not. */
  #reportService(peer: PeerId, bytes: number | undefined, begunMs: Millis): void {
    const { context, peers } = this.#parts
    const elapsedMs = context.now() - begunMs
    const outcome = bytes === undefined ? 'failed' : 'served'
    const service = { outcome, bytes: bytes ?? 0, elapsedMs } as const
    context.send(peers, { kind: 'report-service', peer, ...service })
  }
}

/** Whether the body is the one that the header states. The header's hash says nothing of it. */
function isWhole({ signed, body }: StoredBlock): boolean {
  return body.length === signed.header.itemCount && bodyRoot(body) === signed.header.bodyRoot
}

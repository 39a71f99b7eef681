/**
 * The sync actor among pretended neighbours: a chain that takes runs as the real one does, a network
 * whose peers serve a chain on paper, each in its own way, and a peer actor that only listens.
 */
import type {
  ChainMessage,
  ChainStatus,
  Halted,
  ImportFault,
} from '../../../../src/actors/chain/messages.ts'
import type {
  FetchBodies,
  FetchCertified,
  Fetched,
  FetchHeaders,
  NetworkMessage,
} from '../../../../src/actors/network/messages.ts'
import type { PeerMessage } from '../../../../src/actors/peer/messages.ts'
import { SyncActor, type SyncOptions } from '../../../../src/actors/sync/actor.ts'
import { adaptive } from '../../../../src/actors/sync/download/options.ts'
import type { SyncMessage, SyncStatus } from '../../../../src/actors/sync/messages.ts'
import { present } from '../../../../src/base/assert.ts'
import { failed, ok } from '../../../../src/base/result.ts'
import type { Address } from '../../../../src/kernel/actor.ts'
import { placeOf } from '../../../../src/proof/certified-header.ts'
import type { ValidatedRun } from '../../../../src/proof/validated-run.ts'
import type { StoredBlock } from '../../../../src/protocol/block/block.ts'
import { encodeBody } from '../../../../src/protocol/block/body.ts'
import type { CertifiedHeader } from '../../../../src/protocol/wire/certified-header.ts'
import { wireVersions } from '../../../../src/protocol/wire/requests.ts'
import type { Served } from '../../../../src/protocol/wire/served.ts'
import type { Status } from '../../../../src/protocol/wire/status.ts'
import { certify, type Federation, federationOf, grow } from '../../../support/actors/federation.ts'
import { type Probe, Stage } from '../../../support/actors/stage.ts'

export const chainHeight = 200
export const lookMs = 2_000
export const federation = federationOf(4)
export const { chain } = federation
export const blocks = grow(federation, chainHeight)
/** Another past by the same members, of the same length: what old keys could sign. */
export const otherBlocks = grow(federation, chainHeight, 2)

export type Fetch = FetchCertified | FetchHeaders | FetchBodies
export type Answer = Fetched<readonly unknown[]>

/** How a peer answers: `undefined` for as an honest one does, 'nothing' for never. */
export type Manner = (fetch: Fetch) => Answer | 'nothing' | undefined

interface ServingPeer {
  readonly blocks: readonly StoredBlock[]
  /** Up to which it has them. */
  readonly height: number
  readonly manner: Manner
}

/** From asking to the answer. */
const answerMs = 20
const bytesAboutEach = 300

export class Scene {
  readonly stage = new Stage({ scheme: federation.scheme })
  readonly chainActor: Probe<ChainMessage> = this.stage.probe<ChainMessage>('chain')
  readonly network: Probe<NetworkMessage> = this.stage.probe<NetworkMessage>('network')
  readonly peers: Probe<PeerMessage> = this.stage.probe<PeerMessage>('peer')
  /** What the pretended chain has committed, and what it keeps above that. */
  committed = 0
  kept = 0
  /** Why the chain does not take a run, if it does not; 'nothing' for no answer. */
  refusal: (run: ValidatedRun) => ImportFault | 'nothing' | undefined = () => undefined
  /** Why it has stopped for good, if it has. */
  halted: Halted | undefined
  /** Whether the chain has read its disk, and answers. */
  isChainReady = true
  readonly #serving = new Map<string, ServingPeer>()
  #sync: Address<SyncMessage> | undefined
  #lives = 0
  /** The run before was not taken. */
  #isStopped = false

  constructor() {
    this.network.react((message) => this.#onNetwork(message))
    this.chainActor.react((message) => this.#onChain(message))
  }

  // ----- the actor -----

  get sync(): Address<SyncMessage> {
    return present(this.#sync, 'the sync actor')
  }

  /** Starts the actor; again for another life, which the one before does not hear of. */
  open(change: Partial<SyncOptions> = {}, of: Federation = federation): this {
    const options: SyncOptions = {
      ...{ download: adaptive, statusDeadlineMs: 5_000, lookMs, trusted: [], member: undefined },
      ...change,
    }
    const others = {
      chainActor: this.chainActor.address,
      network: this.network.address,
      peers: this.peers.address,
    }
    this.#lives += 1
    this.#sync = this.stage.spawn<SyncMessage>(`sync${this.#lives}`, (context) => {
      const { verifier } = this.stage.environment
      return new SyncActor({ context, chain: of.chain, verifier, ...others }, options)
    })
    this.stage.run(2)
    return this
  }

  send(message: SyncMessage): void {
    this.stage.send(this.sync, message)
    this.stage.run(2)
  }

  /** What sync says of itself. */
  get status(): SyncStatus {
    return this.ask('get-sync-status')
  }

  ask(kind: 'get-sync-status' | 'start-sync' | 'pause-sync' | 'resume-sync'): SyncStatus {
    return this.stage.ask<SyncMessage, SyncStatus>(this.sync, (reply) => ({ kind, reply }))
  }

  // ----- peers -----

  /** A peer that has the chain up to `height` comes. */
  join(peer: string, height: number, manner: Manner = () => undefined): void {
    this.serve(peer, height, manner)
    this.send({ kind: 'sync-peer-ready', peer, status: statusAt(height) })
  }

  /** A peer comes that has the other past. */
  joinOther(peer: string, height: number): void {
    this.#serving.set(peer, { blocks: otherBlocks, height, manner: () => undefined })
    this.send({ kind: 'sync-peer-ready', peer, status: statusAt(height, otherBlocks) })
  }

  /** From now on a peer has so much, and answers so. */
  serve(peer: string, height: number, manner: Manner = () => undefined): void {
    this.#serving.set(peer, { blocks, height, manner })
  }

  leave(peer: string): void {
    this.#serving.delete(peer)
    this.send({ kind: 'sync-peer-lost', peer })
  }

  /** What the peer actor thinks of a peer. */
  judge(peer: string, change: Partial<Extract<SyncMessage, { kind: 'peer-standing' }>>): void {
    const usual = { class: 'regular', netgroup: peer, conduct: 0, isUsable: true } as const
    this.send({ kind: 'peer-standing', peer, ...usual, ...change })
  }

  /** Who was reported for what. */
  get reported(): readonly string[] {
    return this.peers.of('report-peer').map(({ peer, offence }) => `${peer} ${offence}`)
  }

  /** Whom something was asked of, oldest first. */
  asked(kind?: Fetch['kind']): readonly string[] {
    return this.fetches.filter((fetch) => kind === undefined || fetch.kind === kind).map(peerOf)
  }

  get fetches(): readonly Fetch[] {
    return this.network.received.filter(isFetch)
  }

  // ----- the chain -----

  /** The chain commits up to `height` by votes. */
  advance(height: number): void {
    this.committed = height
    this.kept = Math.max(this.kept, height)
    this.send({ kind: 'chain-advanced', status: this.chainStatus() })
  }

  /** The chain begins anew from its disk. */
  restartChain(height: number): void {
    this.committed = height
    this.kept = height
    this.send({ kind: 'chain-started', status: this.chainStatus() })
  }

  chainStatus(isGateOpen = false): ChainStatus {
    const place = this.committed === 0 ? chain.genesis : placeOf(blockAt(this.committed).signed)
    const certified = this.committed === 0 ? undefined : pairAt(this.committed)
    const halted = this.halted === undefined ? {} : { halted: this.halted }
    return { committed: place, head: place, certified, isVoting: false, isGateOpen, ...halted }
  }

  /** The last word on the gate that the chain was given. */
  get isGateOpen(): boolean | undefined {
    return this.chainActor.of('set-gate').at(-1)?.isOpen
  }

  /** Runs that the chain was given, as from and to. */
  get runs(): readonly (readonly [number, number])[] {
    return this.chainActor.of('import-run').map(({ run }) => [run.fromHeight, run.toHeight])
  }

  /** States that were entered. */
  get states(): readonly string[] {
    return this.stage.reports('sync-state-changed').map(({ to }) => to)
  }

  // ----- inside -----

  #onChain(message: ChainMessage): void {
    if (message.kind === 'get-chain-status') {
      message.reply(this.isChainReady ? this.chainStatus() : undefined)
    }
    if (message.kind === 'get-block' && 'height' in message.by) {
      message.reply(blocks[message.by.height - 1])
    }
    if (message.kind !== 'import-run') return
    const { run, reply } = message
    const refusal = this.refusal(run) ?? this.#gapBefore(run)
    if (refusal === 'nothing') return
    this.#isStopped = refusal !== undefined && refusal.code !== 'busy'
    if (refusal !== undefined) return reply(failed(refusal))
    this.kept = Math.max(this.kept, run.toHeight)
    if (this.kept === run.segment.end.height) this.committed = this.kept
    reply(ok(this.chainStatus()))
  }

  #gapBefore({ fromHeight }: ValidatedRun): ImportFault | undefined {
    if (fromHeight <= this.kept + 1) return undefined
    return importFault(this.#isStopped ? 'stopped' : 'gap')
  }

  #onNetwork(message: NetworkMessage): void {
    if (message.kind === 'fetch-status') {
      const serving = this.#serving.get(message.peer)
      if (serving !== undefined) message.reply(ok(statusAt(serving.height, serving.blocks)))
    }
    if (!isFetch(message)) return
    const serving = this.#serving.get(message.peer)
    if (serving === undefined) return answer(message, fault('no-peer'))
    const given = serving.manner(message) ?? truthOf(message, serving)
    if (given === 'nothing') return
    this.stage.simulation.after(answerMs, () => answer(message, given))
  }
}

export function blockAt(height: number, of: readonly StoredBlock[] = blocks): StoredBlock {
  return present(of[height - 1], `block ${height}`)
}

export function pairAt(height: number, of: readonly StoredBlock[] = blocks): CertifiedHeader {
  const block = blockAt(height, of)
  return { signed: block.signed, certificate: certify(federation, 'finalise', block) }
}

/** What an honest peer at this height says of itself. */
export function statusAt(height: number, of: readonly StoredBlock[] = blocks): Status {
  return {
    chainTag: chain.tag,
    genesis: chain.genesis.hash,
    versions: wireVersions,
    certified: height === 0 ? undefined : pairAt(height, of),
    head: { height, slot: height },
    availableFrom: 0,
    statement: undefined,
  }
}

export function importFault(code: string): ImportFault {
  return { code, detail: 'because' }
}

/** An answer that came in. */
export function served(of: Served<readonly unknown[]>): Answer {
  const count = of.kind === 'found' ? of.value.length : 0
  const times = { firstByteMs: answerMs, elapsedMs: answerMs }
  return ok({ served: of, bytes: 10 + count * bytesAboutEach, ...times })
}

export function fault(code: 'timeout' | 'unreachable' | 'malformed' | 'no-peer'): Answer {
  return failed({ code, detail: 'because' })
}

/** What an honest peer that has everything answers. */
export function truth(fetch: Fetch): readonly unknown[] {
  const answered = truthOf(fetch, { blocks, height: chainHeight })
  const given = answered.ok ? answered.value.served : undefined
  return given?.kind === 'found' ? given.value : []
}

function truthOf(fetch: Fetch, { blocks: of, height }: Omit<ServingPeer, 'manner'>): Answer {
  const { fromHeight, countMax } = fetch.request
  if (fromHeight > height) return served({ kind: 'unavailable', fromHeight: 0, toHeight: height })
  const until = Math.min(height, fromHeight + countMax - 1)
  const range = of.slice(fromHeight - 1, until)
  switch (fetch.kind) {
    case 'fetch-certified': {
      const { strideHeights } = fetch.request
      const heights = Array.from({ length: countMax }, (_, k) => fromHeight + k * strideHeights)
      const value = heights.filter((at) => at <= height).map((at) => pairAt(at, of))
      return served({ kind: 'found', value })
    }
    case 'fetch-headers':
      return served({ kind: 'found', value: range.map(({ signed }) => signed) })
    case 'fetch-bodies':
      return served({ kind: 'found', value: range.map(({ body }) => encodeBody(body)) })
    default:
      return fetch satisfies never
  }
}

function isFetch(message: NetworkMessage): message is Fetch {
  const { kind } = message
  return kind === 'fetch-certified' || kind === 'fetch-headers' || kind === 'fetch-bodies'
}

/** The items are those of the kind that was asked for, or the test is wrong. */
function answer(fetch: Fetch, given: Answer): void {
  const reply = fetch.reply as (answer: Answer) => void
  reply(given)
}

function peerOf({ peer }: Fetch): string {
  return peer
}

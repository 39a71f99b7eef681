/** A peer actor among probes: a network that a test answers for, and a disk that remembers notes. */
import type { NetworkMessage } from '../../../../src/actors/network/messages.ts'
import { PeerActor } from '../../../../src/actors/peer/actor.ts'
import type {
  ConnectedPeer,
  Offence,
  PeerClass,
  PeerMessage,
  PeerReport,
} from '../../../../src/actors/peer/messages.ts'
import type { PeerOptions } from '../../../../src/actors/peer/scene.ts'
import type { StorageMessage } from '../../../../src/actors/storage/messages.ts'
import type { SyncMessage } from '../../../../src/actors/sync/messages.ts'
import { failed, ok } from '../../../../src/base/result.ts'
import type { Address } from '../../../../src/kernel/actor.ts'
import { defaultTuning } from '../../../../src/node/config.ts'
import { genesisHeader, headerHash } from '../../../../src/protocol/block/header.ts'
import type { Certificate } from '../../../../src/protocol/consensus/vote.ts'
import { wireVersions } from '../../../../src/protocol/wire/requests.ts'
import type { Status } from '../../../../src/protocol/wire/status.ts'
import { federationOf } from '../../../support/actors/federation.ts'
import { type Probe, Stage } from '../../../support/actors/stage.ts'

export const federation = federationOf(4)
const { chain } = federation

export const minute = 60_000

/** What a dial comes to: a peer, or nobody, or nothing at all. */
export type Answering = (address: string) => string | 'nobody' | 'never'

export class PeerStage {
  readonly stage = new Stage()
  readonly network: Probe<NetworkMessage>
  readonly storage: Probe<StorageMessage>
  readonly sync: Probe<SyncMessage>
  /** What lies on the disk. */
  readonly notes = new Map<string, Uint8Array>()
  /** Whom the network has, for those who ask. */
  readonly connected = new Map<string, ConnectedPeer>()
  /** When each dial came. */
  readonly dials: { readonly address: string; readonly atMs: number }[] = []
  answering: Answering = () => 'nobody'
  /** Whom each peer says to know. */
  telling: (peer: string) => readonly string[] = () => []
  /** Called when a dial has succeeded. */
  onUp: (peer: string) => void = () => undefined
  /** Peers that do not answer. */
  readonly mute = new Set<string>()
  peers: Address<PeerMessage>
  #lives = 0

  constructor() {
    this.network = this.stage.probe<NetworkMessage>('network')
    this.storage = this.stage.probe<StorageMessage>('storage')
    this.sync = this.stage.probe<SyncMessage>('sync')
    this.peers = this.stage.probe<PeerMessage>('nobody yet').address
    this.network.react((message) => this.handle(message))
    this.storage.react((message) => {
      if (message.kind === 'load-note') message.reply(ok(this.notes.get(message.name)))
      if (message.kind !== 'keep-note') return
      this.notes.set(message.name, message.bytes)
      message.reply(ok(undefined))
    })
  }

  /** Starts the actor; a further one is a later life, or that of a restarted node. */
  spawn(options: Partial<PeerOptions> = {}, isMember = true): void {
    this.#lives += 1
    const whole = { addresses: [], ...defaultTuning, ...options }
    this.peers = this.stage.spawn<PeerMessage>(`peer${this.#lives}`, (context) => {
      const parts = { context, network: this.network.address, storage: this.storage.address }
      const about = { self: 'self', committee: { size: 4, own: isMember ? 0 : undefined } }
      return new PeerActor({ ...parts, ...about, sync: this.sync.address }, whole)
    })
    this.stage.run(2)
  }

  send(message: PeerMessage): void {
    this.stage.send(this.peers, message)
  }

  arrive(peer: string, address = `sim:${peer}`, isDialled = false): void {
    this.connected.set(peer, { peer, address, isDialled })
    this.send({ kind: 'peer-up', peer, address, isDialled })
  }

  ready(peer: string, peerClass: PeerClass = 'regular', height = 7): void {
    const ready = { peer, class: peerClass, status: statusAt(height) }
    this.send({ kind: 'peer-status', ready })
  }

  meet(peer: string, peerClass: PeerClass = 'regular', address = `sim:${peer}`): void {
    this.arrive(peer, address)
    this.ready(peer, peerClass)
  }

  leave(peer: string): void {
    if (this.connected.delete(peer)) this.send({ kind: 'peer-down', peer })
  }

  report(peer: string, offence: Offence, times = 1): void {
    for (let i = 0; i < times; i += 1) this.send({ kind: 'report-peer', peer, offence })
  }

  reports(): readonly PeerReport[] {
    return this.stage.ask<PeerMessage, readonly PeerReport[]>(this.peers, (reply) => ({
      kind: 'get-peers',
      filter: {},
      reply,
    }))
  }

  reportOf(peer: string): PeerReport | undefined {
    return this.reports().find((report) => report.peer === peer)
  }

  bans(): readonly (readonly [peer: string, isBanned: boolean])[] {
    return this.network.of('ban').map(({ peer, isBanned }) => [peer, isBanned] as const)
  }

  get nowMs(): number {
    return this.stage.simulation.nowMs
  }

  /** What the network does with a message. */
  handle(message: NetworkMessage): void {
    if (message.kind === 'get-connected') message.reply([...this.connected.values()])
    if (message.kind === 'disconnect') this.leave(message.peer)
    if (message.kind === 'ban' && message.isBanned) this.leave(message.peer)
    if (message.kind === 'fetch-status' && !this.mute.has(message.peer)) {
      message.reply(ok(statusAt(7)))
    }
    if (message.kind === 'fetch-addresses') message.reply(ok(this.telling(message.peer)))
    if (message.kind !== 'dial') return
    const { address, reply } = message
    this.dials.push({ address, atMs: this.nowMs })
    const answer = this.answering(address)
    if (answer === 'never') return
    this.stage.simulation.after(1, () => {
      if (answer === 'nobody') return reply(failed({ code: 'unreachable', detail: 'nobody' }))
      this.arrive(answer, address, true)
      reply(ok(answer))
      this.onUp(answer)
    })
  }
}

/** What an honest peer at this height says. Its certificate is not looked at here. */
export function statusAt(height: number): Status {
  const header = { ...genesisHeader(chain.tag, chain.genesis.hash), height, slot: height }
  const signed = { header, hash: headerHash(header), signature: new Uint8Array(64) }
  const certificate: Certificate = {
    ...{ kind: 'finalise', epoch: 0, slot: height, block: signed.hash },
    ...{ signers: [0, 1, 2], signature: new Uint8Array(96) },
  }
  return {
    chainTag: chain.tag,
    genesis: chain.genesis.hash,
    versions: wireVersions,
    certified: { signed, certificate },
    head: { height, slot: height },
    availableFrom: 0,
    statement: undefined,
  }
}

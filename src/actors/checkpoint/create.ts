/**
 * One checkpoint: block → blocks below it → how far this node is → its peers → is it genuine? → bytes.
 * The block and its proof must be had; what sync and the peers say is left out if they do not answer.
 */
import { failed, ok, type Result } from '../../base/result.ts'
import type { Address, Context } from '../../kernel/actor.ts'
import type { Verifier } from '../../kernel/environment.ts'
import type { SignedHeader } from '../../protocol/block/header.ts'
import type { Chain } from '../../protocol/chain.ts'
import {
  type Checkpoint,
  type CoveredPart,
  checkpointPeersMax,
  federationPart,
  type PeerPart,
  peerAddressesMax,
  type SyncPart,
} from '../../protocol/checkpoint/checkpoint.ts'
import { checkpointFault } from '../../protocol/checkpoint/checks.ts'
import { fitsCheckpoint } from '../../protocol/checkpoint/codec.ts'
import { certificateCheck } from '../../protocol/consensus/checks.ts'
import type { Certificate } from '../../protocol/consensus/vote.ts'
import type { Hash } from '../../protocol/hash.ts'
import type { PeerMessage, PeerReport } from '../peer/messages.ts'
import type { StorageMessage } from '../storage/messages.ts'
import type { SyncMessage, SyncStatus } from '../sync/messages.ts'
import { readCovered } from './covered.ts'
import type { CheckpointEvent, CheckpointMessage, RefusedCheckpoint } from './messages.ts'

export interface CreationParts {
  readonly context: Context<CheckpointMessage, CheckpointEvent>
  readonly chain: Chain
  readonly verifier: Verifier
  readonly storage: Address<StorageMessage>
  readonly sync: Address<SyncMessage>
  readonly peers: Address<PeerMessage>
}

/** What a checkpoint is made of. */
export interface Basis {
  readonly height: number
  readonly hash: Hash
  readonly certificate: Certificate
  /** The lowest block to cover. */
  readonly fromHeight: number
  /** Undefined: they have to be read. */
  readonly covered: CoveredPart | undefined
  readonly previous: Hash | undefined
}

type Done<Value> = (outcome: Result<Value, RefusedCheckpoint>) => void

const deadlineMs = 5_000
const ppm = 1_000_000

/** Gathers the parts and verifies the certificate. Nothing is written. */
export function createCheckpoint(parts: CreationParts, basis: Basis, done: Done<Checkpoint>): void {
  askHeader(parts, basis, (signed) => {
    if (!signed.ok) return done(signed)
    askCovered(parts, basis, (covered) => {
      if (!covered.ok) return done(covered)
      askSync(parts, (sync) => {
        askPeers(parts, (peers) => {
          const { chain, context } = parts
          const { certificate, previous } = basis
          verify(parts, done, {
            createdAtMs: Math.floor(Math.max(0, context.wall())),
            isVerified: true,
            chain: {
              ...{ chainTag: chain.tag, genesis: chain.genesis.hash, signed: signed.value },
              ...{ certificate, covered: covered.value, previous },
            },
            ...{ sync, peers, federation: federationPart(chain.committee) },
            governance: { events: 0 },
          })
        })
      })
    })
  })
}

function askHeader(parts: CreationParts, { height, hash }: Basis, done: Done<SignedHeader>): void {
  const question = {
    to: parts.storage,
    deadlineMs,
    ask: (reply: BlockReply): StorageMessage => ({ kind: 'get-block', by: { height }, reply }),
  }
  parts.context.ask(question, (outcome) => {
    const block = outcome.ok ? outcome.value : outcome
    const signed = block.ok ? block.value?.signed : undefined
    if (signed?.hash === hash) return done(ok(signed))
    const detail = block.ok ? 'is not on the disk' : block.fault.code
    done(failed({ code: 'block-unreadable', detail: `block ${height}: ${detail}` }))
  })
}

function askCovered(parts: CreationParts, basis: Basis, done: Done<CoveredPart>): void {
  if (basis.covered !== undefined) return done(ok(basis.covered))
  readCovered(parts, basis.fromHeight, basis.height, done)
}

function askSync(parts: CreationParts, done: (sync: SyncPart | undefined) => void): void {
  const question = {
    to: parts.sync,
    deadlineMs,
    ask: (reply: (status: SyncStatus) => void): SyncMessage => ({ kind: 'get-sync-status', reply }),
  }
  parts.context.ask(question, (outcome) => {
    if (!outcome.ok) return done(undefined)
    const { state, currentHeight, targetHeight, progress } = outcome.value
    done({ state, currentHeight, targetHeight, progressPpm: Math.floor(progress * ppm) })
  })
}

function askPeers(parts: CreationParts, done: (peers: readonly PeerPart[]) => void): void {
  const question = {
    to: parts.peers,
    deadlineMs,
    ask: (reply: (reports: readonly PeerReport[]) => void): PeerMessage => ({
      kind: 'get-peers',
      filter: { isConnected: true, isBanned: false },
      reply,
    }),
  }
  parts.context.ask(question, (outcome) => done(outcome.ok ? peerParts(outcome.value) : []))
}

/** Who is connected, the federation first: it is for them that a list has a limit. */
function peerParts(reports: readonly PeerReport[]): readonly PeerPart[] {
  const rank = (part: PeerPart): number => (part.class === 'federation' ? 0 : 1)
  return reports
    .filter(({ isConnected, isBanned }) => isConnected && !isBanned)
    .map(({ peer, class: peerClass, addresses = [] }) => ({
      ...{ peer, class: peerClass, addresses: addresses.slice(0, peerAddressesMax) },
    }))
    .filter(fitsCheckpoint)
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, checkpointPeersMax)
}

/** A checkpoint that would be refused when it is needed is not made. */
function verify(parts: CreationParts, done: Done<Checkpoint>, checkpoint: Checkpoint): void {
  const { chain, context, verifier } = parts
  const fault = checkpointFault(chain, checkpoint)
  if (fault !== undefined) return done(failed(fault))
  verifier.verify(
    [certificateCheck(chain, checkpoint.chain.certificate)],
    'bulk',
    context.bind(([isGenuine]) => {
      if (isGenuine === true) return done(ok(checkpoint))
      done(failed({ code: 'forged', detail: 'the signature of its certificate is wrong' }))
    }),
  )
}

type BlockReply = Extract<StorageMessage, { kind: 'get-block' }>['reply']

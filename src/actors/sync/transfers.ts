/**
 * Carries out what the scheduler of downloads asks for, and brings back what came of it: requests by way
 * of the network actor, checks by way of the verifier, blocks by way of the chain. Decides nothing.
 */

import { present } from '../../base/assert.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import type { Address, AskFault, Context, Reply } from '../../kernel/actor.ts'
import type { PeerId, Verifier } from '../../kernel/environment.ts'
import { type ProvenHeader, verifyCertified } from '../../proof/certified-header.ts'
import { type ProvenSegment, proveSegment, type SegmentFault } from '../../proof/proven-segment.ts'
import { type ValidatedRun, validateBodies } from '../../proof/validated-run.ts'
import type { Chain, TrustedPlace } from '../../protocol/chain.ts'
import type { Certificate } from '../../protocol/consensus/vote.ts'
import { protocolId } from '../../protocol/wire/requests.ts'
import type { ChainMessage, ChainStatus, ImportFault } from '../chain/messages.ts'
import type { Fetched, NetworkMessage, PeerFault } from '../network/messages.ts'
import type { PeerMessage } from '../peer/messages.ts'
import type { Answer, Command } from './download/command.ts'
import type { Download } from './download/download.ts'
import type { SyncEvent, SyncMessage } from './messages.ts'
import type { Transfer } from './monitor/bandwidth.ts'

/** Where answers are brought. */
type Downloads = Pick<
  Download<ProvenSegment, ValidatedRun>,
  'certified' | 'verified' | 'headers' | 'proven' | 'bodies' | 'validated' | 'imported'
>
type SyncCommand = Command<ProvenSegment, ValidatedRun>
type Of<Kind extends SyncCommand['kind']> = Extract<SyncCommand, { kind: Kind }>

export interface TransferParts {
  readonly chain: Chain
  readonly verifier: Verifier
  readonly context: Pick<Context<SyncMessage, SyncEvent>, 'ask' | 'bind' | 'emit' | 'now' | 'send'>
  readonly chainActor: Address<ChainMessage>
  readonly network: Address<NetworkMessage>
  readonly peers: Address<PeerMessage>
  /** Blocks that this node knows to be committed: no other history is taken. */
  readonly trusted: readonly TrustedPlace[]
  /** A run is durable, and this is where the chain stands now. */
  readonly imported: (status: ChainStatus) => void
  /** Bytes of an answer have come in. */
  readonly received: (taken: Transfer) => void
  /** So many blocks have passed every check of their bytes. */
  readonly validated: (blocks: number) => void
  /** A peer has another history than the trusted one. */
  readonly distrusted: (peer: PeerId) => void
  /** The chain stands elsewhere than the scheduler thinks. */
  readonly lost: () => void
  /** Something came back, so the scheduler may have more to ask. */
  readonly moved: () => void
}

/** A chain that was restarted in the middle never answers; one that is slow says that it is busy. */
const importDeadlineMs = 60_000
/** The network actor keeps to the patience it is given; this is for one that was restarted. */
const graceMs = 2_000

type FetchKind = 'fetch-certified' | 'fetch-headers' | 'fetch-bodies'

const protocols: Readonly<Record<FetchKind, string>> = {
  'fetch-certified': protocolId.certified,
  'fetch-headers': protocolId.headers,
  'fetch-bodies': protocolId.bodies,
}

export class Transfers {
  readonly #parts: TransferParts
  readonly #downloads: Downloads
  /** What was verified, by the certificate: for as long as the scheduler may want headers proven by it. */
  readonly #ends = new WeakMap<Certificate, ProvenHeader>()

  constructor(parts: TransferParts, downloads: Downloads) {
    this.#parts = parts
    this.#downloads = downloads
  }

  perform(commands: readonly SyncCommand[]): void {
    for (const command of commands) this.#perform(command)
  }

  #perform(command: SyncCommand): void {
    const { context, network, peers } = this.#parts
    switch (command.kind) {
      case 'fetch-certified':
      case 'fetch-headers':
      case 'fetch-bodies':
        return this.#fetch(command)
      case 'cancel':
        context.send(network, { kind: 'cancel-fetch', id: command.id })
        return
      case 'verify':
        return this.#verify(command)
      case 'prove':
        return this.#prove(command)
      case 'validate':
        return this.#validate(command)
      case 'import':
        return this.#import(command)
      case 'blame':
        // What cannot be read was reported by whoever tried to read it.
        if (command.fault === 'malformed') return
        context.send(peers, { kind: 'report-peer', peer: command.peer, offence: 'forged' })
        return
      case 'distrust':
        return this.#parts.distrusted(command.peer)
      case 'measured': {
        const { kind: _, ...service } = command
        context.send(peers, { kind: 'report-service', ...service })
        return
      }
      default:
        return command satisfies never
    }
  }

  // ----- requests -----

  #fetch(command: Of<FetchKind>): void {
    const downloads = this.#downloads
    switch (command.kind) {
      case 'fetch-certified':
        return this.#request(
          command,
          (reply: FetchReply<'fetch-certified'>) => ({ ...command, reply }),
          (answer, nowMs) => downloads.certified(command.id, answer, nowMs),
        )
      case 'fetch-headers':
        return this.#request(
          command,
          (reply: FetchReply<'fetch-headers'>) => ({ ...command, reply }),
          (answer, nowMs) => downloads.headers(command.id, answer, nowMs),
        )
      case 'fetch-bodies':
        return this.#request(
          command,
          (reply: FetchReply<'fetch-bodies'>) => ({ ...command, reply }),
          (answer, nowMs) => downloads.bodies(command.id, answer, nowMs),
        )
      default:
        return command satisfies never
    }
  }

  #request<Value>(
    { kind, peer, request, patience }: Of<FetchKind>,
    ask: (reply: Reply<Fetched<Value>>) => NetworkMessage,
    answered: (answer: Answer<Value>, nowMs: number) => void,
  ): void {
    const { context, network, received, moved } = this.#parts
    const question = { to: network, deadlineMs: patience.deadlineMsMax + graceMs, ask }
    context.ask(question, (outcome: Result<Fetched<Value>, AskFault>) => {
      const answer = outcome.ok ? outcome.value : failed(unanswered(outcome.fault))
      if (!answer.ok && answer.fault.code !== 'cancelled') {
        const { code, detail } = answer.fault
        const { fromHeight } = request
        context.emit({ kind: 'transfer-failed', what: kind, peer, fromHeight, code, detail })
      }
      if (answer.ok) {
        received({ protocol: protocols[kind], direction: 'down', bytes: answer.value.bytes })
      }
      answered(answer, context.now())
      moved()
    })
  }

  // ----- checks -----

  #verify({ id, certified }: Of<'verify'>): void {
    const { context, moved } = this.#parts
    verifyCertified(this.#parts, certified, (outcome) => {
      if (outcome.ok) for (const header of outcome.value) this.#ends.set(header.certificate, header)
      const forgedAt = outcome.ok ? undefined : outcome.fault.index
      this.#downloads.verified(id, { forgedAt }, context.now())
      moved()
    })
  }

  #prove({ id, parent, headers, certificate }: Of<'prove'>): void {
    const { chain, trusted, context } = this.#parts
    const end = present(this.#ends.get(certificate), 'the end of a segment was verified')
    const segment = proveSegment(chain, { parent, headers, end, trusted })
    if (segment.ok) {
      const { parent: from } = segment.value
      const count = segment.value.headers.length
      context.emit({ kind: 'segment-proven', fromHeight: from.height + 1, count })
    }
    this.#downloads.proven(
      id,
      segment.ok ? segment : failed(refusalOf(segment.fault)),
      context.now(),
    )
  }

  #validate({ id, segment, fromHeight, bodies }: Of<'validate'>): void {
    const { context, validated, moved } = this.#parts
    validateBodies(this.#parts, { segment, fromHeight, bodies }, ({ run, fault }) => {
      const found = fault && { code: fault.code, culprit: fault.from }
      if (run !== undefined) validated(run.records.length)
      this.#downloads.validated(id, { run, fault: found }, context.now())
      moved()
    })
  }

  // ----- blocks -----

  #import({ id, run }: Of<'import'>): void {
    const { context, chainActor, imported, lost, moved } = this.#parts
    const { fromHeight } = run
    const question = {
      to: chainActor,
      deadlineMs: importDeadlineMs,
      ask: (reply: ImportReply): ChainMessage => ({ kind: 'import-run', run, reply }),
    }
    context.ask(question, (told) => {
      const answer = told.ok ? told.value : failed({ ...told.fault, detail: 'no answer' })
      if (answer.ok) {
        context.emit({ kind: 'run-imported', fromHeight, count: run.records.length })
        imported(answer.value)
      } else {
        const { code, detail } = answer.fault
        context.emit({ kind: 'run-refused', fromHeight, code, detail })
      }
      const outcome = answer.ok ? ok(undefined) : answer
      if (this.#downloads.imported(id, outcome, context.now())) lost()
      moved()
    })
  }
}

/** A restart of this node's own network is nobody's fault: the peer was not waited for any longer. */
function unanswered({ code }: AskFault): PeerFault {
  return { code: code === 'ended' ? 'cancelled' : code, detail: 'no answer' }
}

function refusalOf({ code, isSendersFault }: SegmentFault) {
  return { code, culprit: isSendersFault ? 'headers' : 'history' } as const
}

type FetchReply<Kind extends FetchKind> = Extract<NetworkMessage, { kind: Kind }>['reply']
type ImportReply = Reply<Result<ChainStatus, ImportFault>>

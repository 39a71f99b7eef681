/**
 * A world for the scheduler of downloads: it carries out commands in virtual time and brings back the answers.
 * It is no network and no chain, only their times; what it is good for is to compare ways of
 * scheduling with each other, and to let a scheduler meet every kind of peer.
 */

import { SimRandom } from '../../../sim/random.ts'
import type { Answer, Command, PeerFacts } from '../../../src/actors/sync/download/command.ts'
import { Download } from '../../../src/actors/sync/download/download.ts'
import type { DownloadOptions } from '../../../src/actors/sync/download/options.ts'
import { assert } from '../../../src/base/assert.ts'
import { failed, ok } from '../../../src/base/result.ts'
import type { Behaviour, ModelPeer } from './behaviour.ts'
import { bodyOf, certifiedAt, headerAt, lieSignature, type ModelChain, placeAt } from './chain.ts'
import { type ImportCosts, ModelImporter } from './importer.ts'
import { ModelNetwork, type Transfer, type TransferPlan } from './network.ts'
import { Timeline } from './timeline.ts'

export interface WorldOptions {
  readonly chain: ModelChain
  readonly peers: readonly ModelPeer[]
  readonly downBytesPerSecond: number
  readonly importCosts: ImportCosts
  readonly download: DownloadOptions
  readonly seed: number
  /** Whether our own check of bodies, or our own chain, is broken at that time. */
  readonly isBroken?: (what: 'validate' | 'import', nowMs: number) => boolean
}

/** Headers that one answer proved. */
interface ModelSegment {
  readonly fromHeight: number
  readonly isUnsigned: boolean
}

interface ModelRun {
  readonly fromHeight: number
  readonly records: { readonly length: number }
  readonly bytes: number
}

type ModelCommand = Command<ModelSegment, ModelRun>
type Fetch = Extract<ModelCommand, { readonly request: unknown }>

const certifiedBytes = 400
const headerBytes = 192
const verifyMsPerCertificate = 1
const proveMs = 0.1
const validateMsPerBlock = 0.01
const bodyMs = 0.02
const farMs = 3_600_000

export interface WorldCounts {
  readonly blamed: Map<string, number>
  peakReservedBytes: number
  peakReservedBlocks: number
  firstImportMs: number | undefined
  steps: number
}

export class World {
  readonly timeline = new Timeline()
  readonly network: ModelNetwork
  readonly download: Download<ModelSegment, ModelRun>
  readonly counts: WorldCounts = {
    blamed: new Map(),
    peakReservedBytes: 0,
    peakReservedBlocks: 0,
    firstImportMs: undefined,
    steps: 0,
  }
  /** Each command as it is given, if somebody listens. */
  onCommand: (command: ModelCommand) => void = () => {}
  readonly #options: WorldOptions
  readonly #importer: ModelImporter
  readonly #random: SimRandom
  readonly #peers = new Map<string, ModelPeer>()
  readonly #transfers = new Map<number, Transfer>()
  readonly #lies = new Map<number, number>()
  readonly #unsigned = new Set<number>()
  #validateFreeMs = 0
  #wakeMs = Number.POSITIVE_INFINITY

  constructor(options: WorldOptions) {
    this.#options = options
    this.#random = new SimRandom(`world ${options.seed}`)
    const random = new SimRandom(`download ${options.seed}`)
    this.network = new ModelNetwork(this.timeline, options.downBytesPerSecond)
    this.#importer = new ModelImporter(this.timeline, options.importCosts)
    this.download = new Download(options.download, random, placeAt(0))
    for (const peer of options.peers) {
      this.#event(peer.fromMs, () => {
        this.#peers.set(peer.name, peer)
        this.download.peerReady(peer.name, this.#factsOf(peer))
      })
      if (peer.untilMs < farMs) this.#event(peer.untilMs, () => this.#leave(peer.name))
    }
    this.#event(0, () => this.download.raiseTarget(placeAt(options.chain.sizes.length)))
  }

  get #last(): number {
    return this.#options.chain.sizes.length
  }

  /** Runs until everything is imported, or until `untilMs`. True if it is. */
  run(untilMs: number): boolean {
    while (this.#importedHeight < this.#last) {
      if (!this.timeline.next(untilMs)) return false
    }
    return true
  }

  #importedHeight = 0

  #factsOf({ netgroup, availableFrom }: ModelPeer): PeerFacts {
    return { class: 'regular', netgroup, availableFrom, committedHeight: this.#last }
  }

  #leave(name: string): void {
    this.#peers.delete(name)
    this.download.peerGone(name, this.timeline.nowMs)
  }

  /** Something happens, and the scheduler is stepped. */
  #event(ms: number, run: () => void): void {
    this.timeline.at(ms, () => {
      run()
      this.#step()
    })
  }

  #after(ms: number, run: () => void): void {
    this.#event(this.timeline.nowMs + ms, run)
  }

  #step(): void {
    const { nowMs } = this.timeline
    this.counts.steps += 1
    for (const command of this.download.step(nowMs)) {
      this.onCommand(command)
      this.#carryOut(command)
    }
    const { bytes, blocks } = this.download.reserved
    this.counts.peakReservedBytes = Math.max(this.counts.peakReservedBytes, bytes)
    this.counts.peakReservedBlocks = Math.max(this.counts.peakReservedBlocks, blocks)
    this.#sleep()
  }

  #sleep(): void {
    const { nowMs } = this.timeline
    const wakeMs = this.download.nextMs(nowMs)
    if (this.#wakeMs > nowMs && this.#wakeMs <= wakeMs) return
    this.#wakeMs = wakeMs
    this.timeline.at(wakeMs, () => {
      if (this.#wakeMs === wakeMs) this.#step()
    })
  }

  #carryOut(command: ModelCommand): void {
    switch (command.kind) {
      case 'fetch-certified':
      case 'fetch-headers':
      case 'fetch-bodies':
        return this.#fetch(command)
      case 'cancel':
        return this.#cancel(command.id)
      case 'verify':
        return this.#verify(command)
      case 'prove':
        return this.#prove(command)
      case 'validate':
        return this.#validate(command)
      case 'import':
        return this.#import(command.id, command.run)
      case 'blame':
        this.counts.blamed.set(command.peer, (this.counts.blamed.get(command.peer) ?? 0) + 1)
        return this.#after(0, () => this.#leave(command.peer))
      case 'distrust':
      case 'measured':
        return
      default:
        return command satisfies never
    }
  }

  // ----- requests -----

  #fetch(command: Fetch): void {
    const { id, patience } = command
    const peer = this.#peers.get(command.peer)
    if (peer === undefined) {
      return this.#after(1, () => this.#answer(command, failed({ code: 'no-peer' })))
    }
    const behaviour = peer.behave(this.timeline.nowMs, this.#random)
    const parcel = this.#parcelFor(command, behaviour, peer)
    const plan: TransferPlan = { peer, patience, ...parcel, manner: mannerOf(behaviour) }
    const transfer = this.network.send(plan, (outcome) => {
      this.#transfers.delete(id)
      if (outcome === 'timeout') this.#answer(command, failed({ code: 'timeout' }))
      else this.#deliver(command, transfer, { behaviour, count: parcel.count })
      this.#step()
    })
    this.#transfers.set(id, transfer)
  }

  /** What the answer weighs. */
  #parcelFor(
    command: Fetch,
    behaviour: Behaviour,
    { availableFrom }: ModelPeer,
  ): { readonly count: number; readonly bytes: number; readonly workMs: number } {
    const { request } = command
    const isSilent = behaviour === 'unavailable' || behaviour === 'busy' || behaviour === 'empty'
    if (isSilent || request.fromHeight < availableFrom) return { count: 0, bytes: 32, workMs: 0 }
    const max = behaviour === 'scrap' ? 1 : request.countMax
    if (command.kind === 'fetch-certified') {
      const left = this.#last - command.request.fromHeight
      const count = Math.min(max, 1 + Math.floor(left / command.request.strideHeights))
      return { count, bytes: count * certifiedBytes, workMs: 0 }
    }
    const count = Math.min(max, this.#last - request.fromHeight + 1)
    if (command.kind === 'fetch-headers') return { count, bytes: count * headerBytes, workMs: 0 }
    const { fromHeight, bytesMax } = command.request
    const fitting = this.#fitting(fromHeight, count, bytesMax)
    return { ...fitting, workMs: fitting.count * bodyMs }
  }

  /** The longest prefix of bodies that fits; one at least. */
  #fitting(
    fromHeight: number,
    countMax: number,
    bytesMax: number,
  ): { readonly count: number; readonly bytes: number } {
    let bytes = 0
    let count = 0
    while (count < countMax) {
      const size = this.#sizeAt(fromHeight + count)
      if (count > 0 && bytes + size > bytesMax) break
      bytes += size
      count += 1
    }
    return { count, bytes }
  }

  #sizeAt(height: number): number {
    return this.#options.chain.sizes[height - 1] ?? 0
  }

  #cancel(id: number): void {
    const transfer = this.#transfers.get(id)
    if (transfer === undefined) return
    this.network.cancel(transfer)
    this.#transfers.delete(id)
  }

  #deliver(
    command: Fetch,
    { sentMs, firstByteMs, bytes }: Transfer,
    { behaviour, count }: { readonly behaviour: Behaviour; readonly count: number },
  ): void {
    const { nowMs } = this.timeline
    const times = { firstByteMs: (firstByteMs ?? nowMs) - sentMs, elapsedMs: nowMs - sentMs }
    if (behaviour === 'busy') {
      const served = { kind: 'busy', retryAfterMs: 1_000 } as const
      return this.#answer(command, ok({ served, bytes, ...times }))
    }
    if (behaviour === 'unavailable' || (count === 0 && behaviour !== 'empty')) {
      const fromHeight = this.#peers.get(command.peer)?.availableFrom ?? 0
      const served = { kind: 'unavailable', fromHeight, toHeight: this.#last } as const
      return this.#answer(command, ok({ served, bytes, ...times }))
    }
    const isUnsigned = behaviour === 'unsigned'
    if (isUnsigned) this.#unsigned.add(command.id)
    const lieAt = behaviour === 'lie' ? this.#random.below(count) : -1
    if (lieAt >= 0) this.#lies.set(command.id, lieAt)
    const { fromHeight } = command.request
    const heights = Array.from({ length: count }, (_, at) => at)
    const arrival = { bytes, ...times }
    if (command.kind === 'fetch-certified') {
      const { strideHeights } = command.request
      const value = heights.map((at) => certifiedAt(fromHeight + at * strideHeights, at === lieAt))
      this.download.certified(command.id, ok(found(value, arrival)), nowMs)
    } else if (command.kind === 'fetch-headers') {
      const sound = heights.map((at) => headerAt(fromHeight + at, at === lieAt))
      const value = isUnsigned
        ? sound.map((signed) => ({ ...signed, signature: lieSignature }))
        : sound
      this.download.headers(command.id, ok(found(value, arrival)), nowMs)
    } else {
      const value = heights.map((at) => bodyOf(this.#sizeAt(fromHeight + at), at === lieAt))
      this.download.bodies(command.id, ok(found(value, arrival)), nowMs)
    }
  }

  /** An answer without a value. */
  #answer({ kind, id }: Fetch, answer: Answer<never>): void {
    const { nowMs } = this.timeline
    if (kind === 'fetch-certified') this.download.certified(id, answer, nowMs)
    else if (kind === 'fetch-headers') this.download.headers(id, answer, nowMs)
    else this.download.bodies(id, answer, nowMs)
  }

  // ----- checks -----

  #verify({ id, certified }: Extract<ModelCommand, { readonly kind: 'verify' }>): void {
    const forgedAt = this.#lies.get(id)
    this.#after(certified.length * verifyMsPerCertificate, () =>
      this.download.verified(id, { forgedAt }, this.timeline.nowMs),
    )
  }

  #prove({ id, parent }: Extract<ModelCommand, { readonly kind: 'prove' }>): void {
    const isLie = this.#lies.has(id)
    this.#after(proveMs, () => {
      const isUnsigned = this.#unsigned.has(id)
      const token: ModelSegment = { fromHeight: parent.height + 1, isUnsigned }
      const outcome = isLie
        ? failed({ code: 'not-linked', culprit: 'headers' } as const)
        : ok(token)
      this.download.proven(id, outcome, this.timeline.nowMs)
    })
  }

  #validate({
    id,
    segment,
    fromHeight,
    bodies,
  }: Extract<ModelCommand, { readonly kind: 'validate' }>): void {
    const isBroken = this.#options.isBroken?.('validate', this.timeline.nowMs) === true
    const isUnsigned = segment.isUnsigned || isBroken
    const lieAt = this.#lies.get(id) ?? (isUnsigned ? 0 : undefined)
    const length = lieAt ?? bodies.length
    const bytes = bodies.slice(0, length).reduce((sum, body) => sum + body.length, 0)
    const run = length === 0 ? undefined : { fromHeight, records: { length }, bytes }
    const culprit = segment.isUnsigned ? 'headers' : 'bodies'
    const fault = lieAt === undefined ? undefined : ({ code: 'wrong', culprit } as const)
    const { nowMs } = this.timeline
    this.#validateFreeMs =
      Math.max(nowMs, this.#validateFreeMs) + bodies.length * validateMsPerBlock
    this.#event(this.#validateFreeMs, () =>
      this.download.validated(id, { run, fault }, this.timeline.nowMs),
    )
  }

  #import(id: number, { fromHeight, records }: ModelRun): void {
    if (this.#options.isBroken?.('import', this.timeline.nowMs) === true) {
      const outcome = failed({ code: 'state-root' })
      return this.#after(1, () => this.download.imported(id, outcome, this.timeline.nowMs))
    }
    // What follows one that was refused does not fit.
    if (fromHeight !== this.#importer.next && this.#options.isBroken !== undefined) {
      const outcome = failed({ code: 'gap' })
      return this.#after(1, () => this.download.imported(id, outcome, this.timeline.nowMs))
    }
    const isNext = this.#importer.add(fromHeight, records.length, () => {
      this.counts.firstImportMs ??= this.timeline.nowMs
      this.#importedHeight = fromHeight + records.length - 1
      this.download.imported(id, ok(undefined), this.timeline.nowMs)
      this.#step()
    })
    assert(isNext, `the run at ${fromHeight} is the next, ${this.#importer.next}`)
  }
}

function found<Value, Rest>(value: Value, arrival: Rest): Rest & Found<Value> {
  return { ...arrival, served: { kind: 'found', value } }
}

interface Found<Value> {
  readonly served: { readonly kind: 'found'; readonly value: Value }
}

function mannerOf(behaviour: Behaviour): TransferPlan['manner'] {
  switch (behaviour) {
    case 'stall':
      return 'none'
    case 'freeze':
      return 'first'
    case 'drip':
      return 'drip'
    case 'serve':
    case 'lie':
    case 'unsigned':
    case 'empty':
    case 'scrap':
    case 'unavailable':
    case 'busy':
      return 'whole'
    default:
      return behaviour satisfies never
  }
}

/**
 * The links of the model. Each peer serves one request after the other at its own rate; what it sends
 * comes through our own link, which is one queue as well. There is no loss and no slow start, and a cancelled
 * request frees the peer at once.
 */
import type { Patience } from '../../../src/actors/network/messages.ts'
import type { ModelPeer } from './behaviour.ts'
import type { Timeline } from './timeline.ts'

const chunkBytes = 65_536
const dripBytes = 8_192
const dripBytesPerSecond = 6_000
const serverMs = 4

/** A request on its way, and what came of it so far. */
export interface Transfer {
  readonly peer: ModelPeer
  readonly patience: Patience
  readonly sentMs: number
  readonly bytes: number
  received: number
  firstByteMs: number | undefined
  lastByteMs: number
  /** When the peer will be through with it. */
  serverEndMs: number
  isOver: boolean
  readonly done: (outcome: 'complete' | 'timeout') => void
}

export interface TransferPlan {
  readonly peer: ModelPeer
  readonly patience: Patience
  readonly bytes: number
  /** What the peer has to do before it sends. */
  readonly workMs: number
  readonly manner: 'whole' | 'none' | 'first' | 'drip'
}

export class ModelNetwork {
  readonly #timeline: Timeline
  readonly #downBytesPerSecond: number
  readonly #busyUntilMs = new Map<ModelPeer, number>()
  #downFreeMs = 0
  /** Bytes that came for nothing. */
  wasted = 0

  constructor(timeline: Timeline, downBytesPerSecond: number) {
    this.#timeline = timeline
    this.#downBytesPerSecond = downBytesPerSecond
  }

  send(plan: TransferPlan, done: Transfer['done']): Transfer {
    const { nowMs } = this.#timeline
    const transfer: Transfer = {
      peer: plan.peer,
      patience: plan.patience,
      sentMs: nowMs,
      bytes: plan.bytes,
      received: 0,
      firstByteMs: undefined,
      lastByteMs: nowMs,
      serverEndMs: nowMs,
      isOver: false,
      done,
    }
    const { deadlineMs } = plan.patience
    this.#timeline.at(nowMs + deadlineMs, () => this.#look(transfer))
    if (plan.manner !== 'none') this.#serve(transfer, plan)
    return transfer
  }

  #serve(transfer: Transfer, { peer, bytes, workMs, manner }: TransferPlan): void {
    const arrivesMs = this.#timeline.nowMs + peer.rttMs / 2
    const startMs = Math.max(arrivesMs, this.#busyUntilMs.get(peer) ?? 0) + serverMs + workMs
    const isDrip = manner === 'drip'
    const rate = isDrip ? dripBytesPerSecond : peer.bytesPerSecond
    const piece = isDrip ? dripBytes : chunkBytes
    let atMs = startMs
    for (let sent = 0; sent < bytes; sent += piece) {
      const chunk = Math.min(piece, bytes - sent)
      atMs += (chunk / rate) * 1_000
      this.#timeline.at(atMs + peer.rttMs / 2, () => this.#enter(transfer, chunk))
      if (manner === 'first') return
    }
    transfer.serverEndMs = atMs
    this.#busyUntilMs.set(peer, atMs)
  }

  /** A chunk comes to our link. */
  #enter(transfer: Transfer, bytes: number): void {
    if (transfer.isOver) return
    const { nowMs } = this.#timeline
    this.#downFreeMs =
      Math.max(nowMs, this.#downFreeMs) + (bytes / this.#downBytesPerSecond) * 1_000
    this.#timeline.at(this.#downFreeMs, () => this.#receive(transfer, bytes))
  }

  #receive(transfer: Transfer, bytes: number): void {
    if (transfer.isOver) {
      this.wasted += bytes
      return
    }
    const { nowMs } = this.#timeline
    transfer.received += bytes
    transfer.firstByteMs ??= nowMs
    transfer.lastByteMs = nowMs
    if (transfer.received < transfer.bytes) return
    transfer.isOver = true
    transfer.done('complete')
  }

  /** The deadline is over: is it alive? */
  #look(transfer: Transfer): void {
    if (transfer.isOver) return
    const { nowMs } = this.#timeline
    const { patience, firstByteMs, lastByteMs, received, sentMs } = transfer
    const isAlive =
      firstByteMs !== undefined &&
      nowMs - lastByteMs < patience.stallMs &&
      (received / Math.max(1, nowMs - firstByteMs)) * 1_000 >= patience.bytesPerSecondMin
    const nextMs = nowMs + patience.extensionMs
    if (isAlive && nextMs - sentMs <= patience.deadlineMsMax) {
      this.#timeline.at(nextMs, () => this.#look(transfer))
      return
    }
    this.cancel(transfer)
    transfer.done('timeout')
  }

  cancel(transfer: Transfer): void {
    if (transfer.isOver) return
    transfer.isOver = true
    this.wasted += transfer.received
    const { peer, serverEndMs, bytes, received } = transfer
    const busyMs = this.#busyUntilMs.get(peer) ?? 0
    const leftMs = ((bytes - received) / peer.bytesPerSecond) * 1_000
    if (serverEndMs > this.#timeline.nowMs) {
      this.#busyUntilMs.set(peer, Math.max(this.#timeline.nowMs, busyMs - leftMs))
    }
  }
}

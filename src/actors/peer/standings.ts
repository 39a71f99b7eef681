/**
 * Tells sync how each peer stands whenever that has changed, at most four times a second: whether it may be asked,
 * and whom it belongs with. Nothing is told of peers that are not ready; that they are lost sync hears otherwise.
 */
import type { Millis } from '../../base/units.ts'
import type { PeerId } from '../../kernel/environment.ts'
import type { SyncMessage } from '../sync/messages.ts'
import { shunAt } from './conduct.ts'
import type { PeerRecord } from './roster.ts'
import { conductOf, isUseless, type PeerScene } from './scene.ts'

type Standing = Extract<SyncMessage, { kind: 'peer-standing' }>

const everyMs = 250

export class Standings {
  readonly #scene: PeerScene
  readonly #told = new Map<PeerId, Standing>()
  readonly #changed = new Set<PeerRecord>()
  #toldMs: Millis = -Infinity
  #isWaiting = false

  constructor(scene: PeerScene) {
    this.#scene = scene
  }

  changed(record: PeerRecord): void {
    if (record.connection?.isReady !== true) return
    this.#changed.add(record)
    if (this.#isWaiting) return
    const { context } = this.#scene.parts
    const waitMs = Math.max(0, this.#toldMs + everyMs - context.now())
    if (waitMs === 0) return this.tell()
    this.#isWaiting = true
    context.sendAfter(waitMs, { kind: 'tell-standings' })
  }

  forget(peer: PeerId): void {
    this.#told.delete(peer)
  }

  /** Everybody, whatever was told before. */
  tellAll(): void {
    this.#told.clear()
    for (const record of this.#scene.roster.all()) this.#changed.add(record)
    this.tell()
  }

  tell(): void {
    const { context, sync } = this.#scene.parts
    this.#isWaiting = false
    this.#toldMs = context.now()
    for (const record of this.#changed) {
      if (record.connection?.isReady !== true) continue
      const standing = standingOf(this.#scene, record, this.#toldMs)
      if (isAlike(standing, this.#told.get(record.peer))) continue
      this.#told.set(record.peer, standing)
      context.send(sync, standing)
    }
    this.#changed.clear()
  }
}

function standingOf(scene: PeerScene, record: PeerRecord, nowMs: Millis): Standing {
  const { peer, class: peerClass, place } = record
  const conduct = Math.round(conductOf(scene, record, nowMs))
  return {
    kind: 'peer-standing',
    peer,
    class: peerClass,
    netgroup: place.netgroup,
    conduct,
    isUsable: isUsable(scene, record, nowMs),
  }
}

/** Whether it may be asked for anything: it behaves, and is not known to be useless. */
function isUsable(scene: PeerScene, record: PeerRecord, nowMs: Millis): boolean {
  const { class: peerClass, ban, pausedUntilMs } = record
  if (ban !== undefined) return false
  if (pausedUntilMs !== undefined && nowMs < pausedUntilMs) return false
  // A federation peer's pause is all that follows from its conduct.
  if (peerClass === 'federation') return true
  return conductOf(scene, record, nowMs) > shunAt && !isUseless(scene, record, nowMs)
}

function isAlike(a: Standing, b: Standing | undefined): boolean {
  if (b === undefined) return false
  const isSamePeer = a.class === b.class && a.netgroup === b.netgroup
  return isSamePeer && a.conduct === b.conduct && a.isUsable === b.isUsable
}

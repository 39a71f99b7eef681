/**
 * Tells the network what each connected peer is worth to it as a neighbour, whenever that has changed: its conduct in
 * whole numbers, and whether both are members, whose votes shall reach each other at once. A federation peer is never
 * less than a stranger of good conduct: its pause is all that follows from what it did. That a peer is gone the
 * network knows itself.
 */
import type { PeerId } from '../../kernel/environment.ts'
import type { PeerRecord } from './roster.ts'
import { conductOf, type PeerScene } from './scene.ts'

interface Rating {
  readonly conduct: number
  readonly isFavoured: boolean
}

/** What the network thinks of a peer that it was told nothing of. */
const unrated: Rating = { conduct: 0, isFavoured: false }

export class Ratings {
  readonly #scene: PeerScene
  readonly #told = new Map<PeerId, Rating>()

  constructor(scene: PeerScene) {
    this.#scene = scene
  }

  changed(record: PeerRecord): void {
    const { peer, connection } = record
    if (connection === undefined) return
    const { context, network, committee } = this.#scene.parts
    const isFederation = connection.isReady && record.class === 'federation'
    // Never −0, which is another number to some.
    const value = Math.round(conductOf(this.#scene, record, context.now())) || 0
    const conduct = isFederation ? 0 : value
    // A node that only follows is not favoured in return, and would hear less of those that it favours.
    const isFavoured = isFederation && committee.own !== undefined
    const told = this.#told.get(peer) ?? unrated
    if (told.conduct === conduct && told.isFavoured === isFavoured) return
    this.#told.set(peer, { conduct, isFavoured })
    context.send(network, { kind: 'rate', peer, conduct, isFavoured })
  }

  forget(peer: PeerId): void {
    this.#told.delete(peer)
  }
}

/**
 * What a run has shown, as a few thousand numbers: which event came after which at one node, and how often, coarsely.
 * That is the idea of AFL's map of branches (Zalewski, 2013), with kinds of event in the place of branches: two runs
 * with the same features went much the same way, and one with a new feature went where none had been.
 *
 * Cheap: two look-ups an event. Numbers are hashes, so that they mean the same in every process; with five thousand
 * features some four in a hundred fall together with another one, which hides it and does no harm.
 */
import type { Millis } from '../../src/base/units.ts'

/** Features are whole numbers below this. */
export const featuresMax = 65_536

/** A feature, and when a run first showed it. */
export type Sighting = readonly [feature: number, atMs: Millis]

/** Counts at which a feature becomes another one. */
const steps = new Set([1, 2, 3, 4, 8, 16, 32, 128, 1_024])

export class FeatureMap {
  readonly #isSeen = new Uint8Array(featuresMax)
  readonly #sightings: Sighting[] = []
  /** The hash of what happened last, by node. */
  readonly #last = new Map<string, number>()
  readonly #hashes = new Map<string, number>()
  /** How often each pair has come, by the hash of both. */
  readonly #counts = new Map<number, number>()

  /** In the order in which they were first shown. */
  get sightings(): readonly Sighting[] {
    return this.#sightings
  }

  /** Something of this kind happened at a node. */
  see(node: string, kind: string, atMs: Millis): void {
    const hash = this.#hashOf(kind)
    const pair = mix(this.#last.get(node) ?? 0, hash)
    this.#last.set(node, hash)
    const count = (this.#counts.get(pair) ?? 0) + 1
    this.#counts.set(pair, count)
    if (steps.has(count)) this.#mark(mix(pair, count), atMs)
  }

  /** The run has shown something that has a name of its own. */
  name(name: string, atMs: Millis): void {
    this.#mark(this.#hashOf(name), atMs)
  }

  #mark(hash: number, atMs: Millis): void {
    const feature = (hash >>> 0) % featuresMax
    if (this.#isSeen[feature] === 1) return
    this.#isSeen[feature] = 1
    this.#sightings.push([feature, atMs])
  }

  #hashOf(text: string): number {
    let hash = this.#hashes.get(text)
    if (hash === undefined) {
      hash = 0x811c9dc5
      for (let at = 0; at < text.length; at += 1) hash = mix(hash, text.charCodeAt(at))
      this.#hashes.set(text, hash)
    }
    return hash
  }
}

/** Two words into one, in which each bit depends on all (the finaliser of MurmurHash3). */
function mix(a: number, b: number): number {
  let mixed = Math.imul(a, 0x9e3779b1) ^ b
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

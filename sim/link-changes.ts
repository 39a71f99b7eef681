/**
 * What links are like for a while, by name: each change makes of a link's character another one, and when it is taken
 * away the link is what it was before. Several may be in force on one link; they apply in the order of adding.
 *
 * Faults that befall one flight and not the next are rules instead (`rules.ts`).
 */
import { assert } from '../src/base/assert.ts'
import type { LinkModel } from './link.ts'

/** What a link from one host to another is like, if it is like `model` otherwise. */
export type LinkChange = (model: LinkModel, from: string, to: string) => LinkModel

/** The changes in force. */
export class LinkChanges {
  readonly #changes = new Map<string, LinkChange>()
  readonly #onChange: () => void

  /** `onChange` is called after each addition and removal. */
  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  get names(): readonly string[] {
    return [...this.#changes.keys()]
  }

  /** Adds a change on top of the others. Asserts that the name is free. */
  add(name: string, change: LinkChange): void {
    assert(!this.#changes.has(name), `one change of links named ${name}`)
    this.#changes.set(name, change)
    this.#onChange()
  }

  /** Takes a change away. Does nothing if there is none of that name. */
  remove(name: string): void {
    if (this.#changes.delete(name)) this.#onChange()
  }

  clear(): void {
    this.#changes.clear()
    this.#onChange()
  }

  apply(model: LinkModel, from: string, to: string): LinkModel {
    let changed = model
    for (const change of this.#changes.values()) changed = change(changed, from, to)
    return changed
  }
}

/** At most so many bytes a second, and what would wait longer than `backlogMsMax` is dropped. */
export function narrow(bytesPerSecond: number, backlogMsMax: number): LinkChange {
  assert(Number.isSafeInteger(bytesPerSecond) && bytesPerSecond > 0, 'whole bytes a second, some')
  return (model) => {
    const isNarrower = model.bytesPerSecond > 0 && model.bytesPerSecond <= bytesPerSecond
    const pace = isNarrower ? model.bytesPerSecond : bytesPerSecond
    return {
      ...model,
      bytesPerSecond: pace,
      backlogMsMax: Math.min(backlogMsMax, model.backlogMsMax),
    }
  }
}

/** These hosts take in so many bytes a second of each peer: a full window holds everybody else's messages up. */
export function slowReader(hosts: readonly string[], bytesPerSecond: number): LinkChange {
  const slow = new Set(hosts)
  const pace = narrow(bytesPerSecond, Number.MAX_SAFE_INTEGER)
  return onlyLinks((_from, to) => slow.has(to), pace)
}

/** A change of those links only that `applies` picks. */
export function onlyLinks(
  applies: (from: string, to: string) => boolean,
  change: LinkChange,
): LinkChange {
  return (model, from, to) => (applies(from, to) ? change(model, from, to) : model)
}

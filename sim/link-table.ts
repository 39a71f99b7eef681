/** Which links there are between named hosts, each made when it is first used, and what it is like at the moment. */
import type { FabricParts } from './fabric.ts'
import { type LinkModel, type LinkNumber, Links } from './link.ts'
import { LinkChanges } from './link-changes.ts'

export class LinkTable {
  readonly rows: Links
  readonly changes = new LinkChanges(() => this.#refresh())
  readonly #numbers = new Map<string, LinkNumber>()
  /** What each link is like when nothing changes it. */
  readonly #models = new Map<LinkNumber, LinkModel>()
  readonly #modelOf: (from: string, to: string) => LinkModel

  constructor({ random, modelOf }: Pick<FabricParts, 'random' | 'modelOf'>) {
    this.rows = new Links(random)
    this.#modelOf = modelOf
  }

  /** The link of this direction. Its random stream depends on the two names alone. */
  link(from: string, to: string): LinkNumber {
    const name = `${from}>${to}`
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    const model = this.#modelOf(from, to)
    const present = this.changes.apply(model, from, to)
    const link = this.rows.add(from, to, present)
    this.#numbers.set(name, link)
    this.#models.set(link, model)
    return link
  }

  /** Gives a link another character, for good; changes that are in force go on top of it. */
  setModel(link: LinkNumber, model: LinkModel): void {
    this.#models.set(link, model)
    this.#refreshOne(link, model)
  }

  #refresh(): void {
    for (const [link, model] of this.#models) this.#refreshOne(link, model)
  }

  #refreshOne(link: LinkNumber, model: LinkModel): void {
    const { from, to } = this.rows.ends(link)
    this.rows.setModel(link, this.changes.apply(model, from, to))
  }
}

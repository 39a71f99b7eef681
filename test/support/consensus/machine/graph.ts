/**
 * The situations in which one member may be, and what leads from one to another. Each is found by running the
 * real machine once, and remembered: the machine does not see what the other members are in, only what it is
 * fed, so one step serves every state of the world in which it occurs.
 */
import { present } from '../../../../src/base/assert.ts'
import type { Hash } from '../../../../src/protocol/hash.ts'
import { type Input, restartInput, timeInput } from './input.ts'
import { keyOf } from './key.ts'
import type { Said, SaidTable } from './said.ts'
import type { ScopeWorld } from './scope.ts'
import { type Birth, birthAfter, Life, saidBy } from './situation.ts'

/** What the exploration has to know of a situation, once it has been reached. */
export interface Situation {
  readonly id: number
  readonly birth: Birth
  /** What the member was fed since its birth. */
  readonly inputs: readonly Input[]
  readonly said: Said
  readonly moment: number
  readonly slot: number
  readonly root: Hash
  /** By number of the block. */
  readonly isReady: readonly boolean[]
  /** Whether the header is here, and the body. */
  readonly isAnnounced: readonly boolean[]
  readonly isHeld: readonly boolean[]
  readonly isKnown: { readonly notarise: readonly boolean[]; readonly finalise: readonly boolean[] }
  readonly fault: string | undefined
}

/** Where an input leads, if a crash does not cut it short, or if one does after so many pieces of work. */
export interface Step {
  readonly to: number
  readonly pieces: number | undefined
}

export class SituationGraph {
  readonly place: number
  readonly situations: Situation[] = []
  readonly #world: ScopeWorld
  readonly #saids: SaidTable
  readonly #byKey = new Map<string, number>()
  readonly #steps: Map<string, { readonly input: Input; readonly steps: readonly Step[] }>[] = []
  /** Other ways to situations that were known. */
  readonly #merged: {
    readonly into: number
    readonly birth: Birth
    readonly inputs: readonly Input[]
  }[] = []
  #stepsCount = 0

  constructor(world: ScopeWorld, saids: SaidTable, place: number) {
    this.#world = world
    this.#saids = saids
    this.place = place
    const birth = { disk: undefined, moment: 0, restarts: 0, said: saids.intern([], []) }
    this.#add(new Life(world, place, birth), [])
  }

  situation(id: number): Situation {
    return present(this.situations[id], `situation ${id}`)
  }

  /** Where the input leads from there: to more than one situation, where a crash may cut it short. */
  after(id: number, input: Input): readonly Step[] {
    const byName = present(this.#steps[id], `situation ${id}`)
    const known = byName.get(input.name)
    if (known !== undefined) return known.steps
    const found = input.kind === 'restart' ? [this.#restart(id)] : this.#feed(id, input)
    byName.set(input.name, { input, steps: found })
    return found
  }

  /** Inputs that were fed to a situation for the first time; afterwards their effect is known. */
  get stepsCount(): number {
    return this.#stepsCount
  }

  /**
   * Whether lives that were held to be in the same situation do the same: each other way to a situation is taken
   * again, and followed by each input that was tried there. Returns how many were, and those that lead elsewhere.
   */
  audit(): { readonly compared: number; readonly differing: readonly string[] } {
    const differing: string[] = []
    let compared = 0
    for (const { into, birth, inputs } of this.#merged.splice(0)) {
      for (const { input, steps } of [...present(this.#steps[into], 'a situation').values()]) {
        if (input.kind === 'restart') continue
        const life = new Life(this.#world, this.place, birth)
        for (const each of [...inputs, input]) life.feed(each)
        compared += 1
        const to = this.#add(life, [...inputs, input])
        if (to !== steps[0]?.to)
          differing.push([...inputs, input].map(({ name }) => name).join(' → '))
      }
    }
    return { compared, differing }
  }

  /** What may happen to it at any time, whatever the others have said. */
  ownInputs(id: number): readonly Input[] {
    const { moment, birth } = this.situation(id)
    const inputs: Input[] = []
    const first = this.#world.scope.mayStepBack === true ? 0 : moment + 1
    for (let at = first; at < this.#world.lastMoment; at += 1) {
      if (at !== moment) inputs.push(timeInput(this.#world, at))
    }
    if (birth.restarts < this.#world.scope.restarts) inputs.push(restartInput())
    return inputs
  }

  /** The member, as it is in a situation. */
  revive(id: number): Life {
    const { birth, inputs } = this.situation(id)
    const life = new Life(this.#world, this.place, birth)
    for (const input of inputs) life.feed(input)
    return life
  }

  #feed(id: number, input: Input): readonly Step[] {
    const { inputs, birth } = this.situation(id)
    const life = this.revive(id)
    const before = life.votes.length + life.proposals.length
    this.#stepsCount += 1
    life.feed(input)
    const found: Step[] = [{ to: this.#add(life, [...inputs, input]), pieces: undefined }]
    const durable = life.votes.length + life.proposals.length - before
    // A crash before the first is a crash before the input, and one after the last is one after it.
    if (durable < 2 || birth.restarts >= this.#world.scope.restarts) return found
    for (let pieces = 1; ; pieces += 1) {
      const cut = this.revive(id)
      if (!cut.feedInPart(input, pieces)) return found
      found.push({ to: this.#reborn(cut), pieces })
    }
  }

  #restart(id: number): Step {
    this.#stepsCount += 1
    return { to: this.#reborn(this.revive(id)), pieces: undefined }
  }

  #reborn(life: Life): number {
    return this.#add(new Life(this.#world, this.place, birthAfter(this.#saids, life)), [])
  }

  #add(life: Life, inputs: readonly Input[]): number {
    const said = saidBy(this.#saids, life)
    const fault = life.faults[0]
    const key = `${said.id};${fault ?? keyOf(this.#world, life)}`
    const known = this.#byKey.get(key)
    if (known !== undefined) {
      if (this.#world.scope.isAudited === true)
        this.#merged.push({ into: known, birth: life.birth, inputs })
      return known
    }
    const id = this.situations.length
    const { birth, moment, slot } = life
    const { machine } = life.member
    const { blocks } = this.#world
    const isKnown = (kind: 'notarise' | 'finalise') =>
      blocks.map((block) =>
        machine.isKnownCertificate({ kind, slot: block.slot, block: block.hash }),
      )
    this.situations.push({
      ...{ id, birth, inputs, said, moment, slot, fault, root: machine.root.hash },
      isAnnounced: blocks.map(({ hash }) => machine.statusOf(hash) !== undefined),
      isHeld: blocks.map(({ hash }) => life.member.proposalOf(hash) !== undefined),
      isReady: blocks.map(({ hash }) => machine.statusOf(hash) === 'ready'),
      isKnown: { notarise: isKnown('notarise'), finalise: isKnown('finalise') },
    })
    this.#byKey.set(key, id)
    this.#steps.push(new Map())
    return id
  }
}

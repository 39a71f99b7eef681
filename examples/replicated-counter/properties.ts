/** What must hold of a counter, and what should happen in some run. Judged by what is emitted, and by that alone. */
import {
  always,
  type Finding,
  type Judge,
  noActorFails,
  type Property,
  type Seen,
  sometimes,
} from 'alys/sim'
import { type CounterEvent, type Counts, merged, sumOf } from './messages.ts'

/** What a replica acknowledged is there when it begins again, whatever happened in between. */
class Durability implements Judge<CounterEvent> {
  readonly #acknowledged = new Map<string, Counts>()

  event({ host, event }: Seen<CounterEvent>): Finding {
    if (event.kind === 'acknowledged') {
      const { by, increment } = event
      const before = this.#acknowledged.get(by) ?? {}
      this.#acknowledged.set(by, merged(before, { [increment.client]: increment.number }))
    }
    if (event.kind !== 'opened') return undefined
    const owed = this.#acknowledged.get(host)
    if (owed === undefined) return undefined
    return lacking(event.counts, owed, host) ?? true
  }
}

/** No replica ever shows more than was asked for. */
class Exactness implements Judge<CounterEvent> {
  #asked: Counts = {}

  event({ host, event }: Seen<CounterEvent>): Finding {
    if (event.kind === 'asked') {
      const { client, number } = event.increment
      this.#asked = merged(this.#asked, { [client]: number })
    }
    if (event.kind !== 'changed') return undefined
    return lacking(this.#asked, event.counts, `what was asked for, but not ${host},`) ?? true
  }
}

/** In the end every client has made all its increments, and every replica shows them. */
class Convergence implements Judge<CounterEvent> {
  readonly #replicas: readonly string[]
  readonly #sum: number
  readonly #shown = new Map<string, number>()

  constructor(replicas: readonly string[], sum: number) {
    this.#replicas = replicas
    this.#sum = sum
  }

  event({ host, event }: Seen<CounterEvent>): Finding {
    if (event.kind !== 'opened' && event.kind !== 'changed') return undefined
    this.#shown.set(host, sumOf(event.counts))
    return undefined
  }

  end(): Finding {
    const behind = this.#replicas.find((name) => this.#shown.get(name) !== this.#sum)
    if (behind === undefined) return true
    return `${behind} shows ${this.#shown.get(behind)} of ${this.#sum}`
  }
}

/** How `counts` falls short of `owed`; undefined if it does not. */
function lacking(counts: Counts, owed: Counts, whose: string): string | undefined {
  for (const [client, number] of Object.entries(owed)) {
    const has = counts[client] ?? 0
    if (has < number) return `${whose} has ${has} of ${client}, not ${number}`
  }
  return undefined
}

export function propertiesOf(
  replicas: readonly string[],
  sum: number,
): readonly Property<CounterEvent>[] {
  return [
    noActorFails,
    always('what was acknowledged survives a crash', () => new Durability()),
    always('nothing counts that was not asked for', () => new Exactness()),
    always('in the end all replicas show everything', () => new Convergence(replicas, sum)),
    sometimes('an increment is asked for again', ({ event }) => event.kind === 'repeated'),
    sometimes('a disk refuses', ({ event }) => event.kind === 'disk-refused'),
  ]
}

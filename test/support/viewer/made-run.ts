/**
 * A run that is made up: the records of a small federation that agrees on blocks, with a crash, a partition and a violation at
 * its end. As long as one likes, and the same for the same arguments, so that pages of it can be compared.
 */
import type { Trace, TraceRecord } from '../../../sim/trace/record.ts'

export interface MadeRun {
  readonly nodes: number
  readonly slots: number
  /** Without it all holds. */
  readonly isViolated?: boolean
}

type Loose = { readonly kind: TraceRecord['kind'] } & Readonly<Record<string, unknown>>

interface Due {
  readonly atUs: number
  readonly order: number
  readonly act: () => void
}

const slotUs = 2_000_000

/** The trace of a made-up run. */
export function madeRun(options: MadeRun): Trace {
  return new Maker(options).make()
}

class Maker {
  readonly #options: MadeRun
  readonly #names: readonly string[]
  readonly #records: TraceRecord[] = []
  readonly #due: Due[] = []
  readonly #votes = new Map<string, number>()
  #nowUs = 0
  #order = 0
  #chance = 1
  #down = -1
  #isCut = false
  #parent = 'genesis0'
  #height = 0

  constructor(options: MadeRun) {
    this.#options = options
    this.#names = Array.from({ length: options.nodes }, (_, n) => `n${n}`)
  }

  make(): Trace {
    const { slots, isViolated = false } = this.#options
    const [first = 'n0'] = this.#names
    const last = this.#names.at(-1) ?? first
    for (const [n] of this.#names.entries()) this.#at(n * 40, () => this.#boot(n, undefined))
    this.#at(slotUs, () => this.#slot(1))
    const endUs = (slots + 1) * slotUs
    const crashUs = Math.round(endUs * 0.3)
    this.#at(crashUs, () => this.#crash(1, 3_200_000))
    this.#at(Math.round(endUs * 0.5), () => {
      const facts = `groups=[[${first} n1] [n2 ${last}]]`
      this.#fault('partition', facts, 5_400_000, '')
      this.#isCut = true
      this.#at(this.#nowUs + 5_400_000, () => {
        this.#isCut = false
      })
    })
    this.#at(Math.round(endUs * 0.62), () => this.#fault('slow-links', 'byMs=240', 2_600_000, ''))
    this.#at(Math.round(endUs * 0.9), () => this.#fault('reset-all', '', undefined, ''))
    this.#run()
    if (isViolated) this.#violate()
    const header = {
      ...{ scenario: 'swarm', seed: 7, command: 'npx alys replay swarm --seed 7', commit: '' },
      ...{ nodes: this.#names, outcome: isViolated ? 'violated' : 'held' },
      ...{ digest: '00c0ffee00c0ffee', endUs, recordsInAll: this.#records.length },
    }
    return { header, records: this.#records }
  }

  #run(): void {
    for (;;) {
      // One slot at a time is under way, so what is due is little.
      let next = -1
      for (const [n, { atUs, order }] of this.#due.entries()) {
        const best = this.#due[next]
        if (best === undefined || atUs < best.atUs || (atUs === best.atUs && order < best.order))
          next = n
      }
      const due = this.#due[next]
      if (due === undefined) return
      this.#due[next] = this.#due.at(-1) ?? due
      this.#due.pop()
      this.#nowUs = due.atUs
      due.act()
    }
  }

  #at(atUs: number, act: () => void): void {
    this.#due.push({ atUs, order: this.#order, act })
    this.#order += 1
  }

  /** A whole number from 0 to below `count`. */
  #draw(count: number): number {
    this.#chance = (Math.imul(this.#chance, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((this.#chance / 2 ** 32) * count)
  }

  #put(node: string, cause: number | undefined, own: Loose): number {
    const id = this.#records.length
    this.#records.push({ id, cause, atUs: this.#nowUs, node, ...own } as unknown as TraceRecord)
    return id
  }

  #turn(n: number, cause: number | undefined, message: string): number {
    return this.#put(this.#names[n] ?? '', cause, { kind: 'turn', actor: 'chain/chain', message })
  }

  #event(n: number, cause: number, event: string, facts: string): number {
    const node = this.#names[n] ?? ''
    return this.#put(node, cause, { kind: 'event', actor: 'chain/chain', event, facts })
  }

  #fault(fault: string, facts: string, forUs: number | undefined, node: string): number {
    const id = this.#put(node, undefined, { kind: 'fault', fault, facts, forUs })
    if (forUs !== undefined) {
      this.#at(this.#nowUs + forUs, () => this.#put('', id, { kind: 'mend', fault: id }))
    }
    return id
  }

  #boot(n: number, cause: number | undefined): void {
    const booted = this.#put(this.#names[n] ?? '', cause, { kind: 'machine', change: 'booted' })
    const turn = this.#turn(n, booted, 'start')
    const facts = `hash=${this.#parent} height=${this.#height} slot=0`
    this.#event(n, turn, 'chain-started', facts)
    this.#event(n, turn, 'sync-state-changed', 'from=idle to=discovering')
    this.#at(this.#nowUs + 400_000, () => {
      this.#event(n, turn, 'sync-state-changed', 'from=discovering to=synced')
    })
  }

  #crash(n: number, forUs: number): void {
    const fault = this.#fault('crash', `restartMs=${forUs / 1_000}`, forUs, this.#names[n] ?? '')
    const crashed = this.#put(this.#names[n] ?? '', fault, { kind: 'machine', change: 'crashed' })
    this.#down = n
    this.#at(this.#nowUs + forUs, () => {
      this.#down = -1
      this.#boot(n, crashed)
    })
  }

  #slot(slot: number): void {
    const { nodes, slots } = this.#options
    if (slot < slots) this.#at((slot + 1) * slotUs, () => this.#slot(slot + 1))
    const author = slot % nodes
    const timer = this.#put(this.#names[author] ?? '', undefined, {
      kind: 'timer',
      setUs: this.#nowUs - slotUs,
    })
    if (author === this.#down) return
    const hash = (Math.imul(slot, 2_654_435_761) >>> 0).toString(16).padStart(8, '0')
    const parent = this.#parent
    const height = this.#height + 1
    const turn = this.#turn(author, timer, 'tick')
    const proposed = this.#event(
      author,
      turn,
      'block-proposed',
      `hash=${hash}… slot=${slot} height=${height}`,
    )
    const block = { hash, parent, slot, height }
    this.#check(author, proposed, block)
    for (let n = 0; n < nodes; n += 1) {
      if (n !== author)
        this.#send([author, n], proposed, 'proposal', (cause) => this.#check(n, cause, block))
    }
  }

  #send(
    [from, to]: readonly [number, number],
    cause: number,
    what: string,
    then: (cause: number) => void,
  ): void {
    const sentUs = this.#nowUs
    const arriveUs = sentUs + 18_000 + this.#draw(60_000)
    const half = this.#options.nodes / 2
    const isLost = this.#down === to || (this.#isCut && from < half !== to < half)
    this.#at(arriveUs, () => {
      const [source = '', target = ''] = [this.#names[from], this.#names[to]]
      if (isLost) {
        const own = {
          way: 'gossip',
          to: target,
          what,
          facts: '',
          bytes: 310,
          by: 'rule',
          fault: undefined,
        }
        this.#put(source, cause, { kind: 'loss', ...own })
        return
      }
      const own = {
        way: 'gossip',
        from: source,
        sentUs,
        what,
        facts: '',
        bytes: 310,
        fault: undefined,
      }
      then(this.#put(target, cause, { kind: 'arrival', ...own }))
    })
  }

  #check(n: number, cause: number, block: Block): void {
    const { hash, parent, slot, height } = block
    const turn = this.#turn(n, cause, 'import-proposal')
    this.#event(
      n,
      turn,
      'block-checked',
      `hash=${hash}… parent=${parent}… slot=${slot} source=gossip`,
    )
    this.#event(n, turn, 'block-executed', `hash=${hash}… height=${height}`)
    this.#vote(n, turn, 'notarise', block)
  }

  #vote(n: number, cause: number, kind: 'notarise' | 'finalise', block: Block): void {
    const { hash, slot } = block
    const facts = `vote={vote={kind=${kind} slot=${slot} block=${hash}…} epoch=0 signer=${n}}`
    const sent = this.#event(n, cause, 'vote-sent', facts)
    this.#count(n, sent, kind, block)
    for (let to = 0; to < this.#options.nodes; to += 1) {
      if (to !== n)
        this.#send([n, to], sent, `${kind} vote`, (arrived) =>
          this.#count(to, arrived, kind, block),
        )
    }
  }

  #count(n: number, cause: number, kind: 'notarise' | 'finalise', block: Block): void {
    const { hash, parent, slot, height } = block
    const turn = this.#turn(n, cause, 'import-vote')
    const key = `${n} ${kind} ${hash}`
    const votes = (this.#votes.get(key) ?? 0) + 1
    this.#votes.set(key, votes)
    if (votes !== Math.ceil((2 * this.#options.nodes) / 3)) return
    if (kind === 'notarise') {
      const signers = '[0 1 2]'
      const facts = `certificate={kind=notarise epoch=0 slot=${slot} block=${hash}… signers=${signers}}`
      this.#event(n, turn, 'block-notarised', facts)
      this.#event(n, turn, 'head-changed', `hash=${hash}… height=${height} slot=${slot}`)
      this.#vote(n, turn, 'finalise', block)
      return
    }
    const facts = `hash=${hash}… parent=${parent}… height=${height} slot=${slot} transactions=3 source=votes`
    this.#event(n, turn, 'block-committed', facts)
    if (height > this.#height) {
      this.#height = height
      this.#parent = hash
    }
  }

  #violate(): void {
    const last = this.#records.findLast(
      (record) => record.kind === 'event' && record.event === 'block-committed',
    )
    const facts = last?.kind === 'event' ? last.facts : ''
    const height = /height=(\d+)/.exec(facts)?.[1] ?? '0'
    const turn = this.#turn(0, last?.id, 'import-certificate')
    const own = facts.replace(/^hash=\w+/, 'hash=deadbeef')
    const shown = this.#event(0, turn, 'block-committed', own)
    const detail = `two blocks are committed at height ${height}: deadbeef and ${/hash=(\w+)/.exec(facts)?.[1]}`
    this.#put('', shown, { kind: 'violation', property: 'no-conflict', detail })
  }
}

interface Block {
  readonly hash: string
  readonly parent: string
  readonly slot: number
  readonly height: number
}

/**
 * The scheduler against a driver without any sense: answers come in any order, right, wrong, late or never in time;
 * peers come and go; blocks are committed another way; the chain is busy, or begins anew. The asserts within
 * must hold; and when all becomes well, everything is imported and nothing is held.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bodyOf, certifiedAt, headerAt, placeAt } from '../../bench/sync/model/chain.ts'
import { SimRandom } from '../../sim/random.ts'
import type { Command } from '../../src/actors/sync/download/command.ts'
import { Download } from '../../src/actors/sync/download/download.ts'
import { adaptive } from '../../src/actors/sync/download/options.ts'
import { failed, ok } from '../../src/base/result.ts'

interface Run {
  readonly fromHeight: number
  readonly records: { readonly length: number }
  readonly bytes: number
}

type Asked = Exclude<
  Command<string, Run>,
  { readonly kind: 'cancel' | 'blame' | 'distrust' | 'measured' }
>
type Fetch = Extract<Asked, { readonly peer: string }>

const mebibyte = 1_048_576
const bodyBytes = 4_000
const names = ['a', 'b', 'c', 'd', 'e', 'f']
const faults = ['timeout', 'unreachable', 'refused', 'closed', 'cancelled', 'malformed'] as const

class Driver {
  readonly random: SimRandom
  readonly download: Download<string, Run>
  readonly #open: Asked[] = []
  readonly #liars = new Set<number>()
  /** Answers with headers that link, but whose authors did not sign them. */
  readonly #unsigned = new Set<number>()
  readonly blamed: string[] = []
  /** Peers that gave something wrong. */
  readonly lied = new Set<string>()
  nowMs = 0
  target = 100
  /** Where the chain stands. */
  height = 0
  isSane = false

  constructor(seed: number) {
    this.random = new SimRandom(`driver ${seed}`)
    const options = { ...adaptive, memoryBytesMax: 5 * mebibyte, memoryBlocksMax: 500 }
    this.download = new Download(options, this.random.fork('download'), placeAt(0))
    this.download.raiseTarget(placeAt(this.target))
  }

  step(): void {
    for (const command of this.download.step(this.nowMs)) this.#take(command)
    const { bytes, blocks } = this.download.reserved
    expect(bytes).toBeLessThanOrEqual(5 * mebibyte + bodyBytes)
    expect(blocks).toBeLessThanOrEqual(500)
  }

  #take(command: Command<string, Run>): void {
    // What is committed needs no proof: who keeps the certified ends may have forgotten its own.
    if (command.kind === 'prove') expect(command.certificate.slot).toBeGreaterThan(this.height)
    if (command.kind === 'blame') this.blamed.push(command.peer)
    else if (command.kind === 'cancel') {
      // The network may be told before or after it has the answer.
      const at = this.#open.findIndex(({ id }) => id === command.id)
      if (at >= 0 && this.random.chance(1, 2)) this.#open.splice(at, 1)
    } else if (command.kind !== 'measured' && command.kind !== 'distrust') this.#open.push(command)
  }

  /** Something happens. */
  act(): void {
    const { random, download } = this
    this.nowMs += random.below(400)
    const name = random.pick(names)
    const dice = random.below(100)
    if (dice < 8) this.join(name)
    else if (dice < 11) download.peerGone(name, this.nowMs)
    else if (dice < 14) {
      this.target += random.below(400)
      download.raiseTarget(placeAt(this.target))
    } else if (dice < 16) this.#overtake(random.below(60))
    else if (dice < 17) this.#restart()
    else this.answer()
    this.step()
  }

  join(name: string): void {
    const netgroup = `group ${name}`
    const facts = {
      class: 'regular',
      netgroup,
      committedHeight: this.target,
      availableFrom: 0,
    } as const
    this.download.peerReady(name, facts)
  }

  /** Blocks come another way. */
  #overtake(blocks: number): void {
    this.height = Math.min(this.target, this.height + blocks)
    this.download.setCommitted(placeAt(this.height), this.nowMs)
  }

  /** The chain lost what was not durable, and whatever is on its way to it. */
  #restart(): void {
    this.height = Math.max(0, this.height - this.random.below(30))
    const isOfChain = ({ kind }: Asked): boolean => kind === 'import'
    this.#open.splice(0, this.#open.length, ...this.#open.filter((one) => !isOfChain(one)))
    this.download.restart(placeAt(this.height), this.nowMs)
    this.download.raiseTarget(placeAt(this.target))
  }

  /** One of the questions is answered, whichever; imports in their order. */
  answer(): void {
    if (this.#open.length === 0) return
    const at = this.isSane ? 0 : this.random.below(this.#open.length)
    const chosen = this.#open[at]
    const isImport = chosen?.kind === 'import'
    const from = isImport ? this.#open.findIndex(({ kind }) => kind === 'import') : at
    const [asked] = this.#open.splice(from, 1)
    if (asked !== undefined) this.#reply(asked)
  }

  get isIdle(): boolean {
    return this.#open.length === 0
  }

  #reply(asked: Asked): void {
    const { download, nowMs } = this
    const isBad = !this.isSane && this.random.chance(1, 4)
    switch (asked.kind) {
      case 'fetch-certified':
      case 'fetch-headers':
      case 'fetch-bodies':
        return this.#serve(asked, isBad)
      case 'verify': {
        const forgedAt = this.#liars.has(asked.id) ? 0 : undefined
        return download.verified(asked.id, { forgedAt }, nowMs)
      }
      case 'prove': {
        const isLie = this.#liars.has(asked.id)
        const token = this.#unsigned.has(asked.id) ? 'unsigned' : 'signed'
        const outcome = isLie
          ? failed({ code: 'not-linked', culprit: 'headers' } as const)
          : ok(token)
        return download.proven(asked.id, outcome, nowMs)
      }
      case 'validate':
        return this.#validate(asked, isBad)
      case 'import':
        return this.#import(asked.id, asked.run, isBad)
      default:
        return asked satisfies never
    }
  }

  #serve(asked: Fetch, isBad: boolean): void {
    const { random, download, nowMs } = this
    const times = { bytes: 1_000, firstByteMs: 20, elapsedMs: 50 }
    const answer = <Value>(truth: readonly Value[], lies: readonly Value[]) => {
      const dice = isBad ? random.below(6) : 6
      if (dice === 0) return failed({ code: random.pick(faults) })
      if (dice === 1) return ok({ ...times, served: { kind: 'busy', retryAfterMs: 300 } as const })
      if (dice === 2) {
        const toHeight = random.below(this.target)
        return ok({ ...times, served: { kind: 'unavailable', fromHeight: 0, toHeight } as const })
      }
      if (dice === 3) {
        this.#liars.add(asked.id)
        this.lied.add(asked.peer)
      }
      const value = dice === 3 ? lies : truth
      const count = dice === 4 ? 1 + random.below(value.length) : value.length
      const given = dice === 5 ? [] : value.slice(0, count)
      // Nothing at all, or too much, is blamed at once.
      if (dice === 5) this.lied.add(asked.peer)
      const bytes = given.length * bodyBytes
      return ok({ ...times, bytes, served: { kind: 'found', value: given } as const })
    }
    const { fromHeight } = asked.request
    const count = Math.min(asked.request.countMax, Math.max(1, this.target - fromHeight + 1))
    const all = Array.from({ length: count }, (_, i) => i)
    if (asked.kind === 'fetch-certified') {
      const { strideHeights } = asked.request
      const list = all
        .map((i) => fromHeight + i * strideHeights)
        .filter((height) => height <= this.target)
      const truth = list.map((height) => certifiedAt(height))
      const lies = list.map((height) => certifiedAt(height, true))
      return download.certified(asked.id, answer(truth, lies), nowMs)
    }
    if (asked.kind === 'fetch-headers') {
      if (isBad && random.chance(1, 6)) {
        this.#unsigned.add(asked.id)
        this.lied.add(asked.peer)
      }
      const truth = all.map((i) => headerAt(fromHeight + i))
      const lies = all.map((i) => headerAt(fromHeight + i, true))
      return download.headers(asked.id, answer(truth, lies), nowMs)
    }
    const fitting = Math.max(1, Math.floor(asked.request.bytesMax / bodyBytes))
    const truth = all.slice(0, fitting).map(() => bodyOf(bodyBytes))
    const at = random.below(truth.length)
    const lies = truth.map((_, i) => bodyOf(bodyBytes, i >= at))
    return download.bodies(asked.id, answer(truth, lies), nowMs)
  }

  #validate(asked: Extract<Asked, { readonly kind: 'validate' }>, isBad: boolean): void {
    const { random, nowMs } = this
    const { length: given } = asked.bodies
    const isLie = this.#liars.has(asked.id)
    const isUnsigned = asked.segment === 'unsigned'
    const firstLie = asked.bodies.findIndex((body) => body[0] === bodyOf(1, true)[0])
    const sound = isLie ? firstLie : given
    const length = isUnsigned || isBad ? random.below(sound + 1) : sound
    const { fromHeight } = asked
    const run =
      length === 0 ? undefined : { fromHeight, records: { length }, bytes: length * bodyBytes }
    // Our own check may be broken, and know it or not: nobody is to blame for either.
    const broken = random.chance(1, 2) ? 'ours' : 'bodies'
    const culprit = isLie ? 'bodies' : isUnsigned ? 'headers' : broken
    const fault = length < given ? ({ code: 'wrong', culprit } as const) : undefined
    this.download.validated(asked.id, { run, fault }, nowMs)
  }

  #import(id: number, run: Run, isBad: boolean): void {
    const isNext = run.fromHeight === this.height + 1
    if (isBad || !isNext) {
      const code = isNext ? this.random.pick(['busy', 'execution']) : 'gap'
      this.download.imported(id, failed({ code }), this.nowMs)
      return
    }
    this.height += run.records.length
    this.download.imported(id, ok(undefined), this.nowMs)
  }
}

test('no sequence of events breaks the scheduler, and all is well once all is well', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.integer({ min: 1, max: 600 }),
      (seed, acts) => {
        const driver = new Driver(seed)
        for (let i = 0; i < acts; i += 1) driver.act()
        driver.isSane = true
        driver.join('honest')
        for (const name of names) driver.join(name)
        for (let i = 0; i < 20_000 && !(driver.height === driver.target && driver.isIdle); i += 1) {
          driver.nowMs += 20
          driver.answer()
          driver.step()
        }
        expect(driver.height).toBe(driver.target)
        expect(driver.download.reserved).toEqual({ bytes: 0, blocks: 0 })
        expect(driver.download.facts(driver.nowMs).bytesInFlight).toBe(0)
        // Blamed is only who gave something wrong.
        expect(driver.blamed.filter((name) => !driver.lied.has(name))).toEqual([])
      },
    ),
    { seed: 1, numRuns: 100 },
  )
})

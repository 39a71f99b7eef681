/**
 * The scheduler of downloads: from a committed block to a certified target, by whatever peers there are.
 * A pure state machine: facts in, commands out, no clock, no messages; the same facts and the same seed
 * give the same commands.
 *
 *   target ──→ certified.ts ──→ headers.ts ──→ bodies.ts ──→ imports.ts ──→ durable
 *              places at        segments       ranges,        runs, in order
 *              strides          between them   validated
 *                     ╲             │             ╱
 *                      traffic.ts: requests, peers, windows, memory
 *                      hedges.ts: second copies of what is late
 *
 * All stages run at once, each as far ahead as its bound lets it. Certificates decide what is true, so a peer can be
 * slow, but never convincing; what is missing lowest always has the first call on any peer; nothing
 * ever begins anew because of a new head, and nothing is given up because of a failure.
 *
 * The cost of an event is that of one pass over the proven peers (512 at most) for each request that is sent
 * because of it, and of some heap operations; neither blocks nor peers in all are ever counted through.
 */
import type { PeerId, Random } from '../../../kernel/environment.ts'
import type { Place } from '../../../proof/certified-header.ts'
import type { SignedHeader } from '../../../protocol/block/header.ts'
import type { CertifiedHeader } from '../../../protocol/wire/certified-header.ts'
import { BodiesDesk } from './bodies.ts'
import { CertifiedDesk } from './certified.ts'
import type {
  Answer,
  Command,
  Imported,
  PeerFacts,
  Proven,
  RunShape,
  Validated,
  Verified,
} from './command.ts'
import type { DownloadFacts, LocalTrouble, Stuck } from './facts.ts'
import { HeadersDesk } from './headers.ts'
import type { HedgeView } from './hedges.ts'
import { Imports } from './imports.ts'
import type { DownloadOptions } from './options.ts'
import { Traffic } from './traffic.ts'
import { attemptsBeforeStuck, type Flight, type Work } from './work.ts'

/** At least as often it wants to be stepped. */
const stepMsMax = 250
const stuckMs = 60_000
/** Blocks of headers that may be known ahead of what can be in flight. */
const headersAhead = 2_048
/** Blocks below the target that are asked for twice at once. */
const lastBlocks = 50

export class Download<Token, Run extends RunShape> {
  readonly #options: DownloadOptions
  readonly #traffic: Traffic<Token, Run>
  #desks: Desks<Token, Run>

  /** Begins above `committed`, which is durable. Nothing is asked for before a target is known. */
  constructor(options: DownloadOptions, random: Random, committed: Place) {
    this.#options = options
    this.#traffic = new Traffic(options, random)
    this.#desks = desksFor(this.#traffic, committed)
  }

  /** A peer came, or more is known of it. */
  peerReady(peer: PeerId, facts: PeerFacts): void {
    this.#traffic.roster.put(peer, facts)
  }

  /** A peer went, or must not be asked: whatever was asked of it is free for others. */
  peerGone(peer: PeerId, nowMs: number): void {
    this.#traffic.lose(peer, nowMs, (flight) => this.#lost(flight))
  }

  /** A certificate proves that the chain reaches so far; the height may be wrong, the slot is not. Only ever rises. */
  raiseTarget(target: Place): void {
    this.#desks.certified.raiseTarget(target)
  }

  /** The chain stands here, by our imports or otherwise. Only ever rises. */
  setCommitted(place: Place, nowMs: number): void {
    if (place.height < this.#desks.bodies.ranges.floor) return
    this.#desks.headers.raise(place.height + 1, nowMs)
    this.#desks.bodies.raise(place.height + 1, nowMs)
    this.#desks.imports.raise(place.height + 1)
    this.#desks.certified.raiseTop(place, nowMs)
  }

  /**
   * The chain does not stand where it was thought to: everything but the peers begins anew, and what the chain has
   * not taken is still held against it. The target has to be told again.
   */
  restart(committed: Place, nowMs: number): void {
    this.#beginAt(committed, this.#desks.imports.trouble, nowMs)
  }

  /** As after a restart, and what was found wrong is forgotten too. */
  beginAnew(committed: Place, nowMs: number): void {
    this.#beginAt(committed, undefined, nowMs)
  }

  #beginAt(committed: Place, trouble: LocalTrouble | undefined, nowMs: number): void {
    this.#traffic.abandon(nowMs)
    const isOver = trouble !== undefined && trouble.height <= committed.height
    this.#desks = desksFor(this.#traffic, committed, isOver ? undefined : trouble)
  }

  // ----- answers -----

  certified(id: number, answer: Answer<readonly CertifiedHeader[]>, nowMs: number): void {
    this.#desks.certified.answered(id, answer, nowMs)
  }

  verified(id: number, outcome: Verified, nowMs: number): void {
    for (const segment of this.#desks.certified.verified(id, outcome, nowMs))
      this.#desks.headers.add(segment)
  }

  headers(id: number, answer: Answer<readonly SignedHeader[]>, nowMs: number): void {
    this.#desks.headers.answered(id, answer, nowMs)
  }

  proven(id: number, outcome: Proven<Token>, nowMs: number): void {
    const segment = this.#desks.headers.proven(id, outcome, nowMs)
    if (segment !== undefined) this.#desks.bodies.offer(segment)
  }

  bodies(id: number, answer: Answer<readonly Uint8Array[]>, nowMs: number): void {
    this.#desks.bodies.answered(id, answer, nowMs)
  }

  validated(id: number, outcome: Validated<Run>, nowMs: number): void {
    const wrong = this.#desks.bodies.validated(id, outcome, nowMs)
    if (wrong !== undefined) this.#desks.headers.again(wrong)
  }

  /** Whether the chain stands elsewhere than was thought: it has to be told where ({@link restart}). */
  imported(id: number, outcome: Imported, nowMs: number): boolean {
    return this.#desks.imports.answered(id, outcome, nowMs)
  }

  // ----- what follows -----

  /** What is to be done now. After every fact, and at {@link nextMs} whether there was one or not. */
  step(nowMs: number): readonly Command<Token, Run>[] {
    const { ranges } = this.#desks.bodies
    this.#traffic.tick(nowMs)
    this.#import(nowMs)
    this.#desks.certified.pump(this.#desks.headers.waiting, nowMs)
    const heightMax = ranges.head + this.#options.memoryBlocksMax + headersAhead
    const { trustedHeight } = this.#options
    this.#desks.headers.pump(ranges.floor, Math.max(heightMax, trustedHeight), nowMs)
    this.#desks.bodies.pump(nowMs)
    const { counts, open } = this.#traffic
    this.#traffic.hedges.step(this.#view(nowMs), { requests: counts.requests, open }, nowMs)
    this.#desks.bodies.unblock(nowMs)
    return this.#traffic.takeCommands()
  }

  /** What follows from what is under way: checks and imports, and no new request. */
  drain(nowMs: number): readonly Command<Token, Run>[] {
    this.#traffic.tick(nowMs)
    this.#import(nowMs)
    return this.#traffic.takeCommands()
  }

  #import(nowMs: number): void {
    const isHeld = this.#isHeld
    this.#traffic.service.hold(isHeld)
    if (!isHeld) this.#desks.imports.pump(nowMs)
  }

  /** Whether it is open yet that what is downloaded leads to the trusted block. */
  get #isHeld(): boolean {
    const { trustedHeight } = this.#options
    return this.#desks.bodies.ranges.floor <= trustedHeight && this.#provenHeight < trustedHeight
  }

  get #provenHeight(): number {
    const { certified, headers } = this.#desks
    const lowest = headers.lowestMissing
    return lowest === undefined ? certified.top.height : lowest - 1
  }

  /** When to step again, if nothing happens before. */
  nextMs(nowMs: number): number {
    const { hedges, roster } = this.#traffic
    const dueMs = Math.min(hedges.nextMs(this.#heads(), nowMs), roster.nextMs, nowMs + stepMsMax)
    return Math.max(nowMs + 1, dueMs)
  }

  /** What holds up everything else. */
  #heads(): readonly (Work | undefined)[] {
    const { bodies, headers, certified } = this.#desks
    return [bodies.headRange(), headers.lowest, certified.quest]
  }

  #view(nowMs: number): HedgeView {
    const { ranges } = this.#desks.bodies
    const { target, isComplete, top } = this.#desks.certified
    const isAllAsked =
      isComplete && this.#desks.headers.waiting === 0 && ranges.lowestFree() === undefined
    const near = ranges.head + (this.#options.memoryBlocksMax >> 1)
    return {
      heads: [
        this.#desks.bodies.headRange(),
        this.#desks.headers.lowest,
        this.#desks.certified.quest,
      ],
      isEnding: isAllAsked,
      isNear: (work) => work.fromHeight < near,
      isLast: (work) =>
        work.kind === 'bodies' &&
        work.fromHeight + lastBlocks > Math.min(target.height, top.height),
      again: (flight) => this.#again(flight, nowMs),
    }
  }

  #again(flight: Flight, nowMs: number): boolean {
    const { kind } = flight.work
    switch (kind) {
      case 'certified':
        return this.#desks.certified.hedge(nowMs)
      case 'headers':
        return this.#desks.headers.hedge(flight, nowMs)
      case 'bodies':
        return this.#desks.bodies.hedge(flight, nowMs)
      default:
        return kind satisfies never
    }
  }

  #lost(flight: Flight): void {
    this.#desks.certified.lost(flight)
    this.#desks.headers.lost(flight)
    this.#desks.bodies.lost(flight)
  }

  // ----- what can be seen -----

  /** In flight, being validated, waiting for import, and being imported. */
  get reserved(): { readonly bytes: number; readonly blocks: number } {
    const { bytes, blocks } = this.#traffic.memory
    return { bytes, blocks }
  }

  /** In time proportional to the requests that are open. */
  facts(nowMs: number): DownloadFacts {
    const { roster, memory, window, damper, counts, open, bytesInFlight } = this.#traffic
    const { certified, bodies, imports, headers } = this.#desks
    const isComplete = certified.isComplete && imports.height >= certified.top.height
    const isAllHere = certified.isComplete && bodies.ranges.head > certified.top.height
    return {
      certifiedHeight: certified.top.height,
      provenHeight: this.#provenHeight,
      downloadedHeight: bodies.ranges.head - 1,
      importedHeight: imports.height,
      isComplete,
      activeRequests: open.size,
      activePeers: new Set([...open].map(({ peer }) => peer)).size,
      provenPeers: roster.proven.length,
      peers: roster.size,
      bytesInFlight,
      reservedBytes: memory.bytes,
      reservedBlocks: memory.blocks,
      windowBytes: window.bytes,
      goodputBytesPerSecond: window.goodput,
      headAgeMs: isComplete || isAllHere ? 0 : nowMs - bodies.headSinceMs,
      stuck: this.#stuck(isComplete, nowMs),
      localTrouble: imports.trouble ?? bodies.trouble,
      refusal: headers.refusal,
      isDamped: damper.isDamped(nowMs),
      counts: { ...counts, failures: this.#traffic.service.failures },
    }
  }

  /** Why nothing comes, although it is still tried. */
  #stuck(isComplete: boolean, nowMs: number): Stuck | undefined {
    const { bodies, certified, headers } = this.#desks
    const { ranges, headSinceMs } = bodies
    if (isComplete || ranges.head > certified.target.height) return undefined
    const work = bodies.headRange() ?? headers.head ?? certified.quest
    const { attempts } = work.tried
    const lies = this.#traffic.service.liesAt(ranges.head)
    const facts = { height: ranges.head, attempts, lies, sinceMs: headSinceMs }
    if (this.#traffic.roster.size === 0) return { ...facts, reason: 'nobody' }
    if (this.#isHeld) return { ...facts, reason: 'trust' }
    if (attempts >= attemptsBeforeStuck) return { ...facts, reason: 'attempts' }
    return nowMs - headSinceMs >= stuckMs ? { ...facts, reason: 'age' } : undefined
  }
}

interface Desks<Token, Run extends RunShape> {
  readonly certified: CertifiedDesk<Token, Run>
  readonly headers: HeadersDesk<Token, Run>
  readonly bodies: BodiesDesk<Token, Run>
  readonly imports: Imports<Token, Run>
}

/** The four stages, from `committed` on. */
function desksFor<Token, Run extends RunShape>(
  traffic: Traffic<Token, Run>,
  committed: Place,
  trouble?: LocalTrouble,
): Desks<Token, Run> {
  const bodies = new BodiesDesk<Token, Run>(traffic, committed.height + 1)
  return {
    certified: new CertifiedDesk<Token, Run>(traffic, committed),
    headers: new HeadersDesk<Token, Run>(traffic),
    bodies,
    imports: new Imports<Token, Run>(traffic, bodies.ranges, trouble),
  }
}

/**
 * Moves against a network, each chosen by three numbers, so that a run is a list of triples that can be
 * repeated and shrunk. Plain moves are chaos. But once some block could be committed, half of the moves
 * try to get past it: undirected chaos misses real breaks for half a billion steps.
 */
import { present } from '../../../src/base/assert.ts'
import { authorOf, quorumOf } from '../../../src/protocol/committee.ts'
import type { BlockRef } from '../../../src/protocol/consensus/tree.ts'
import type { Certificate, Justification, Vote } from '../../../src/protocol/consensus/vote.ts'
import { slotMoment } from '../../../src/protocol/slots.ts'
import type { Message } from './member.ts'
import { type Network, slots } from './network.ts'
import { randomFrom } from './random.ts'
import { certificateOf, signed } from './sample.ts'

/** A kind of move and two numbers for its details. Each is 0 or more. */
export type Triple = readonly [number, number, number]

export interface AdversaryOptions {
  /** Members that may lose their records, ever; each costs liveness like a silent one. */
  readonly amnesiacsMax: number
  /** Planted: a member that lost its record goes on without a floor. */
  readonly hasFloor: boolean
}

export class Adversary {
  readonly #network: Network
  readonly #options: AdversaryOptions
  readonly #amnesiacs = new Set<number>()
  /** The block by which it tries to get past a committed one. */
  #bypass: BlockRef | undefined

  constructor(network: Network, options: AdversaryOptions) {
    this.#network = network
    this.#options = options
  }

  move([kind, x, y]: Triple): void {
    const draw = drawsFrom(x, y)
    const target = this.#network.history.committable.at(-1)
    const isDirected = target !== undefined && kind % 2 === 1
    const moves = isDirected ? this.#directedMoves(target) : this.#plainMoves()
    const total = moves.reduce((sum, [weight]) => sum + weight, 0)
    let at = Math.floor(kind / 2) % total
    for (const [weight, act] of moves) {
      if (at < weight) return act(draw)
      at -= weight
    }
  }

  #plainMoves(): readonly Move[] {
    return [
      [30, (draw) => this.#deliverSome(draw)],
      [8, (draw) => this.#deliverTo(draw)],
      [4, (draw) => this.#dropSome(draw)],
      [16, (draw) => this.#member(draw).workOnce()],
      [8, () => this.#workAll()],
      [4, () => this.#network.settle()],
      [16, (draw) => this.#passTime(draw)],
      [4, () => void this.#network.fetchOnce()],
      [5, (draw) => this.#crashOrRestart(draw)],
      [2, (draw) => this.#moveClock(draw)],
      [1, (draw) => this.#forget(draw)],
      [5, (draw) => this.#liarProposes(draw)],
      [8, (draw) => this.#liarVotes(draw)],
      [6, (draw) => this.#showCertificate(draw)],
      [6, (draw) => this.#replay(draw)],
    ]
  }

  #directedMoves(target: BlockRef): readonly Move[] {
    return [
      [4, (draw) => this.#isolatePast(target, draw)],
      [4, (draw) => this.#showNullifies(target, draw)],
      [3, (draw) => this.#offerBypass(target, draw)],
      [4, (draw) => this.#voteForBypass(draw)],
      [3, (draw) => this.#restartVoter(target, draw)],
      [2, (draw) => this.#forget(draw)],
    ]
  }

  // ----- chaos -----

  #deliverSome(draw: Draw): void {
    const { pending } = this.#network
    for (let count = 1 + draw(12); count > 0 && pending.length > 0; count -= 1) {
      this.#network.deliver(draw(pending.length), draw(8) === 0)
    }
  }

  #deliverTo(draw: Draw): void {
    const { place } = this.#member(draw)
    const { pending } = this.#network
    for (let count = pending.length; count > 0; count -= 1) {
      const index = pending.findIndex(({ to }) => to === place)
      if (index < 0) return
      this.#network.deliver(index)
    }
  }

  #dropSome(draw: Draw): void {
    const { pending } = this.#network
    for (let count = 1 + draw(20); count > 0 && pending.length > 0; count -= 1) {
      pending.splice(draw(pending.length), 1)
    }
  }

  #workAll(): void {
    for (const member of this.#network.members) member.workAll()
  }

  /** To the next moment that matters, or by a part of a slot; some members do not notice. */
  #passTime(draw: Draw): void {
    const network = this.#network
    const up = network.members.filter(({ isUp }) => isUp)
    const wakes = up.map(({ machine, place }) => {
      const wallMs = network.wallMs(place)
      return machine.wakeMs(wallMs) - wallMs
    })
    network.nowMs += draw(3) === 0 ? draw(900) : Math.min(500, ...wakes)
    for (const member of up) if (draw(4) > 0) member.tick()
  }

  #crashOrRestart(draw: Draw): void {
    const member = this.#member(draw)
    if (member.isUp && !member.machine.isVoting) member.beginVoting()
    else if (member.isUp) this.#network.crash(member.place)
    else this.#network.restart(member.place, draw(2) === 0)
  }

  /** Mostly within the tolerance; now and then a clock is slots away. */
  #moveClock(draw: Draw): void {
    const { place } = this.#member(draw)
    const spanMs = draw(8) === 0 ? 10_000 : slots.toleranceMs
    this.#network.skewsMs[place] = draw(2 * spanMs + 1) - spanMs
  }

  /** V5 trusts the clock: a member whose clock is behind what it voted for does not lose its record. */
  #forget(draw: Draw): void {
    const member = this.#member(draw)
    const isKnown = this.#amnesiacs.has(member.place)
    if (!isKnown && this.#amnesiacs.size >= this.#options.amnesiacsMax) return
    if ((this.#network.skewsMs[member.place] ?? 0) < -slots.toleranceMs) return
    if (member.hasVotedBeyondClock) return
    this.#amnesiacs.add(member.place)
    member.crash()
    member.loseRecord(this.#options.hasFloor)
  }

  // ----- lies -----

  #liarProposes(draw: Draw): void {
    const { history, slot } = this.#network
    const from = Math.max(1, slot - draw(2))
    const at = this.#liarSlot(from)
    if (at === undefined) return
    const known = [...history.blocks.values()].filter((block) => block.slot < at)
    const likely = draw(4) > 0 ? history.notarisable.filter((block) => block.slot < at) : known
    const parent = present(likely.at(-1 - draw(Math.min(4, likely.length))), 'genesis at least')
    this.#propose(at, parent, draw)
  }

  #propose(slot: number, parent: BlockRef, draw: Draw): BlockRef {
    const isValid = draw(8) > 0
    const block = this.#network.makeBlock(slot, parent, isValid)
    const justification = draw(6) > 0 ? this.#bestJustification(slot, parent) : undefined
    this.#show({ kind: 'proposal', proposal: { block, justification } }, draw)
    return block
  }

  #liarVotes(draw: Draw): void {
    const { history, slot, liars } = this.#network
    if (liars.length === 0) return
    const signer = present(liars[draw(liars.length)], 'a liar')
    const blocks = [...history.blocks.values()].filter((block) => block.slot > 0)
    const block = blocks.at(-1 - draw(Math.min(6, blocks.length)))
    const to = Math.max(1, slot + 1 - draw(4))
    let vote: Vote = { kind: 'nullify', from: Math.max(1, to - draw(6)), to }
    if (block !== undefined && draw(3) > 0) {
      vote = { kind: draw(2) === 0 ? 'notarise' : 'finalise', slot: block.slot, block: block.hash }
    }
    this.#show({ kind: 'vote', vote: signed(vote, signer) }, draw)
  }

  /** Any certificate that could exist. */
  #showCertificate(draw: Draw): void {
    const { history } = this.#network
    const isFinal = draw(3) === 0
    const list = isFinal ? history.committable : history.notarisable.slice(1)
    const block = list.at(-1 - draw(Math.min(3, list.length)))
    if (block === undefined) return
    const certificate = this.#certificate(isFinal ? 'finalise' : 'notarise', block)
    this.#show({ kind: 'certificate', certificate }, draw)
  }

  #replay(draw: Draw): void {
    const { votes } = this.#network.history
    const vote = votes.at(-1 - draw(Math.min(60, votes.length)))
    if (vote !== undefined) this.#show({ kind: 'vote', vote }, draw)
  }

  // ----- the way past a block -----

  /** A member that hears nothing lives through the target's slot and the next. */
  #isolatePast(target: BlockRef, draw: Draw): void {
    const network = this.#network
    const endMs = slotMoment(slots, target.slot + 1 + draw(2), draw(4))
    network.nowMs = Math.max(network.nowMs, endMs)
    const member = this.#member(draw)
    if (!member.isUp) return
    member.tick()
    member.workAll()
  }

  #showNullifies(target: BlockRef, draw: Draw): void {
    const { history, slot, liars } = this.#network
    const member = this.#member(draw)
    if (!member.isUp) return
    for (const signer of liars) {
      const vote = { kind: 'nullify', from: target.slot, to: Math.max(slot, target.slot) } as const
      member.receive({ kind: 'vote', vote: signed(vote, signer) })
    }
    for (const vote of history.votes) {
      if (vote.vote.kind === 'nullify' && vote.vote.to >= target.slot && draw(3) > 0) {
        member.receive({ kind: 'vote', vote })
      }
    }
    member.tick()
  }

  /** A block after the target, on the target's parent or beside it. */
  #offerBypass(target: BlockRef, draw: Draw): void {
    const { history } = this.#network
    const at = this.#liarSlot(target.slot + 1)
    if (at === undefined) return
    const beside = [...history.blocks.values()].filter(
      (block) => block.slot <= target.slot && block.hash !== target.hash,
    )
    const parent =
      draw(2) === 0 ? history.blocks.get(target.parent) : beside.at(-1 - draw(beside.length))
    if (parent === undefined) return
    this.#network.nowMs = Math.max(this.#network.nowMs, slotMoment(slots, at))
    this.#bypass = this.#propose(at, parent, draw)
  }

  #voteForBypass(draw: Draw): void {
    const member = this.#member(draw)
    const block = this.#bypass
    if (block === undefined || !member.isUp) return
    const { history, liars } = this.#network
    const vote = { kind: 'notarise', slot: block.slot, block: block.hash } as const
    for (const signer of liars) member.receive({ kind: 'vote', vote: signed(vote, signer) })
    for (const seen of history.votes) {
      if (seen.vote.kind !== 'nullify' && draw(3) > 0) member.receive({ kind: 'vote', vote: seen })
    }
    member.workAll()
  }

  /** Somebody who voted for the target forgets whatever is not on its disk. */
  #restartVoter(target: BlockRef, draw: Draw): void {
    const voters = [...this.#network.history.signersOf('finalise', target.hash)]
    const place = voters[draw(Math.max(1, voters.length))]
    if (place === undefined) return
    this.#network.crash(place)
    this.#network.restart(place, true)
  }

  // ----- what liars can make -----

  /** A certificate by the correct members that voted so and the liars. */
  #certificate(kind: Certificate['kind'], block: BlockRef): Certificate {
    const { history, liars, config } = this.#network
    const signers = [...history.signersOf(kind, block.hash), ...liars].sort((a, b) => a - b)
    return certificateOf(config.committee, kind, block, signers)
  }

  #bestJustification(slot: number, parent: BlockRef): Justification {
    const { history, liars } = this.#network
    const isNotarised = parent.slot > 0 && history.notarisable.includes(parent)
    const notarisation = isNotarised ? this.#certificate('notarise', parent) : undefined
    const from = parent.slot + 1
    const nullifies = liars.map((signer) => signed({ kind: 'nullify', from, to: slot }, signer))
    for (const { vote, signer } of history.votes.toReversed()) {
      const isUseful = vote.kind === 'nullify' && vote.to >= from && vote.from < slot
      if (isUseful && nullifies.length < 60) nullifies.push(signed(vote, signer))
    }
    return { notarisation, nullifies: slot > from ? nullifies : [] }
  }

  /** The first slot from `from` on that a liar may fill, if it is near. */
  #liarSlot(from: number): number | undefined {
    const { config, slot } = this.#network
    for (let at = from; at <= slot + quorumOf(config.committee); at += 1) {
      if (this.#network.isLiar(authorOf(config.committee, at))) return at
    }
    return undefined
  }

  /** To some members, at once; the others may never see it. */
  #show(message: Message, draw: Draw): void {
    for (const member of this.#network.members) {
      if (member.isUp && draw(2) === 0) member.receive(message)
    }
  }

  #member(draw: Draw) {
    return this.#network.member(draw(this.#network.members.length))
  }
}

/** A whole number from 0 to below the bound. */
type Draw = (below: number) => number
type Move = readonly [weight: number, act: (draw: Draw) => void]

/** Further numbers from two. */
function drawsFrom(x: number, y: number): Draw {
  const random = randomFrom(Math.imul(x, 0x10001) ^ y)
  return (below) => Math.floor(random() * Math.max(1, below))
}

/**
 * One state machine, fed by hand. Time is told as a slot and a part of it. Votes that it casts are fed
 * back at once, as by a node whose disk takes no time; everything it ever put out is kept.
 */
import { emptyRecord } from '../../../src/protocol/consensus/record.ts'
import { Simplex } from '../../../src/protocol/consensus/simplex.ts'
import type {
  SimplexInput,
  SimplexMemory,
  SimplexOutput,
} from '../../../src/protocol/consensus/step.ts'
import type { BlockRef } from '../../../src/protocol/consensus/tree.ts'
import type {
  Certificate,
  Evidence,
  Justification,
  Vote,
} from '../../../src/protocol/consensus/vote.ts'
import { slotMoment } from '../../../src/protocol/slots.ts'
import { certificateOf, committeeOf, genesis, signed } from './sample.ts'

export const slots = { genesisMs: 1_000_000, slotMs: 2_000, toleranceMs: 500 }

export const freshMemory: SimplexMemory = {
  record: emptyRecord(1),
  root: genesis,
  rootCertificate: undefined,
}

/** What a block on genesis needs in slot 1. */
export const noJustification: Justification = { notarisation: undefined, nullifies: [] }

export class OneMachine {
  readonly machine: Simplex
  readonly committee
  readonly self: number
  readonly outputs: SimplexOutput[] = []

  /** A voting member at the start of slot 1, unless `memory` is of an earlier life: then it waits. */
  constructor(count: number, self: number, memory = freshMemory) {
    this.committee = committeeOf(count)
    this.self = self
    const aggregate = (): Uint8Array => new Uint8Array()
    this.machine = new Simplex({ committee: this.committee, slots, self, aggregate }, memory)
    if (memory !== freshMemory) return
    this.at(1)
    this.give({ kind: 'begin-voting' })
  }

  /** The outputs of one input; casts are fed back. */
  give(input: SimplexInput): readonly SimplexOutput[] {
    const outputs = this.machine.step(input)
    this.outputs.push(...outputs)
    for (const output of outputs) {
      if (output.kind === 'cast') this.give({ kind: 'vote', vote: signed(output.vote, this.self) })
    }
    return outputs
  }

  /** Tells the time: `quarter` quarters into `slot`, and some milliseconds. */
  at(slot: number, quarter = 0, offsetMs = 0): readonly SimplexOutput[] {
    return this.give({ kind: 'time', wallMs: slotMoment(slots, slot, quarter) + offsetMs })
  }

  /** A proposal whose body comes with it and is valid. */
  propose(block: BlockRef, justification: Justification | undefined = noJustification): void {
    this.give({ kind: 'proposal', block, justification })
    this.give({ kind: 'block-ready', hash: block.hash })
  }

  /** Votes of other members for a block. */
  votes(kind: 'notarise' | 'finalise', block: BlockRef, ...signers: readonly number[]): void {
    const vote = { kind, slot: block.slot, block: block.hash }
    for (const signer of signers) this.give({ kind: 'vote', vote: signed(vote, signer) })
  }

  nullifies(from: number, to: number, ...signers: readonly number[]): void {
    for (const signer of signers) {
      this.give({ kind: 'vote', vote: signed({ kind: 'nullify', from, to }, signer) })
    }
  }

  certificate(kind: Certificate['kind'], block: BlockRef): readonly SimplexOutput[] {
    return this.give({ kind: 'certificate', certificate: this.proof(kind, block) })
  }

  proof(kind: Certificate['kind'], block: BlockRef): Certificate {
    return certificateOf(this.committee, kind, block)
  }

  /** A justification by the first quorum: the parent's notarisation, and the gap given up. */
  justification(parent: BlockRef, slot: number): Justification {
    const notarisation = parent.slot === 0 ? undefined : this.proof('notarise', parent)
    const gap = { kind: 'nullify', from: parent.slot + 1, to: slot - 1 } as const
    const { signers } = this.proof('notarise', parent)
    const nullifies = gap.from > gap.to ? [] : signers.map((signer) => signed(gap, signer))
    return { notarisation, nullifies }
  }

  /** Every vote cast, oldest first. */
  get cast(): readonly Vote[] {
    return this.of('cast').map(({ vote }) => vote)
  }

  get evidence(): readonly Evidence[] {
    return this.of('evidence').map(({ evidence }) => evidence)
  }

  /** All outputs of a kind so far. */
  of<Kind extends SimplexOutput['kind']>(kind: Kind) {
    return this.outputs.filter((output) => isOf(output, kind))
  }
}

function isOf<Kind extends SimplexOutput['kind']>(
  output: SimplexOutput,
  kind: Kind,
): output is Extract<SimplexOutput, { kind: Kind }> {
  return output.kind === kind
}

/** A block by hand. Its name tells its slot: `3b` is in slot 3. */
export function block(hash: string, parent: BlockRef): BlockRef {
  return { hash, parent: parent.hash, slot: Number.parseInt(hash, 10), height: parent.height + 1 }
}

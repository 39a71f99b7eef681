/**
 * Bodies that belong to proven headers. In one pass, away from the actor that asks, the validation pool
 * compares each body with the root that its header states, and checks the author's signature. What is
 * left to do with a block then is to execute it.
 *
 * Bodies and headers come from different senders, so each fault says whose it is: the root and the form
 * of a body are that of the bodies' sender; the author's signature travels with the header, outside its
 * hash, and is that of the headers' sender.
 */
import { assert, present } from '../base/assert.ts'
import { concatBytes, toHex } from '../base/bytes.ts'
import type { RecordVerdict } from '../kernel/environment.ts'
import { encodeSignedHeader } from '../protocol/block/header.ts'
import { encodeRules, type RunFault, type RunRules } from '../protocol/block/run.ts'
import type { Chain } from '../protocol/chain.ts'
import { hashToBytes } from '../protocol/hash.ts'
import type { Place, ProofParts } from './certified-header.ts'
import type { ProvenSegment } from './proven-segment.ts'

/** What is said to be the bodies of some of a segment's headers, from a height on. */
export interface BodiesClaim {
  readonly segment: ProvenSegment
  /** Within the segment, which is asserted. */
  readonly fromHeight: number
  /** Encoded, in ascending height. They are copied: views on an answer do no harm. */
  readonly bodies: readonly Uint8Array[]
}

/** `empty`: no bodies. `too-many`: more than there are headers. The others as of {@link RunFault}. */
export type BodyFaultCode = RunFault | 'empty' | 'too-many'

export interface BodyFault {
  /** Of the first block that is wrong. */
  readonly height: number
  readonly code: BodyFaultCode
  /** Who could have known: the sender of the bodies, or that of the headers. */
  readonly from: 'bodies' | 'headers'
}

/** What came of bodies: a sound prefix, unless there is none, and what was wrong behind it. */
export interface BodiesOutcome {
  readonly run: ValidatedRun | undefined
  readonly fault: BodyFault | undefined
}

let seal: (
  segment: ProvenSegment,
  fromHeight: number,
  records: readonly Uint8Array[],
) => ValidatedRun

/** Blocks whose bytes passed every check that bytes allow. Only {@link validateBodies} makes one. */
export class ValidatedRun {
  readonly segment: ProvenSegment
  readonly fromHeight: number
  /** At least one encoded block, signed header and body, in ascending height. */
  readonly records: readonly Uint8Array[]
  /** Of all records. */
  readonly bytes: number
  readonly #isValidated = true

  static {
    seal = (segment, fromHeight, records) => new ValidatedRun(segment, fromHeight, records)
  }

  private constructor(segment: ProvenSegment, fromHeight: number, records: readonly Uint8Array[]) {
    this.segment = segment
    this.fromHeight = fromHeight
    this.records = records
    this.bytes = records.reduce((sum, { length }) => sum + length, 0)
  }

  /** Whether a value was made here, whatever its type says. */
  static isOne(value: object): value is ValidatedRun {
    return #isValidated in value && value.#isValidated
  }

  /** Of the last block. */
  get toHeight(): number {
    return this.fromHeight + this.records.length - 1
  }

  /** The encoded block of a height in the run, which is asserted. */
  recordAt(height: number): Uint8Array {
    return present(this.records[height - this.fromHeight], `a record at height ${height}`)
  }

  /** What the first block stands on. */
  get parent(): Place {
    return this.segment.placeAt(this.fromHeight - 1)
  }

  /** Where the last block stands. */
  get end(): Place {
    return this.segment.placeAt(this.toHeight)
  }
}

/**
 * Has bodies compared with the headers they belong to. At most 4,096 of them in 16 MiB with their
 * headers, as of `Verifier.validate`. `done` comes later in any case.
 */
export function validateBodies(
  { chain, verifier, context }: ProofParts,
  claim: BodiesClaim,
  done: (outcome: BodiesOutcome) => void,
): void {
  const { segment, fromHeight, bodies } = claim
  const room = segment.end.height - fromHeight + 1
  const isWithin = fromHeight > segment.parent.height && room >= 1
  assert(isWithin, `height ${fromHeight} is in the segment`)
  const records = bodies
    .slice(0, room)
    .map((body, i) => concatBytes(encodeSignedHeader(segment.headerAt(fromHeight + i)), body))
  const rules = encodeRules(rulesAbove(chain, segment.placeAt(fromHeight - 1)))
  const judged = (verdicts: readonly RecordVerdict[]): void => {
    const fault = bodyFault(claim, verdicts)
    const sound = fault === undefined ? records : records.slice(0, fault.height - fromHeight)
    const run = sound.length > 0 ? seal(segment, fromHeight, sound) : undefined
    done({ run, fault })
  }
  verifier.validate({ rules, records }, 'bulk', context.bind(judged))
}

function bodyFault(
  { segment, fromHeight, bodies }: BodiesClaim,
  verdicts: readonly RecordVerdict[],
): BodyFault | undefined {
  if (bodies.length === 0) return { height: fromHeight, code: 'empty', from: 'bodies' }
  for (const [i, { fault, hash }] of verdicts.entries()) {
    const height = fromHeight + i
    const { hash: expected } = segment.headerAt(height)
    const isOwnHash = fault === 'length' || toHex(hash) === expected
    assert(isOwnHash, `the hash of header ${height} is that of its bytes`)
    if (fault !== undefined)
      return { height, code: fault as RunFault, from: senderOf(fault as RunFault) }
  }
  if (bodies.length === verdicts.length) return undefined
  return { height: fromHeight + verdicts.length, code: 'too-many', from: 'bodies' }
}

/** The header was proven, so what does not fit to it is the body, save for the signature. */
function senderOf(fault: RunFault): BodyFault['from'] {
  return fault === 'signature' ? 'headers' : 'bodies'
}

/** What blocks above `parent` are judged by. */
function rulesAbove({ tag, committee }: Chain, { hash, height, slot }: Place): RunRules {
  return {
    chainTag: tag,
    epoch: committee.epoch,
    authorKeys: committee.members.map(({ authorKey }) => authorKey),
    parent: { hash: hashToBytes(hash), height, slot },
  }
}

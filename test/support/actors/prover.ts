/** Proves blocks of a federation on paper, as a node that catches up does: on a stage of its own. */
import { present } from '../../../src/base/assert.ts'
import type { Result } from '../../../src/base/result.ts'
import type { Context } from '../../../src/kernel/actor.ts'
import type { NodeEvent } from '../../../src/node/event.ts'
import {
  type CertifiedFault,
  type Place,
  type ProofParts,
  type ProvenHeader,
  placeOf,
  verifyCertified,
} from '../../../src/proof/certified-header.ts'
import { type ProvenSegment, proveSegment } from '../../../src/proof/proven-segment.ts'
import {
  type BodiesClaim,
  type BodiesOutcome,
  type ValidatedRun,
  validateBodies,
} from '../../../src/proof/validated-run.ts'
import type { StoredBlock } from '../../../src/protocol/block/block.ts'
import { encodeBody } from '../../../src/protocol/block/body.ts'
import type { CertifiedHeader } from '../../../src/protocol/wire/certified-header.ts'
import { certify, type Federation } from './federation.ts'
import { Stage } from './stage.ts'

/** Virtual time after which a verdict is not to be expected any more. */
const verdictMsMax = 10_000

export class Prover {
  readonly #federation: Federation
  /** From height 1 on. */
  readonly #blocks: readonly StoredBlock[]
  readonly #stage: Stage
  readonly #parts: ProofParts

  constructor(federation: Federation, blocks: readonly StoredBlock[]) {
    this.#federation = federation
    this.#blocks = blocks
    this.#stage = new Stage({ scheme: federation.scheme })
    const { verifier } = this.#stage.environment
    this.#parts = { chain: federation.chain, verifier, context: contextOf(this.#stage) }
  }

  blockAt(height: number): StoredBlock {
    return present(this.#blocks[height - 1], `block ${height}`)
  }

  /** From one height to another, both included. */
  range(from: number, to: number): readonly StoredBlock[] {
    return this.#blocks.slice(from - 1, to)
  }

  /** Of genesis, for height 0. */
  placeAt(height: number): Place {
    return height === 0 ? this.#federation.chain.genesis : placeOf(this.blockAt(height).signed)
  }

  pairAt(height: number): CertifiedHeader {
    const block = this.blockAt(height)
    return { signed: block.signed, certificate: certify(this.#federation, 'finalise', block) }
  }

  verify(list: readonly CertifiedHeader[]): Result<readonly ProvenHeader[], CertifiedFault> {
    return this.#answerTo((done) => verifyCertified(this.#parts, list, done))
  }

  headerAt(height: number): ProvenHeader {
    const outcome = this.verify([this.pairAt(height)])
    return present(outcome.ok ? outcome.value[0] : undefined, 'a proven header')
  }

  /** The segment above one height, to another. */
  segment(above: number, to: number): ProvenSegment {
    const headers = this.range(above + 1, to).map(({ signed }) => signed)
    const end = this.headerAt(to)
    const claim = { parent: this.placeAt(above), headers, end }
    const outcome = proveSegment(this.#federation.chain, claim)
    return present(outcome.ok ? outcome.value : undefined, 'a proven segment')
  }

  validate(claim: BodiesClaim): BodiesOutcome {
    return this.#answerTo((done) => validateBodies(this.#parts, claim, done))
  }

  /** The blocks of a segment from one height to another, both included. */
  run(segment: ProvenSegment, from: number, to: number): ValidatedRun {
    const bodies = this.range(from, to).map(({ body }) => encodeBody(body))
    return present(this.validate({ segment, fromHeight: from, bodies }).run, 'a validated run')
  }

  /** Lets time pass until `ask` is answered. */
  #answerTo<Answer>(ask: (done: (answer: Answer) => void) => void): Answer {
    const answers: Answer[] = []
    ask((answer) => answers.push(answer))
    this.#stage.simulation.runFor(verdictMsMax, () => answers.length > 0)
    return present(answers[0], 'an answer')
  }
}

/** Of an actor that only asks. */
function contextOf(stage: Stage): ProofParts['context'] {
  let found: Context<{ kind: 'none' }, NodeEvent> | undefined
  stage.spawn<{ kind: 'none' }>('asker', (context) => {
    found = context
    return { receive: () => undefined }
  })
  return present(found, 'a context')
}

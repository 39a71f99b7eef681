/** Proofs on a stage: a chain of four members on paper, and an actor that asks for verdicts. */
import { present } from '../../../src/base/assert.ts'
import type { Result } from '../../../src/base/result.ts'
import type { Context } from '../../../src/kernel/actor.ts'
import type { NodeEvent } from '../../../src/node/event.ts'
import {
  type CertifiedFault,
  type CertifiedHeader,
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
  validateBodies,
} from '../../../src/proof/validated-run.ts'
import type { StoredBlock } from '../../../src/protocol/block/block.ts'
import { encodeBody } from '../../../src/protocol/block/body.ts'
import { certify, type Federation, federationOf, grow } from '../../support/actors/federation.ts'
import { Stage } from '../../support/actors/stage.ts'

export const federation: Federation = federationOf(4)
export const { chain } = federation
/** Blocks of heights 1 to 24, in slots of the same numbers. */
const blocks = grow(federation, 24)

export function blockAt(height: number): StoredBlock {
  return present(blocks[height - 1], `block ${height}`)
}

/** From one height to another, both included. */
export function range(from: number, to: number): readonly StoredBlock[] {
  return blocks.slice(from - 1, to)
}

export function placeAt(height: number): Place {
  return height === 0 ? chain.genesis : placeOf(blockAt(height).signed)
}

export function pairOf(block: StoredBlock): CertifiedHeader {
  return { signed: block.signed, certificate: certify(federation, 'finalise', block) }
}

export function bodiesOf(list: readonly StoredBlock[]): readonly Uint8Array[] {
  return list.map(({ body }) => encodeBody(body))
}

const stage = new Stage({ scheme: federation.scheme })
const parts: ProofParts = {
  chain,
  verifier: stage.environment.verifier,
  context: contextOf(stage),
}

function contextOf(on: Stage): ProofParts['context'] {
  let found: Context<{ kind: 'none' }, NodeEvent> | undefined
  on.spawn<{ kind: 'none' }>('asker', (context) => {
    found = context
    return { receive: () => undefined }
  })
  return present(found, 'a context')
}

/** Lets time pass until `ask` is answered. */
function answerTo<Answer>(ask: (done: (answer: Answer) => void) => void): Answer {
  const answers: Answer[] = []
  ask((answer) => answers.push(answer))
  stage.simulation.runFor(10_000, () => answers.length > 0)
  return present(answers[0], 'an answer')
}

export function verify(
  list: readonly CertifiedHeader[],
): Result<readonly ProvenHeader[], CertifiedFault> {
  return answerTo((done) => verifyCertified(parts, list, done))
}

export function provenHeader(block: StoredBlock): ProvenHeader {
  const outcome = verify([pairOf(block)])
  return present(outcome.ok ? outcome.value[0] : undefined, 'a proven header')
}

/** The proven segment above one height, to another. */
export function segment(above: number, to: number): ProvenSegment {
  const headers = range(above + 1, to).map(({ signed }) => signed)
  const end = provenHeader(blockAt(to))
  const outcome = proveSegment(chain, { parent: placeAt(above), headers, end })
  return present(outcome.ok ? outcome.value : undefined, 'a proven segment')
}

export function validate(claim: BodiesClaim): BodiesOutcome {
  return answerTo((done) => validateBodies(parts, claim, done))
}

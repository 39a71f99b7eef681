/** A chain of four members on paper, of 24 blocks in slots of the same numbers, and what can be proven of it. */
import type { StoredBlock } from '../../../src/protocol/block/block.ts'
import { encodeBody } from '../../../src/protocol/block/body.ts'
import { federationOf, grow } from '../../support/actors/federation.ts'
import { Prover } from '../../support/actors/prover.ts'

export const federation = federationOf(4)
export const { chain } = federation
export const prover = new Prover(federation, grow(federation, 24))

export function bodiesOf(list: readonly StoredBlock[]): readonly Uint8Array[] {
  return list.map(({ body }) => encodeBody(body))
}

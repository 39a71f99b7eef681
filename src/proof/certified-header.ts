/**
 * Pairs of a header and a finalise certificate on it, as peers give them at strides of the chain. A
 * certificate names slot and hash, and the hash covers the height: so one BLS check proves where on the
 * committed chain a block stands, whatever was proven before.
 *
 * Does not say what lies between two of them: a `ProvenSegment` does.
 */
import { failed, ok, type Result } from '../base/result.ts'
import type { Context } from '../kernel/actor.ts'
import type { Verifier } from '../kernel/environment.ts'
import type { SignedHeader } from '../protocol/block/header.ts'
import { headerFault } from '../protocol/block/rules.ts'
import type { Chain } from '../protocol/chain.ts'
import { certificateCheck, isQuorum } from '../protocol/consensus/checks.ts'
import type { Certificate } from '../protocol/consensus/vote.ts'
import type { Hash } from '../protocol/hash.ts'
import { type CertifiedHeader, namesHeader } from '../protocol/wire/certified-header.ts'

/** A block's place on a chain. */
export interface Place {
  readonly hash: Hash
  readonly height: number
  readonly slot: number
}

/**
 * Why a list of pairs is refused. Whoever sent it could have known each of these.
 *
 * - `header`: of another chain, of slot or height 0, or not by the member whose slot it is.
 * - `not-finalised`: the certificate is not a quorum's finalisation of just this header.
 * - `order`: not above the pair before, in height and slot.
 * - `signature`: the certificate's signature is wrong.
 */
export type CertifiedFaultCode = 'header' | 'not-finalised' | 'order' | 'signature'

export interface CertifiedFault {
  readonly code: CertifiedFaultCode
  /** Which pair, from 0. */
  readonly index: number
}

/** What verifying takes. `context`: the actor that asks, whose life the answer belongs to. */
export interface ProofParts {
  readonly chain: Chain
  readonly verifier: Verifier
  readonly context: Pick<Context<never, never>, 'bind'>
}

/** Set once, by the class: so nothing outside of this file can make one. */
let seal: (pair: CertifiedHeader) => ProvenHeader

/** A header that a quorum has committed. Only {@link verifyCertified} makes one. */
export class ProvenHeader implements CertifiedHeader {
  readonly #pair: CertifiedHeader

  static {
    seal = (pair) => new ProvenHeader(pair)
  }

  private constructor(pair: CertifiedHeader) {
    this.#pair = pair
  }

  /** Whether a value was made here, whatever its type says. */
  static isOne(value: object): value is ProvenHeader {
    return #pair in value
  }

  get signed(): SignedHeader {
    return this.#pair.signed
  }

  get certificate(): Certificate {
    return this.#pair.certificate
  }

  get place(): Place {
    return placeOf(this.#pair.signed)
  }
}

/**
 * Checks pairs of one sender, which must ascend: all of them are proven, or the first that is wrong is
 * named. What costs nothing is checked first, within the call; `done` comes later in any case.
 */
export function verifyCertified(
  { chain, verifier, context }: ProofParts,
  list: readonly CertifiedHeader[],
  done: (outcome: Result<readonly ProvenHeader[], CertifiedFault>) => void,
): void {
  const fault = firstFault(chain, list)
  // A list that is wrong by itself is not worth a signature check.
  const checks =
    fault === undefined ? list.map((pair) => certificateCheck(chain, pair.certificate)) : []
  const judged = (verdicts: readonly boolean[]): void => {
    if (fault !== undefined) return done(failed(fault))
    const index = verdicts.indexOf(false)
    done(index < 0 ? ok(list.map(seal)) : failed({ code: 'signature', index }))
  }
  verifier.verify(checks, 'bulk', context.bind(judged))
}

function firstFault(chain: Chain, list: readonly CertifiedHeader[]): CertifiedFault | undefined {
  let before: Place | undefined
  for (const [index, pair] of list.entries()) {
    const code = pairFault(chain, pair, before)
    if (code !== undefined) return { code, index }
    before = placeOf(pair.signed)
  }
  return undefined
}

function pairFault(
  chain: Chain,
  { signed, certificate }: CertifiedHeader,
  before: Place | undefined,
): CertifiedFaultCode | undefined {
  const { header } = signed
  if (headerFault(chain, header) !== undefined) return 'header'
  if (!namesHeader({ signed, certificate }) || !isQuorum(chain, certificate)) return 'not-finalised'
  const ascends =
    before === undefined || (header.height > before.height && header.slot > before.slot)
  return ascends ? undefined : 'order'
}

/** Where a header says that it stands. */
export function placeOf({ hash, header }: SignedHeader): Place {
  return { hash, height: header.height, slot: header.slot }
}

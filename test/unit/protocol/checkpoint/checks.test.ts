import { describe, expect, test } from 'vitest'
import {
  type Checkpoint,
  coveredFrom,
  metadataOf,
} from '../../../../src/protocol/checkpoint/checkpoint.ts'
import {
  type CheckpointFault,
  CoveredCheck,
  checkpointFault,
  trustedPlaces,
  trustFault,
} from '../../../../src/protocol/checkpoint/checks.ts'
import { hashOf } from '../../../../src/protocol/hash.ts'
import { certify, federationOf, grow } from '../../../support/actors/federation.ts'
import { checkpointOn } from '../../../support/checkpoints.ts'

const federation = federationOf(4)
const { chain } = federation
const blocks = grow(federation, 8)
const covered = blocks.slice(4)
const checkpoint = checkpointOn(federation, covered)
const last = blocks[7] ?? expect.unreachable()

function changed(change: Partial<Checkpoint['chain']>): Checkpoint {
  return { ...checkpoint, chain: { ...checkpoint.chain, ...change } }
}

describe('a checkpoint by itself', () => {
  test('of this chain, on a block that a quorum committed, has no fault', () => {
    expect(checkpointFault(chain, checkpoint)).toBeUndefined()
  })

  test('tells the seven fields of its block', () => {
    const { height, parentHash, stateRoot } = last.signed.header
    expect(metadataOf(checkpoint)).toEqual({
      ...{ height, hash: last.signed.hash, parentHash, stateRoot },
      ...{ timestampMs: 1_700_000_123_456, syncProgress: 1, verified: true },
    })
    expect(coveredFrom(checkpoint)).toBe(5)
  })

  test.each<[CheckpointFault['code'], string, Checkpoint]>([
    ['other-chain', 'another tag', changed({ chainTag: new Uint8Array(8) })],
    ['other-chain', 'another genesis', changed({ genesis: last.signed.hash })],
    [
      'other-chain',
      'a block of another chain',
      changed({ signed: (grow(federationOf(4, 'other'), 1)[0] ?? expect.unreachable()).signed }),
    ],
    [
      'other-committee',
      'another committee',
      { ...checkpoint, federation: { ...checkpoint.federation, committee: last.signed.hash } },
    ],
    [
      'other-committee',
      'another quorum',
      { ...checkpoint, federation: { ...checkpoint.federation, quorum: 2 } },
    ],
    [
      'other-committee',
      'another epoch',
      { ...checkpoint, federation: { ...checkpoint.federation, epoch: 1 } },
    ],
    [
      'not-finalised',
      'a notarisation',
      changed({ certificate: certify(federation, 'notarise', last) }),
    ],
    [
      'not-finalised',
      'a certificate on another block',
      changed({ certificate: certify(federation, 'finalise', blocks[6] ?? last) }),
    ],
    [
      'not-finalised',
      'too few signers',
      changed({ certificate: certify(federation, 'finalise', last, [0, 1]) }),
    ],
    [
      'not-finalised',
      'signers who do not exist',
      changed({ certificate: { ...checkpoint.chain.certificate, signers: [0, 1, 2, 40] } }),
    ],
  ])('is refused as %s with %s', (code, _what, other) => {
    expect(checkpointFault(chain, other)?.code).toBe(code)
  })
})

describe('the blocks that a checkpoint covers', () => {
  const links = covered.map(({ signed }) => ({
    hash: signed.hash,
    parent: signed.header.parentHash,
  }))

  test('are right if they lead to its block and have its root', () => {
    const check = new CoveredCheck(checkpoint)
    for (const link of links) expect(check.add(link)).toBeUndefined()
    expect([check.left, check.finish()]).toEqual([0, undefined])
  })

  test('are another history if one is not on the one below it', () => {
    const check = new CoveredCheck(checkpoint)
    const [first, , third] = links
    if (first === undefined || third === undefined) return expect.unreachable()
    expect(check.nextHeight).toBe(5)
    expect(check.add(first)).toBeUndefined()
    expect(check.add(third)).toMatchObject({ code: 'other-history' })
  })

  test('are another history if they end elsewhere', () => {
    const check = new CoveredCheck(checkpointOn(federation, covered.slice(0, 1)))
    check.add({ hash: last.signed.hash, parent: last.signed.header.parentHash })
    expect(check.finish()).toMatchObject({ code: 'other-history' })
  })

  test('have another root if the checkpoint says another', () => {
    const { root } = checkpointOn(federation, blocks.slice(3)).chain.covered
    const check = new CoveredCheck(changed({ covered: { count: 4, root } }))
    for (const link of links) check.add(link)
    expect(check.finish()).toMatchObject({ code: 'root-differs' })
  })
})

describe('trusted blocks', () => {
  const a = { height: 3, hash: hashOf('header', Uint8Array.of(1)) }
  const b = { height: 5, hash: hashOf('header', Uint8Array.of(2)) }
  const withMin = (minFinalized: typeof a) => ({ ...chain, spec: { ...chain.spec, minFinalized } })

  test('are those of the chain and of the node, by height', () => {
    expect(trustedPlaces(chain, undefined)).toEqual({ ok: true, value: [] })
    expect(trustedPlaces(chain, b)).toEqual({ ok: true, value: [b] })
    expect(trustedPlaces(withMin(b), a)).toEqual({ ok: true, value: [a, b] })
    expect(trustedPlaces(withMin(b), b)).toEqual({ ok: true, value: [b] })
  })

  test('must not contradict each other', () => {
    const outcome = trustedPlaces(withMin({ ...b, hash: a.hash }), b)
    expect(outcome).toMatchObject({ ok: false, fault: { code: 'not-trusted' } })
  })

  test('are compared by hash; what cannot be read is not trusted', () => {
    expect(trustFault(a, a.hash)).toBeUndefined()
    expect(trustFault(a, b.hash)?.detail).toContain(`block 3 is ${b.hash} here`)
    expect(trustFault(a, undefined)?.detail).toContain('cannot be read')
  })
})

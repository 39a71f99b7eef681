import { expect, test } from 'vitest'
import { present } from '../../../src/base/assert.ts'
import { Signatures } from '../../../src/ledger/signatures.ts'
import { chainTag, transfer, verifyIdeal } from './world.ts'

function counted(verdictsMax: number): { signatures: Signatures; count: () => number } {
  let checks = 0
  const verifySignature: typeof verifyIdeal = (...values) => {
    checks += 1
    return verifyIdeal(...values)
  }
  const signatures = new Signatures({ chainTag, verifySignature, verdictsMax })
  return { signatures, count: () => checks }
}

function check(signatures: Signatures, bytes: Uint8Array): boolean {
  const read = signatures.identify(bytes)
  return read.ok && signatures.check(read.value) !== undefined
}

const spoiled = (bytes: Uint8Array): Uint8Array =>
  bytes.with(bytes.length - 1, 1 ^ present(bytes.at(-1), 'a byte'))

test('a signature is checked once, right or wrong', () => {
  const { signatures, count } = counted(10)
  const right = transfer({ from: 0, to: 1, nonce: 0 })
  expect([check(signatures, right), check(signatures, right)]).toEqual([true, true])
  expect([check(signatures, spoiled(right)), check(signatures, spoiled(right))]).toEqual([
    false,
    false,
  ])
  expect(count()).toBe(2)
})

test('the oldest verdicts are forgotten', () => {
  const { signatures, count } = counted(2)
  const all = [0, 1, 2].map((nonce) => transfer({ from: 0, to: 1, nonce }))
  for (const bytes of all) check(signatures, bytes)
  for (const bytes of all.slice(1)) check(signatures, bytes)
  expect(count()).toBe(3)
  for (const bytes of all.slice(0, 1)) check(signatures, bytes)
  expect(count()).toBe(4)
})

test('bytes that are no transaction are not judged', () => {
  const { signatures, count } = counted(2)
  expect(signatures.identify(new Uint8Array(3)).ok).toBe(false)
  expect(count()).toBe(0)
})

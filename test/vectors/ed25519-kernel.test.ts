/**
 * The published vectors of Ed25519 by the kernels, alone and in batches. The verdicts are those of `ed25519.test.ts`.
 */
import { describe, expect, test } from 'vitest'
import { present } from '../../src/base/assert.ts'
import { asciiBytes, fromHex } from '../../src/base/bytes.ts'
import { variants } from '../../src/validation/kernel/build.ts'
import type { SignatureCheck } from '../../src/validation/signature-batch.ts'
import { batchOn, keptKernel } from '../support/validation/kernel.ts'
import { published } from './published.ts'

const bytes = (hex: string): Uint8Array => present(fromHex(hex), hex)

interface Zip215Case {
  readonly vk_bytes: string
  readonly sig_bytes: string
  readonly valid_zip215: boolean
}

interface EdgeCase {
  readonly message: string
  readonly pub_key: string
  readonly signature: string
}

interface Wycheproof {
  readonly numberOfTests: number
  readonly testGroups: readonly {
    readonly key: { readonly pk: string }
    readonly tests: readonly {
      readonly msg: string
      readonly sig: string
      readonly result: string
    }[]
  }[]
}

describe.each(variants)('with the %s kernel', (variant) => {
  const batch = batchOn(keptKernel(variant))

  function expectVerdicts(checks: readonly SignatureCheck[], expected: readonly boolean[]): void {
    expect(batch.verify(checks)).toEqual(expected)
    expect(checks.flatMap((check) => batch.verify([check]))).toEqual(expected)
  }

  test('RFC 8032, section 7.1, test 3, holds, and does not for another message', () => {
    const check = {
      publicKey: bytes('fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025'),
      message: bytes('af82'),
      signature: bytes(
        '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac' +
          '18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
      ),
    }
    expectVerdicts([check, { ...check, message: bytes('af83') }], [true, false])
  })

  test('the classic sign.input: all hold', (context) => {
    const lines = published(context, 'ed25519/sign-input-256.txt').trim().split('\n')
    const checks = lines.map((line) => {
      const [, key = '', message = '', signed = ''] = line.split(':')
      return {
        publicKey: bytes(key),
        message: bytes(message),
        signature: bytes(signed.slice(0, 128)),
      }
    })
    expect(checks.length).toBe(256)
    expectVerdicts(
      checks,
      checks.map(() => true),
    )
  })

  test('Wycheproof: forged, malleable and truncated signatures are refused', (context) => {
    const suite = JSON.parse(published(context, 'ed25519/wycheproof.json')) as Wycheproof
    const cases = suite.testGroups.flatMap(({ key, tests }) =>
      tests.map(({ msg, sig, result }) => ({
        check: { publicKey: bytes(key.pk), message: bytes(msg), signature: bytes(sig) },
        holds: result === 'valid',
      })),
    )
    expect(cases.length).toBe(suite.numberOfTests)
    expectVerdicts(
      cases.map(({ check }) => check),
      cases.map(({ holds }) => holds),
    )
  })

  test('ZIP-215: small orders and odd encodings get its verdicts, not the legacy ones', (context) => {
    const cases = JSON.parse(published(context, 'ed25519/zip215.json')) as readonly Zip215Case[]
    expect(cases.length).toBe(196)
    const checks = cases.map(({ vk_bytes, sig_bytes }) => ({
      publicKey: bytes(vk_bytes),
      message: asciiBytes('Zcash'),
      signature: bytes(sig_bytes),
    }))
    expectVerdicts(
      checks,
      cases.map(({ valid_zip215 }) => valid_zip215),
    )
  })

  test('"Taming the many EdDSAs": the verdicts of the ZIP-215 implementation in its table', (context) => {
    const cases = JSON.parse(published(context, 'ed25519/edge-cases.json')) as readonly EdgeCase[]
    const checks = cases.map(({ message, pub_key, signature }) => ({
      publicKey: bytes(pub_key),
      message: bytes(message),
      signature: bytes(signature),
    }))
    expectVerdicts(
      checks,
      [...'VVVVVVXXXVVV'].map((letter) => letter === 'V'),
    )
  })
})

/** Ed25519 against RFC 8032, the classic sign.input, Wycheproof, and the edge cases of ZIP-215. */
import { expect, test } from 'vitest'
import { present } from '../../src/base/assert.ts'
import { asciiBytes, fromHex, toHex } from '../../src/base/bytes.ts'
import { ed25519PublicKey, signEd25519, verifyEd25519 } from '../../src/protocol/crypto/ed25519.ts'
import { published } from './published.ts'

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
      readonly tcId: number
      readonly msg: string
      readonly sig: string
      readonly result: 'valid' | 'invalid'
    }[]
  }[]
}

const bytes = (hex: string): Uint8Array => present(fromHex(hex), hex)

test('RFC 8032, section 7.1, tests 1 and 2', () => {
  const vectors = [
    {
      secret: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      key: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      message: '',
      signature:
        'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155' +
        '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    },
    {
      secret: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
      key: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      message: '72',
      signature:
        '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
        '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    },
  ]
  for (const { secret, key, message, signature } of vectors) {
    expect(toHex(ed25519PublicKey(bytes(secret)))).toBe(key)
    expect(toHex(signEd25519(bytes(secret), bytes(message)))).toBe(signature)
    expect(verifyEd25519(bytes(key), bytes(message), bytes(signature))).toBe(true)
    expect(verifyEd25519(bytes(key), asciiBytes('other'), bytes(signature))).toBe(false)
  }
})

test('the classic sign.input: keys, signatures and verdicts', (context) => {
  const lines = published(context, 'ed25519/sign-input-256.txt').trim().split('\n')
  expect(lines.length).toBe(256)
  for (const line of lines) {
    const [secretAndKey = '', key = '', message = '', signed = ''] = line.split(':')
    const secret = bytes(secretAndKey.slice(0, 64))
    const signature = signed.slice(0, 128)
    expect(toHex(ed25519PublicKey(secret))).toBe(key)
    expect(toHex(signEd25519(secret, bytes(message)))).toBe(signature)
    expect(verifyEd25519(bytes(key), bytes(message), bytes(signature))).toBe(true)
  }
})

test('Wycheproof: forged, malleable and truncated signatures are refused', (context) => {
  const suite = JSON.parse(published(context, 'ed25519/wycheproof.json')) as Wycheproof
  let count = 0
  for (const { key, tests } of suite.testGroups) {
    for (const { tcId, msg, sig, result } of tests) {
      const verdict = verifyEd25519(bytes(key.pk), bytes(msg), bytes(sig))
      expect(verdict, `test ${tcId}`).toBe(result === 'valid')
      count += 1
    }
  }
  expect(count).toBe(suite.numberOfTests)
})

test('ZIP-215: small orders and odd encodings get its verdicts, not the legacy ones', (context) => {
  const cases = JSON.parse(published(context, 'ed25519/zip215.json')) as readonly Zip215Case[]
  expect(cases.length).toBe(196)
  for (const { vk_bytes, sig_bytes, valid_zip215 } of cases) {
    const verdict = verifyEd25519(bytes(vk_bytes), asciiBytes('Zcash'), bytes(sig_bytes))
    expect(verdict, `${vk_bytes} ${sig_bytes}`).toBe(valid_zip215)
  }
})

test('"Taming the many EdDSAs": the verdicts of the ZIP-215 implementation in its table', (context) => {
  const cases = JSON.parse(published(context, 'ed25519/edge-cases.json')) as readonly EdgeCase[]
  const verdicts = cases.map(({ message, pub_key, signature }) =>
    verifyEd25519(bytes(pub_key), bytes(message), bytes(signature)) ? 'V' : 'X',
  )
  expect(verdicts.join('')).toBe('VVVVVVXXXVVV')
})

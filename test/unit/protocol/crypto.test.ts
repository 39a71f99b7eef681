import { expect, test } from 'vitest'
import { asciiBytes } from '../../../src/base/bytes.ts'
import {
  ed25519PublicKey,
  signEd25519,
  verifyEd25519,
} from '../../../src/protocol/crypto/ed25519.ts'

const secret = new Uint8Array(32).fill(1)
const key = ed25519PublicKey(secret)
const message = asciiBytes('message')
const signature = signEd25519(secret, message)

test('Ed25519 signs deterministically', () => {
  expect(signEd25519(secret, message)).toEqual(signature)
  expect(verifyEd25519(key, message, signature)).toBe(true)
})

test('Ed25519 keys and signatures of any other length are wrong, and nothing is thrown', () => {
  for (const length of [0, 1, 31, 33, 64]) {
    expect(verifyEd25519(new Uint8Array(length), message, signature)).toBe(false)
  }
  for (const length of [0, 1, 32, 63, 65]) {
    expect(verifyEd25519(key, message, new Uint8Array(length))).toBe(false)
  }
})

test('Ed25519 bytes that are no point and no scalar are wrong, and nothing is thrown', () => {
  for (let value = 0; value < 256; value += 1) {
    const noise = new Uint8Array(32).fill(value)
    expect(verifyEd25519(noise, message, signature)).toBe(false)
    expect(verifyEd25519(key, message, new Uint8Array(64).fill(value))).toBe(false)
  }
})

test('every single changed bit of an Ed25519 signature makes it wrong', () => {
  for (let bit = 0; bit < 512; bit += 1) {
    const changed = Uint8Array.from(signature, (byte, i) =>
      i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte,
    )
    expect(verifyEd25519(key, message, changed), `bit ${bit}`).toBe(false)
  }
})

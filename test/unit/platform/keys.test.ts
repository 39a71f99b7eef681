import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { toHex } from '../../../src/base/bytes.ts'
import { generateKeys, type KeyFault, readKeys, writeKeys } from '../../../src/platform/keys.ts'
import { isBlsSecret } from '../../../src/protocol/crypto/bls.ts'

let folder = ''
let file = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alys-keys-'))
  file = join(folder, 'node.keys.toml')
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

const a64 = 'a1'.repeat(32)
const b64 = 'b2'.repeat(32)
const c64 = '0c'.repeat(32)
const whole = `peer_seed = "${a64}"\nauthor_secret = "${b64}"\nvote_secret = "${c64}"\n`

/** The fault of reading a file with this text, which must not appear in it. */
function faultOf(text: string): KeyFault {
  writeFileSync(file, text, { mode: 0o600 })
  const keys = readKeys(file)
  if (keys.ok) throw new Error('the keys were read')
  for (const secret of [a64, b64, c64]) {
    expect(keys.fault.detail).not.toContain(secret.slice(0, 12))
  }
  expect(keys.fault.file).toBe(file)
  return keys.fault
}

describe('fresh keys', () => {
  test('are three different secrets, of which the last is a BLS key', () => {
    const keys = generateKeys()
    const secrets = [keys.peerSeed, keys.authorSecret, keys.voteSecret]
    expect(secrets.map((secret) => secret.length)).toEqual([32, 32, 32])
    expect(new Set(secrets.map(toHex)).size).toBe(3)
    expect(isBlsSecret(keys.voteSecret)).toBe(true)
    expect(toHex(generateKeys().peerSeed)).not.toBe(toHex(keys.peerSeed))
  })
})

describe('a key file', () => {
  test('gives back what was written', () => {
    const keys = generateKeys()
    expect(writeKeys(file, keys)).toEqual({ ok: true, value: undefined })
    expect(readKeys(file)).toEqual({ ok: true, value: keys })
  })

  test('is for its owner alone', () => {
    writeKeys(file, generateKeys())
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('is never overwritten', () => {
    const keys = generateKeys()
    writeKeys(file, keys)
    expect(writeKeys(file, generateKeys())).toEqual({
      ok: false,
      fault: { code: 'exists', file, detail: `${file} exists; keys are never overwritten` },
    })
    expect(readKeys(file)).toEqual({ ok: true, value: keys })
  })

  test('in a folder that does not exist is not written', () => {
    const lost = join(folder, 'nowhere', 'keys')
    expect(writeKeys(lost, generateKeys())).toEqual({
      ok: false,
      fault: { code: 'io', file: lost, detail: `cannot write ${lost}: ENOENT` },
    })
  })
})

describe('reading refuses', () => {
  test('a file that is not there', () => {
    expect(readKeys(file)).toEqual({
      ok: false,
      fault: { code: 'missing', file, detail: `there is no key file ${file}` },
    })
  })

  test('a folder', () => {
    expect(readKeys(folder)).toMatchObject({ ok: false })
  })

  test.each([0o640, 0o604, 0o660, 0o620, 0o644, 0o601])('a file of mode %o', (mode) => {
    writeKeys(file, generateKeys())
    chmodSync(file, mode)
    const keys = readKeys(file)
    expect(keys.ok || keys.fault.code).toBe('exposed')
    expect(keys.ok || keys.fault.detail).toContain(`mode 0${mode.toString(8)}`)
    expect(keys.ok || keys.fault.detail).toContain(`chmod 600 ${file}`)
    expect(keys.ok || keys.fault.detail).not.toContain(readFileSync(file, 'utf8').slice(90, 110))
  })

  test('what is not TOML, without quoting it', () => {
    expect(faultOf(`peer_seed = "${a64}\nauthor_secret`).detail).toBe(`${file} is not TOML`)
    expect(faultOf(`${b64} ${c64}`).detail).toBe(`${file} is not TOML`)
  })

  test('a missing field, by its name', () => {
    expect(faultOf(whole.replace('author_secret', '# ')).detail).toBe(
      `${file} has no field author_secret`,
    )
    expect(faultOf('').detail).toBe(`${file} has no field peer_seed`)
  })

  test('a field of the wrong length or kind, by its name', () => {
    const expected = 'expected 64 hexadecimal digits'
    const short = whole.replace(b64, b64.slice(2))
    expect(faultOf(short).detail).toBe(`${file} field author_secret: ${expected}`)
    expect(faultOf(whole.replace(a64, `${a64}00`)).detail).toBe(
      `${file} field peer_seed: ${expected}`,
    )
    expect(faultOf(whole.replace(c64, c64.replace('0c', 'zz'))).detail).toBe(
      `${file} field vote_secret: ${expected}`,
    )
    expect(faultOf(whole.replace(`"${a64}"`, '7')).detail).toBe(
      `${file} field peer_seed: ${expected}`,
    )
  })

  test('a vote secret that is no BLS key', () => {
    for (const wrong of ['00'.repeat(32), 'ff'.repeat(32)]) {
      expect(faultOf(whole.replace(c64, wrong)).detail).toBe(
        `${file} field vote_secret: expected a number above 0 and below the order of BLS12-381`,
      )
    }
  })

  test('a field that does not belong, without quoting it', () => {
    expect(faultOf(`${whole}${a64} = 1\n`).detail).toBe(
      `${file} has fields other than peer_seed, author_secret, vote_secret`,
    )
  })

  test('a file that is too large to be one', () => {
    expect(faultOf(`${whole}# ${'x'.repeat(5_000)}`).detail).toBe(
      `${file} is larger than 4096 bytes`,
    )
  })
})

/**
 * The node's secrets in a file of their own: the seed of its libp2p identity, and the two secrets of a
 * federation member. A file, and not a flag or a variable, because process lists and environments leak.
 *
 * The file is made readable by its owner alone, and refused when others could have read it. No message
 * here quotes the file: that is why the parser's own errors, which show the line, are not passed on.
 */
import { randomBytes } from 'node:crypto'
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { parse } from 'smol-toml'
import { fromHex, toHex } from '../base/bytes.ts'
import { failed, ok, type Result } from '../base/result.ts'
import { blsSecretFrom, isBlsSecret } from '../protocol/crypto/bls.ts'

const secretBytes = 32
const fileBytesMax = 4_096
/** Permission bits of group and others. */
const othersMask = 0o077

/** Three secrets of 32 bytes each. */
export interface NodeKeys {
  /** Seed of the Ed25519 key that is this node's libp2p identity. */
  readonly peerSeed: Uint8Array
  /** Ed25519 secret of a member: headers and nullify votes. */
  readonly authorSecret: Uint8Array
  /** BLS12-381 secret of a member: notarise and finalise votes. */
  readonly voteSecret: Uint8Array
}

/** Why keys could not be read or written. `detail` names the file and is fit to be shown. */
export interface KeyFault {
  readonly code: 'missing' | 'exists' | 'exposed' | 'malformed' | 'io'
  readonly file: string
  readonly detail: string
}

/** What the keys are called in the file. */
const fields = {
  peerSeed: 'peer_seed',
  authorSecret: 'author_secret',
  voteSecret: 'vote_secret',
} as const

/** Fresh keys from the operating system's randomness. */
export function generateKeys(): NodeKeys {
  return {
    peerSeed: new Uint8Array(randomBytes(secretBytes)),
    authorSecret: new Uint8Array(randomBytes(secretBytes)),
    voteSecret: blsSecretFrom(randomBytes(secretBytes)),
  }
}

/** Writes a new file that only its owner may read (mode 0600). Never replaces one: `exists`. */
export function writeKeys(file: string, keys: NodeKeys): Result<undefined, KeyFault> {
  const text = [
    '# The secrets of one node. Whoever reads this file can sign in its name.',
    `${fields.peerSeed} = "${toHex(keys.peerSeed)}"`,
    `${fields.authorSecret} = "${toHex(keys.authorSecret)}"`,
    `${fields.voteSecret} = "${toHex(keys.voteSecret)}"`,
    '',
  ].join('\n')
  try {
    // `wx`: create, and fail if it is there, in one step.
    withFile(file, 'wx', (descriptor) => {
      writeSync(descriptor, text)
      fsyncSync(descriptor)
    })
    return ok(undefined)
  } catch (error) {
    return failed(fileFault(file, 'write', error))
  }
}

/** Reads a file that `writeKeys` wrote. `exposed` if anybody but its owner may read or change it. */
export function readKeys(file: string): Result<NodeKeys, KeyFault> {
  try {
    return withFile(file, 'r', (descriptor) => readOpened(file, descriptor))
  } catch (error) {
    return failed(fileFault(file, 'read', error))
  }
}

function withFile<Value>(file: string, flags: string, use: (descriptor: number) => Value): Value {
  const descriptor = openSync(file, flags, 0o600)
  try {
    return use(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Asks the open file, not its name, for its mode: the name may point elsewhere a moment later. */
function readOpened(file: string, descriptor: number): Result<NodeKeys, KeyFault> {
  const { mode, size } = fstatSync(descriptor)
  // Windows has no such bits; there the folder's access list is what protects the file.
  if (process.platform !== 'win32' && (mode & othersMask) !== 0) {
    const octal = (mode & 0o777).toString(8).padStart(4, '0')
    const advice = `run: chmod 600 ${file}, and make new keys if the machine is shared`
    const detail = `${file} may be read or changed by other users (mode ${octal}): ${advice}`
    return failed({ code: 'exposed', file, detail })
  }
  if (size > fileBytesMax) return malformed(file, `is larger than ${fileBytesMax} bytes`)
  return parseKeys(file, readFileSync(descriptor, 'utf8'))
}

function parseKeys(file: string, text: string): Result<NodeKeys, KeyFault> {
  let table: Readonly<Record<string, unknown>>
  try {
    table = parse(text)
  } catch {
    return malformed(file, 'is not TOML')
  }
  const known: readonly string[] = Object.values(fields)
  if (Object.keys(table).some((field) => !known.includes(field))) {
    // An unknown name is not quoted: it may be a secret that slipped into the wrong column.
    return malformed(file, `has fields other than ${known.join(', ')}`)
  }
  const peerSeed = readSecret(file, table, fields.peerSeed)
  if (!peerSeed.ok) return peerSeed
  const authorSecret = readSecret(file, table, fields.authorSecret)
  if (!authorSecret.ok) return authorSecret
  const voteSecret = readSecret(file, table, fields.voteSecret)
  if (!voteSecret.ok) return voteSecret
  if (!isBlsSecret(voteSecret.value)) {
    const expected = 'expected a number above 0 and below the order of BLS12-381'
    return malformed(file, `field ${fields.voteSecret}: ${expected}`)
  }
  return ok({
    peerSeed: peerSeed.value,
    authorSecret: authorSecret.value,
    voteSecret: voteSecret.value,
  })
}

function readSecret(
  file: string,
  table: Readonly<Record<string, unknown>>,
  field: string,
): Result<Uint8Array, KeyFault> {
  const value = table[field]
  if (value === undefined) return malformed(file, `has no field ${field}`)
  const bytes = typeof value === 'string' ? fromHex(value) : undefined
  if (bytes?.length === secretBytes) return ok(bytes)
  return malformed(file, `field ${field}: expected ${2 * secretBytes} hexadecimal digits`)
}

function malformed(file: string, what: string): Result<never, KeyFault> {
  return failed({ code: 'malformed', file, detail: `${file} ${what}` })
}

/** System errors carry the path and a code, never content. */
function fileFault(file: string, verb: 'read' | 'write', error: unknown): KeyFault {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' && verb === 'read') {
    return { code: 'missing', file, detail: `there is no key file ${file}` }
  }
  if (code === 'EEXIST') {
    return { code: 'exists', file, detail: `${file} exists; keys are never overwritten` }
  }
  return { code: 'io', file, detail: `cannot ${verb} ${file}: ${String(code ?? error)}` }
}

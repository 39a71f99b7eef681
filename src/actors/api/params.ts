/**
 * Parameters of API calls, read from untrusted JSON: positional, as JSON-RPC clients send them. A bad
 * one is told by its place, its value and what was expected.
 */
import { fromHex, toHex } from '../../base/bytes.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import type { Hash } from '../../protocol/hash.ts'
import type { RecoveryMode } from '../checkpoint/messages.ts'

/** Why a parameter is not taken. */
export interface ParamFault {
  readonly message: string
}

/** The parameters, of which there must be `count`. */
export function readParams(params: unknown, count: number): Result<readonly unknown[], ParamFault> {
  const list = params === undefined || params === null ? [] : params
  if (!Array.isArray(list)) return refuse('params', shown(params), 'an array')
  if (list.length !== count) {
    return refuse('params', `${list.length} values`, `${count} value${count === 1 ? '' : 's'}`)
  }
  return ok(list)
}

/** No parameters. */
export function readNone(params: unknown): Result<undefined, ParamFault> {
  const list = readParams(params, 0)
  return list.ok ? ok(undefined) : list
}

/** One parameter. */
export function readOne<Value>(
  params: unknown,
  read: (value: unknown) => Result<Value, ParamFault>,
): Result<Value, ParamFault> {
  const list = readParams(params, 1)
  return list.ok ? read(list.value[0]) : list
}

/** Hexadecimal bytes of `lengthMax` at most, with or without 0x. */
export function readBytes(
  value: unknown,
  name: string,
  length: { readonly min: number; readonly max: number },
): Result<Uint8Array, ParamFault> {
  const bytes = typeof value === 'string' ? fromHex(value) : undefined
  if (bytes === undefined) return refuse(name, shown(value), 'hexadecimal bytes')
  if (bytes.length < length.min || bytes.length > length.max) {
    const expected =
      length.min === length.max ? `${length.min} bytes` : `${length.min} to ${length.max} bytes`
    return refuse(name, `${bytes.length} bytes`, expected)
  }
  return ok(bytes)
}

/** A block's hash, or its height. */
export function readBlockId(
  value: unknown,
  name: string,
): Result<{ readonly hash: Hash } | { readonly height: number }, ParamFault> {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value) && value >= 0) return ok({ height: value })
    return refuse(name, shown(value), 'a height: a whole number from 0')
  }
  const bytes = readBytes(value, name, { min: 32, max: 32 })
  if (!bytes.ok) return refuse(name, shown(value), 'a block hash of 32 bytes, or a height')
  return ok({ hash: String(value).replace(/^0x/, '').toLowerCase() })
}

/** A checkpoint's id, whether to read all that it covers, and what to do with it. */
export function readRecovery(params: unknown): Result<
  {
    readonly checkpointId: Hash
    readonly verifyIntegrity: boolean
    readonly recoveryMode: RecoveryMode
  },
  ParamFault
> {
  const list = readParams(params, 3)
  if (!list.ok) return list
  const [id, isFull, mode] = list.value
  const bytes = readBytes(id, 'id', { min: 32, max: 32 })
  if (!bytes.ok) return bytes
  if (typeof isFull !== 'boolean') return refuse('verifyIntegrity', shown(isFull), 'true or false')
  if (mode !== 'verify-only' && mode !== 'resume') {
    return refuse('recoveryMode', shown(mode), '"verify-only" or "resume"')
  }
  return ok({ checkpointId: toHex(bytes.value), verifyIntegrity: isFull, recoveryMode: mode })
}

/** Printable ASCII of 1 to `charactersMax` characters. */
export function readText(
  value: unknown,
  name: string,
  charactersMax: number,
): Result<string, ParamFault> {
  const isText = typeof value === 'string' && /^[ -~]+$/.test(value)
  if (isText && value.length <= charactersMax) return ok(value)
  return refuse(name, shown(value), `1 to ${charactersMax} characters of printable ASCII`)
}

/** A whole number from `min` to `max`. */
export function readWhole(
  value: unknown,
  name: string,
  { min, max }: { readonly min: number; readonly max: number },
): Result<number, ParamFault> {
  const isWhole = typeof value === 'number' && Number.isSafeInteger(value)
  if (isWhole && value >= min && value <= max) return ok(value)
  return refuse(name, shown(value), `a whole number from ${min} to ${max}`)
}

/** What one of several words stands for. */
export function readChoice<Value>(
  value: unknown,
  name: string,
  choices: Readonly<Record<string, Value>>,
): Result<Value, ParamFault> {
  const isChoice = typeof value === 'string' && Object.hasOwn(choices, value)
  const chosen = isChoice ? choices[value] : undefined
  if (chosen !== undefined) return ok(chosen)
  return refuse(name, shown(value), `one of ${Object.keys(choices).join(', ')}`)
}

const shownMax = 80

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > shownMax ? `${text.slice(0, shownMax)}…` : text
}

function refuse(name: string, value: string, expected: string): Result<never, ParamFault> {
  return failed({ message: `${name} is ${value}, expected ${expected}` })
}

/**
 * A piece of work as it lies in a slot, and what came of it. Little endian: kind, count, and then
 *
 * - of a run: the length of the rules, whether there is a head, the blocks' lengths, the rules, the head (128 bytes),
 *   the blocks;
 * - of checks: for each its kind, the number of its keys, the length of its message, keys, signature, message.
 *
 * Both ends are this program, so what is read is trusted. What came in from outside are the blocks, and these are
 * handed on as bytes.
 */
import { assert, present } from '../../base/assert.ts'
import type { Check } from '../../kernel/environment.ts'
import { headerBytes } from '../../protocol/block/header.ts'
import {
  decodeRules,
  encodedRulesBytesMax,
  type RunRules,
  type RunVerdict,
  runFaultOf,
} from '../../protocol/block/run.ts'
import { rulesAfter } from '../../validation/cut.ts'
import type { PackedRun, PackedVerdicts } from '../../validation/run-judge.ts'
import { inputBytes, recordBytesMax } from './layout.ts'

/** Blocks that follow one another, by rules for the first of them. */
export interface RunTask {
  readonly kind: 'run'
  /** Encoded as by `encodeRules`. */
  readonly rules: Uint8Array
  /** The `headOf` the block before the first one; undefined if that is the parent which the rules name. */
  readonly head: Uint8Array | undefined
  readonly blocks: readonly Uint8Array[]
}

/** Checks whose keys and signatures have their lengths. */
export interface ChecksTask {
  readonly kind: 'checks'
  readonly checks: readonly Check[]
}

export type Task = RunTask | ChecksTask

const taskCode = { run: 1, checks: 2 } as const
const checkCode = { ed25519: 1, bls: 2 } as const
const keyBytes = { ed25519: 32, bls: 48 } as const
const signatureBytes = { ed25519: 64, bls: 96 } as const

const taskHeadBytes = 16
const lengthBytes = 4
const checkHeadBytes = 8
const keysMax = 4_096
const hashBytes = 32

/** Bytes of input that a block takes. */
export function blockRoom(block: Uint8Array): number {
  return lengthBytes + Math.min(block.length, recordBytesMax)
}

/** Bytes of input for blocks, beside rules of that length. */
export function roomForBlocks(rulesBytes: number): number {
  return inputBytes - taskHeadBytes - rulesBytes - headerBytes
}

/** Bytes of input that a check takes. */
export function checkRoom(check: Check): number {
  const { kind, message } = check
  return (
    checkHeadBytes + keysIn(check).length * keyBytes[kind] + signatureBytes[kind] + message.length
  )
}

assert(
  roomForBlocks(encodedRulesBytesMax) >= lengthBytes + recordBytesMax,
  'a slot has room for the largest block and the longest rules',
)

/** Bytes of input for checks. */
export const roomForChecks = inputBytes - taskHeadBytes

/** Whether keys and signature have the lengths of their kind, so that the check can be put into a slot at all. */
export function isWellFormed(check: Check): boolean {
  const keys = keysIn(check)
  return (
    keys.length >= 1 &&
    keys.length <= keysMax &&
    keys.every((key) => key.length === keyBytes[check.kind]) &&
    check.signature.length === signatureBytes[check.kind]
  )
}

function keysIn(check: Check): readonly Uint8Array[] {
  return check.kind === 'bls' ? check.publicKeys : [check.publicKey]
}

// ----- writing and reading what is to be done -----

/** Puts a task into the input of a slot. It fits: whoever cut it saw to that. */
export function writeTask(input: Uint8Array, task: Task): void {
  const view = viewOf(input)
  view.setUint32(0, taskCode[task.kind], true)
  if (task.kind === 'run') writeRun(input, view, task)
  else writeChecks(input, view, task)
}

function writeRun(input: Uint8Array, view: DataView, { rules, head, blocks }: RunTask): void {
  view.setUint32(4, blocks.length, true)
  view.setUint32(8, rules.length, true)
  view.setUint32(12, head === undefined ? 0 : 1, true)
  let lengthAt = taskHeadBytes
  let at = lengthAt + lengthBytes * blocks.length
  input.set(rules, at)
  at += rules.length
  if (head !== undefined) {
    input.fill(0, at, at + headerBytes)
    input.set(head, at)
    at += headerBytes
  }
  for (const block of blocks) {
    const whole = block.length <= recordBytesMax ? block : block.subarray(0, recordBytesMax)
    view.setUint32(lengthAt, whole.length, true)
    input.set(whole, at)
    lengthAt += lengthBytes
    at += whole.length
  }
}

function writeChecks(input: Uint8Array, view: DataView, { checks }: ChecksTask): void {
  view.setUint32(4, checks.length, true)
  let at = taskHeadBytes
  const put = (bytes: Uint8Array): void => {
    input.set(bytes, at)
    at += bytes.length
  }
  for (const check of checks) {
    const keys = keysIn(check)
    view.setUint16(at, checkCode[check.kind], true)
    view.setUint16(at + 2, keys.length, true)
    view.setUint32(at + 4, check.message.length, true)
    at += checkHeadBytes
    for (const key of keys) put(key)
    put(check.signature)
    put(check.message)
  }
}

/** A run as it is found in a slot. All are views of the input. */
export interface FoundRun {
  readonly kind: 'run'
  readonly rules: Uint8Array
  readonly head: Uint8Array | undefined
  readonly run: PackedRun
}

/** What {@link writeTask} has put there. Checks are copies. */
export function readTask(input: Uint8Array): FoundRun | ChecksTask {
  const view = viewOf(input)
  const count = view.getUint32(4, true)
  return view.getUint32(0, true) === taskCode.run
    ? readRun(input, view, count)
    : { kind: 'checks', checks: readChecks(input, view, count) }
}

function readRun(input: Uint8Array, view: DataView, count: number): FoundRun {
  const rulesBytes = view.getUint32(8, true)
  const hasHead = view.getUint32(12, true) === 1
  const rulesAt = taskHeadBytes + lengthBytes * count
  const headAt = rulesAt + rulesBytes
  const bytesAt = hasHead ? headAt + headerBytes : headAt
  const lengths = new Uint32Array(input.buffer, input.byteOffset + taskHeadBytes, count)
  return {
    kind: 'run',
    rules: input.subarray(rulesAt, headAt),
    head: hasHead ? input.subarray(headAt, bytesAt) : undefined,
    run: { bytes: input.subarray(bytesAt), lengths },
  }
}

function readChecks(input: Uint8Array, view: DataView, count: number): readonly Check[] {
  let at = taskHeadBytes
  const take = (length: number): Uint8Array => {
    at += length
    return input.slice(at - length, at)
  }
  return Array.from({ length: count }, (): Check => {
    const kind = view.getUint16(at, true) === checkCode.bls ? 'bls' : 'ed25519'
    const keyCount = view.getUint16(at + 2, true)
    const messageBytes = view.getUint32(at + 4, true)
    at += checkHeadBytes
    const keys = Array.from({ length: keyCount }, () => take(keyBytes[kind]))
    const signature = take(signatureBytes[kind])
    const message = take(messageBytes)
    return kind === 'bls'
      ? { kind, publicKeys: keys, message, signature }
      : { kind, publicKey: present(keys[0], 'a key'), message, signature }
  })
}

/** The rules by which the first block of a task is judged. They were read once before, so they can be read. */
export function startingRules({ rules, head }: Pick<RunTask, 'rules' | 'head'>): RunRules {
  const decoded = decodeRules(rules)
  const whole = present(decoded.ok ? decoded.value : undefined, 'rules that can be read')
  return head === undefined ? whole : rulesAfter(whole, head)
}

// ----- writing and reading what came of it -----

/** Where the verdicts over so many blocks lie in the output of a slot. Views. */
export function runVerdictsIn(output: Uint8Array, count: number): PackedVerdicts {
  return {
    faults: output.subarray(0, count),
    hashes: output.subarray(count, count + hashBytes * count),
  }
}

/** The verdicts over so many blocks. The hashes share one copy. */
export function readRunVerdicts(output: Uint8Array, count: number): readonly RunVerdict[] {
  const { faults, hashes } = runVerdictsIn(output, count)
  const copy = hashes.slice()
  return Array.from(faults, (code, i) => {
    const fault = runFaultOf(code)
    const at = hashBytes * i
    return { fault, hash: copy.subarray(at, fault === 'length' ? at : at + hashBytes) }
  })
}

/** Puts the verdicts over checks into the output of a slot: a byte each. */
export function writeCheckVerdicts(output: Uint8Array, verdicts: readonly boolean[]): void {
  for (const [i, isRight] of verdicts.entries()) output[i] = isRight ? 1 : 0
}

/** What {@link writeCheckVerdicts} has put there. */
export function readCheckVerdicts(output: Uint8Array, count: number): readonly boolean[] {
  return Array.from({ length: count }, (_, i) => output[i] === 1)
}

function viewOf(input: Uint8Array): DataView {
  return new DataView(input.buffer, input.byteOffset, input.byteLength)
}

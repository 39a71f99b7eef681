/** Checkpoints as files: packed, written whole, and read with a bound on what they may unpack to. */
import { readFileSync, statSync } from 'node:fs'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { failed, ok, type Result } from '../../../base/result.ts'
import { checkpointBytesMax } from '../../../protocol/checkpoint/codec.ts'
import {
  type CheckpointFile,
  checkedContent,
  decodeCheckpointFile,
  encodeCheckpointFile,
  type Packing,
} from '../../../protocol/checkpoint/file.ts'
import { writeNewFile } from '../durable-file.ts'
import type { SetupFault } from '../setup-fault.ts'

const fileBytesMax = 2 * checkpointBytesMax

/** Writes a checkpoint into a new file. Answers the file's size. */
export function exportCheckpoint(
  file: string,
  content: Uint8Array,
  packing: Packing,
): Result<number, SetupFault> {
  const packed = packing === 'deflate' ? new Uint8Array(deflateRawSync(content)) : content
  const bytes = encodeCheckpointFile(content, packing, packed)
  const written = writeNewFile(file, bytes)
  return written.ok ? ok(bytes.length) : written
}

/** The content of an exported file, which is the one that was exported: its id says so. */
export function readExported(file: string): Result<Uint8Array, SetupFault> {
  const refuse = (detail: string): Result<never, SetupFault> =>
    failed({ code: 'data', detail: `${file}: ${detail}` })
  let bytes: Uint8Array
  try {
    if (statSync(file).size > fileBytesMax) return refuse(`is larger than ${fileBytesMax} bytes`)
    bytes = readFileSync(file)
  } catch (error) {
    return failed({ code: 'io', detail: error instanceof Error ? error.message : String(error) })
  }
  const read = decodeCheckpointFile(bytes)
  if (!read.ok) return refuse(`${read.fault.field} ${read.fault.detail}`)
  const content = unpack(read.value)
  if (content === undefined) return refuse('the content cannot be unpacked')
  const checked = checkedContent(read.value, content)
  return checked.ok ? checked : refuse(checked.fault.detail)
}

/** Undefined if it is not what was packed, or would be longer than its head says. */
function unpack({ packing, packed, bytes }: CheckpointFile): Uint8Array | undefined {
  if (packing === 'plain') return packed
  try {
    return new Uint8Array(inflateRawSync(packed, { maxOutputLength: Math.max(1, bytes) }))
  } catch {
    return undefined
  }
}

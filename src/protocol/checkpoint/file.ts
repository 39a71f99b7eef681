/**
 * A checkpoint as a file that travels: eight characters that say what it is, its version, how the
 * content is packed, its length and id, and the content. Whoever opens it computes the id anew, so any
 * bit that was changed on the way is noticed.
 *
 * Does not pack: nothing here has a compressor, so that is the business of whoever writes the file.
 */
import { asciiBytes, equalBytes } from '../../base/bytes.ts'
import { type CodecFault, decodeWith, Writer } from '../../base/codec.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import { type Hash, readHash, writeHash } from '../hash.ts'
import { checkpointBytesMax, checkpointId } from './codec.ts'

const magic = asciiBytes('ALYSCKPT')
const version = 1
/** Never reused. */
const packingCode = { plain: 0, deflate: 1 } as const

/** How the content of a file is packed. `deflate` is RFC 1951, without a header. */
export type Packing = keyof typeof packingCode

/** A file's head and its content as it lies there. */
export interface CheckpointFile {
  readonly packing: Packing
  /** Of the content, unpacked. At most {@link checkpointBytesMax}. */
  readonly bytes: number
  readonly id: Hash
  readonly packed: Uint8Array
}

/** `packed` is `content` as `packing` says. */
export function encodeCheckpointFile(
  content: Uint8Array,
  packing: Packing,
  packed: Uint8Array,
): Uint8Array {
  const writer = new Writer(packed.length + 64).bytes(magic).u8(version).u8(packingCode[packing])
  writeHash(writer.u32(content.length), checkpointId(content))
  return writer.blob(packed).finish()
}

/** The parts of a file. The content is not unpacked, and the id not compared yet. */
export function decodeCheckpointFile(bytes: Uint8Array): Result<CheckpointFile, CodecFault> {
  return decodeWith(bytes, 'file', (reader) => {
    if (!equalBytes(reader.bytes('magic', magic.length), magic)) {
      reader.fail('unknown-kind', 'magic', 'is not that of a checkpoint')
    }
    const found = reader.u8('file.version')
    if (found !== version) reader.fail('unknown-kind', 'file.version', `is ${found}`)
    const code = reader.u8('packing')
    if (code > packingCode.deflate) reader.fail('unknown-kind', 'packing', `is ${code}`)
    const length = reader.u32('length')
    if (length > checkpointBytesMax) reader.fail('too-long', 'length', `is ${length}`)
    return {
      packing: code === packingCode.deflate ? 'deflate' : 'plain',
      bytes: length,
      id: readHash(reader, 'id'),
      packed: reader.blob('content', checkpointBytesMax),
    }
  })
}

/** The unpacked content, if it is what the file's head says. */
export function checkedContent(
  { bytes, id }: CheckpointFile,
  content: Uint8Array,
): Result<Uint8Array, { readonly detail: string }> {
  if (content.length !== bytes) {
    return failed({ detail: `the content is ${content.length} bytes, not ${bytes}` })
  }
  const found = checkpointId(content)
  return found === id ? ok(content) : failed({ detail: `the content has id ${found}, not ${id}` })
}

/** Ways to spoil an encoded block, each of which leaves the rest of it as it was. */

/** A change of a block. May return more or fewer bytes. */
export type Spoil = (block: Uint8Array) => Uint8Array

/** A copy in which the byte at `at` is combined with `bits` by exclusive or. */
export function withFlipped(block: Uint8Array, at: number, bits: number): Uint8Array {
  return block.map((byte, i) => (i === at ? byte ^ bits : byte))
}

/** A copy in which `bytes` stand from `at` on. */
export function withBytes(block: Uint8Array, at: number, bytes: readonly number[]): Uint8Array {
  const copy = block.slice()
  copy.set(bytes.slice(0, Math.max(0, copy.length - at)), Math.min(at, copy.length))
  return copy
}

/** With `count` bytes of zero behind its end. */
export function withSurplus(block: Uint8Array, count: number): Uint8Array {
  const longer = new Uint8Array(block.length + count)
  longer.set(block)
  return longer
}

/** Where the items of a well-formed block begin, each with its kind. */
export function itemOffsets(block: Uint8Array): readonly number[] {
  const view = new DataView(block.buffer, block.byteOffset, block.length)
  const offsets: number[] = []
  for (let at = 194; at < block.length; at += 5 + view.getUint32(at + 1, true)) offsets.push(at)
  return offsets
}

/**
 * Where a run is cut, so that its pieces can be judged apart, and at the same time. A piece is judged by rules whose
 * parent is what the header of the block before says of itself: its hash, computed anew from these very bytes, its
 * height and its slot. So the link across a cut is checked as any other, by whoever judges the piece.
 *
 * One thing a header does not tell: whether its block has a well-formed encoding at all. If not, nothing links to it,
 * and the verdict over the block after the cut is corrected once both are known.
 */
import { decodeHeader, headerBytes } from '../protocol/block/header.ts'
import type { RunFault, RunRules, RunVerdict } from '../protocol/block/run.ts'
import { hashBytes, hashLength } from '../protocol/hash.ts'

/** Faults that are named before `link` whatever the block before is. Of `slot` only the half: slot 0. */
const beforeLink: ReadonlySet<RunFault | undefined> = new Set(['length', 'chain', 'author', 'root'])

/** The beginning of an encoded block that the rules for the next one follow from: at most 128 bytes. A view. */
export function headOf(block: Uint8Array): Uint8Array {
  return block.subarray(0, headerBytes)
}

/**
 * The rules for what follows a block of which this is the {@link headOf}. One that cannot be read makes rules of no
 * meaning: its own verdict is `length`, and {@link verdictAfterUnreadable} tells that of its successor.
 */
export function rulesAfter(rules: RunRules, head: Uint8Array): RunRules {
  const header = decodeHeader(head)
  const parent = header.ok
    ? { hash: hashBytes('header', head), height: header.value.height, slot: header.value.slot }
    : { hash: new Uint8Array(hashLength), height: 0, slot: 0 }
  return { ...rules, parent }
}

/** The verdict over `block`, given what was said of it by {@link rulesAfter} one that turned out to be `length`. */
export function verdictAfterUnreadable(verdict: RunVerdict, block: Uint8Array): RunVerdict {
  if (beforeLink.has(verdict.fault)) return verdict
  if (verdict.fault === 'slot' && isOfGenesis(block)) return verdict
  return { fault: 'link', hash: verdict.hash }
}

function isOfGenesis(block: Uint8Array): boolean {
  const header = decodeHeader(headOf(block))
  return header.ok && (header.value.slot === 0 || header.value.height === 0)
}

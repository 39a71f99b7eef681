/**
 * The judge of runs in plain TypeScript. It says what a verdict is: the kernel must agree with it on every input. It
 * is also the judge where there is no WebAssembly, and in the simulator, where signatures may be ideal ones.
 *
 * Takes one block after another through the decoders and rules of the protocol, and is as slow as that is.
 */
import { equalBytes, toHex } from '../base/bytes.ts'
import { type Block, decodeBlock } from '../protocol/block/block.ts'
import { bodyRoot } from '../protocol/block/body.ts'
import type { Header } from '../protocol/block/header.ts'
import {
  checkedRules,
  type RunFault,
  type RunRules,
  type RunVerdict,
} from '../protocol/block/run.ts'
import { headerSigningBytes } from '../protocol/consensus/signing.ts'
import { type Hash, type HashFunction, hashBytes, hashToBytes } from '../protocol/hash.ts'

/** Whether `signature` (64 bytes) is that of `publicKey` (32 bytes) over `message`, by the rules of ZIP-215. */
export type VerifySignature = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean

/** What the next block has to stand on. */
interface Before {
  /** Undefined: the block before could not be read. */
  readonly hash: Hash | undefined
  readonly height: number
  readonly slot: number
}

const unreadable: Before = { hash: undefined, height: 0, slot: 0 }
const noHash = new Uint8Array(0)

/** What the reference may be given in the place of its own, as long as it comes to the same. */
export interface RunPrimitives {
  readonly verifySignature: VerifySignature
  /** For the items of bodies and the trees over them. */
  readonly hash: HashFunction
}

/** A verdict for each of the blocks, each encoded as by `encodeBlock`, in the order of the run. */
export function judgeRun(
  rules: RunRules,
  blocks: readonly Uint8Array[],
  verifySignature: VerifySignature,
): readonly RunVerdict[] {
  return judgeRunWith({ verifySignature, hash: hashBytes }, rules, blocks)
}

/** As {@link judgeRun}, with other primitives. */
export function judgeRunWith(
  { verifySignature, hash: hashItem }: RunPrimitives,
  rules: RunRules,
  blocks: readonly Uint8Array[],
): readonly RunVerdict[] {
  const { parent } = checkedRules(rules)
  let before: Before = { hash: toHex(parent.hash), height: parent.height, slot: parent.slot }
  const verdicts: RunVerdict[] = []
  for (const bytes of blocks) {
    const decoded = decodeBlock(bytes)
    const block = decoded.ok ? decoded.value : undefined
    if (block === undefined || block.body.length !== block.signed.header.itemCount) {
      verdicts.push({ fault: 'length', hash: noHash })
      before = unreadable
      continue
    }
    const { hash, header } = block.signed
    const isRooted = (): boolean => header.bodyRoot === bodyRoot(block.body, hashItem)
    const fault =
      blockFault(rules, header, isRooted, before) ?? signatureFault(rules, block, verifySignature)
    verdicts.push({ fault, hash: hashToBytes(hash) })
    before = { hash, height: header.height, slot: header.slot }
  }
  return verdicts
}

function blockFault(
  rules: RunRules,
  header: Header,
  isRooted: () => boolean,
  before: Before,
): RunFault | undefined {
  if (!equalBytes(header.chainTag, rules.chainTag)) return 'chain'
  if (header.slot === 0 || header.height === 0) return 'slot'
  if (header.author !== header.slot % rules.authorKeys.length) return 'author'
  if (!isRooted()) return 'root'
  if (header.parentHash !== before.hash) return 'link'
  if (header.height !== before.height + 1) return 'height'
  if (header.slot <= before.slot) return 'slot'
  return undefined
}

function signatureFault(
  { authorKeys, chainTag, epoch }: RunRules,
  { signed }: Block,
  verifySignature: VerifySignature,
): RunFault | undefined {
  const key = authorKeys[signed.header.author] ?? noHash
  const message = headerSigningBytes(chainTag, epoch, signed.hash)
  return verifySignature(key, message, signed.signature) ? undefined : 'signature'
}

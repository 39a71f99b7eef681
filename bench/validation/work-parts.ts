/**
 * What the kernel does with the blocks of a chain, part by part, each on one pass of blocks that is done again and again:
 * in the judge, too, a pass is in the processor's cache once it was copied. What has no door of its own is a
 * difference: see `breakdown-figures.ts`.
 */
import { assert } from '../../src/base/assert.ts'
import { headerBytes, signedHeaderBytes } from '../../src/protocol/block/header.ts'
import { domainKey, type HashDomain, hashLength } from '../../src/protocol/hash.ts'
import { passBlocksMax, passBytesMax, RunJudge } from '../../src/validation/run-judge.ts'
import { type Chain, itemBytes } from './chain.ts'
import { type KernelParts, openKernel, registeredKeysMax } from './kernel.ts'
import { checksOf } from './signed-blocks.ts'

/** Does a part for every block of a chain. */
type Work = () => void

const bodyAt = signedHeaderBytes + 2
const itemStride = 5 + itemBytes
const entryBytes = 16
/** What the kernel may read behind a message. */
const paddingBytes = 64
/** Leaves that the kernel collects before it hashes them. */
const collectedMax = 2_048
const noBytes = new Uint8Array(0)

/** The parts, by the name that a program is given. */
export const partsOfWork: Readonly<Record<string, (chain: Chain) => Work>> = {
  copy,
  header: (chain) => {
    const pass = takePass(chain)
    const messages = pass.starts.map((at) => ({ at, length: headerBytes }))
    return pass.repeated(hashing(pass, messages, 'header'))
  },
  leaves: (chain) => {
    const pass = takePass(chain)
    const items = pass.starts.flatMap((start) =>
      Array.from({ length: pass.items }, (_, i) => start + bodyAt + itemStride * i + 5),
    )
    const messages = items.map((at) => ({ at, length: itemBytes }))
    return pass.repeated(hashing(pass, messages, 'transaction-item'))
  },
  nodes,
  'no-signatures': unsigned,
  scalars: (chain) => {
    const { kernel, count, repeated } = laidOut(chain)
    return repeated(() => {
      assert(kernel.prepareSignatures(count) === count, 'signatures that are well-formed')
    })
  },
  points,
  sum: (chain) => {
    const { kernel, signatures, count, repeated } = laidOut(chain)
    // Asked once as a whole, which draws the random factors.
    assert(signatures.allHold(count), 'signatures that hold')
    return repeated(() => {
      assert(kernel.hold(0, count) !== 0, 'signatures that hold')
    })
  },
}

/** Blocks that are judged together, in the kernel's memory. */
interface Pass extends KernelParts {
  /** Where each block begins. */
  readonly starts: readonly number[]
  /** Items of a block. */
  readonly items: number
  /** The work over one pass, for as many passes as the chain has. */
  readonly repeated: (work: Work) => Work
}

function takePass({ blocks }: Chain): Pass {
  const parts = openKernel('fma')
  const { memory } = parts
  const length = blocks[0]?.length ?? 0
  let count = passBlocksMax
  while (count * length > passBytesMax) count /= 2
  const arena = memory.take(passBytesMax + paddingBytes)
  const starts = Array.from({ length: count }, (_, i) => arena + length * i)
  for (const [i, at] of starts.entries()) memory.bytes.set(blocks[i] ?? noBytes, at)
  return {
    ...{ ...parts, starts },
    repeated: (work) => repeatedly(blocks.length / count, work),
    items: (length - bodyAt) / itemStride,
  }
}

/** All blocks of the chain, one pass over the other: where they come from is not in the cache. */
function copy(chain: Chain): Work {
  const { memory, starts } = takePass(chain)
  return () => {
    const { bytes } = memory
    for (const [i, block] of chain.blocks.entries()) bytes.set(block, starts[i % starts.length])
  }
}

function repeatedly(times: number, work: Work): Work {
  assert(Number.isSafeInteger(times), 'a chain of whole passes')
  return () => {
    for (let i = 0; i < times; i += 1) work()
  }
}

function hashing(
  { kernel, memory }: Pass,
  messages: readonly { at: number; length: number }[],
  domain: HashDomain,
): Work {
  const key = memory.take(hashLength)
  const hashes = memory.take(hashLength * messages.length)
  const table = memory.take(entryBytes * messages.length)
  memory.bytes.set(domainKey(domain), key)
  for (const [i, { at, length }] of messages.entries()) {
    for (const [field, value] of [at, length, key, hashes + hashLength * i].entries()) {
      memory.words.setUint32(table + entryBytes * i + 4 * field, value, true)
    }
  }
  return () => kernel.hashMany(messages.length, table)
}

/** The trees of a pass, some blocks at a time and level by level, as the kernel does it. Items are a power of two. */
function nodes(chain: Chain): Work {
  const { kernel, memory, items, starts, repeated } = takePass(chain)
  const key = memory.take(hashLength)
  memory.bytes.set(domainKey('node'), key)
  const leaves = items * Math.min(starts.length, Math.floor(collectedMax / items))
  const at = memory.take(hashLength * leaves)
  const times = (items * starts.length) / leaves
  const trees = (): void => {
    for (let count = leaves, width = items; width > 1; count /= 2, width /= 2) {
      kernel.hashNodes(count / 2, at, at, key)
    }
  }
  return repeated(repeatedly(times, trees))
}

/** The judge as it is, but that all signatures are believed. */
function unsigned({ rules, blocks }: Chain): Work {
  const { kernel, memory, signatures } = openKernel('fma')
  const judge = new RunJudge({
    ...{ kernel, memory },
    signatures: {
      register: (key) => signatures.register(key),
      forgetKeys: () => signatures.forgetKeys(),
      allHold: () => true,
      verdicts: (count) => Array.from({ length: count }, () => true),
    },
  })
  return () => {
    const verdicts = judge.judge(rules, blocks)
    assert(
      verdicts.every(({ fault }) => fault === undefined),
      'a chain without a fault',
    )
  }
}

// ----- signatures -----

interface LaidOut extends KernelParts {
  readonly count: number
  readonly repeated: (work: Work) => Work
}

/** The signatures of a pass, in the tables of the kernel. */
function laidOut(chain: Chain): LaidOut {
  const parts = openKernel('fma')
  const { signatures } = parts
  const checks = checksOf(chain).slice(0, passBlocksMax)
  for (const { publicKey, signature, message } of checks) {
    const isPlaced = signatures.place(signatures.register(publicKey), signature, message)
    assert(isPlaced, 'room for a pass')
  }
  assert(signatures.allHold(checks.length), 'signatures that hold')
  return {
    ...parts,
    count: checks.length,
    repeated: (work) => repeatedly(chain.blocks.length / checks.length, work),
  }
}

/** Makes points of their encodings: those of the signatures, as if they were keys, which is the same work. */
function points(chain: Chain): Work {
  const { kernel, memory, count, repeated } = laidOut(chain)
  const from = registeredKeysMax
  for (const [i, { signature }] of checksOf(chain).slice(0, count).entries()) {
    memory.bytes.set(signature.subarray(0, 32), kernel.keyAt(from + i))
  }
  return repeated(() => kernel.prepareKeys(from, from + count, 0))
}

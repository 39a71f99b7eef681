/**
 * What the kernel does with the blocks of a chain, part by part, each on one pass of blocks that is done again and again:
 * in the judge, too, a pass is in the processor's cache once it was copied. What has no door of its own is a
 * difference: see `breakdown-figures.ts`.
 */
import { assert } from '../../src/base/assert.ts'
import { headerBytes, signedHeaderBytes } from '../../src/protocol/block/header.ts'
import { domainKey, type HashDomain, hashLength } from '../../src/protocol/hash.ts'
import { passBlocksMax, passBytesMax, RunJudge } from '../../src/validation/run-judge.ts'
import { type Chain, cutChain, itemBytes } from './chain.ts'
import type { JudgeBlocks } from './importer.ts'
import { type KernelParts, openKernel, registeredKeysMax } from './kernel.ts'
import { checksOf } from './signed-blocks.ts'

/** A part of the work. */
interface Work {
  /** Does it for one pass of blocks. */
  readonly run: () => void
  /** Blocks in a pass. */
  readonly blocks: number
}

const bodyAt = signedHeaderBytes + 2
const itemStride = 5 + itemBytes
const entryBytes = 16
/** What the kernel may read behind a message. */
const paddingBytes = 64
/** Leaves that the kernel collects before it hashes them. */
const collectedMax = 2_048
const noBytes = new Uint8Array(0)

/** The parts, by their names. */
export const partsOfWork: Readonly<Record<string, (chain: Chain) => Work>> = {
  copy,
  header: (chain) => {
    const pass = takePass(chain)
    const messages = pass.starts.map((at) => ({ at, length: headerBytes }))
    return hashing(pass, messages, 'header')
  },
  leaves: (chain) => {
    const pass = takePass(chain)
    const items = pass.starts.flatMap((start) =>
      Array.from({ length: pass.items }, (_, i) => start + bodyAt + itemStride * i + 5),
    )
    const messages = items.map((at) => ({ at, length: itemBytes }))
    return hashing(pass, messages, 'transaction-item')
  },
  nodes,
  'no-signatures': unsigned,
  prepared: (chain) => {
    const { kernel, count } = laidOut(chain)
    const run = (): void => {
      assert(kernel.prepareSignatures(count) === count, 'signatures that are well-formed')
    }
    return { run, blocks: count }
  },
  points,
  sum: (chain) => {
    const { kernel, count } = laidOut(chain)
    const run = (): void => {
      assert(kernel.hold(0, count) !== 0, 'signatures that hold')
    }
    return { run, blocks: count }
  },
}

/** Blocks that are judged together, in the kernel's memory. */
interface Pass extends KernelParts {
  /** Where each block begins. */
  readonly starts: readonly number[]
  /** Items of a block. */
  readonly items: number
}

function takePass(chain: Chain): Pass {
  const parts = openKernel('fma')
  const { memory } = parts
  const [pass = []] = passesOf(chain)
  const length = pass[0]?.length ?? 0
  const arena = memory.take(passBytesMax + paddingBytes)
  const starts = pass.map((_, i) => arena + length * i)
  for (const [i, at] of starts.entries()) memory.bytes.set(pass[i] ?? noBytes, at)
  return { ...parts, starts, items: (length - bodyAt) / itemStride }
}

/** The blocks of a chain, as many together as the judge takes, rounded to a power of two. */
function passesOf({ blocks }: Chain): readonly (readonly Uint8Array[])[] {
  let count = passBlocksMax
  while (count * (blocks[0]?.length ?? 0) > passBytesMax) count /= 2
  assert(blocks.length % count === 0, 'a chain of whole passes')
  return Array.from({ length: blocks.length / count }, (_, i) =>
    blocks.slice(count * i, count * (i + 1)),
  )
}

/** One pass of the chain after another: where they come from is not in the cache. */
function copy(chain: Chain): Work {
  const { memory, starts } = takePass(chain)
  const passes = passesOf(chain)
  let next = 0
  const run = (): void => {
    const { bytes } = memory
    for (const [i, block] of (passes[next] ?? []).entries()) bytes.set(block, starts[i])
    next = (next + 1) % passes.length
  }
  return { run, blocks: starts.length }
}

function hashing(
  { kernel, memory, starts }: Pass,
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
  return { run: () => kernel.hashMany(messages.length, table), blocks: starts.length }
}

/** The trees of a pass, some blocks at a time and level by level, as the kernel does it. Items are a power of two. */
function nodes(chain: Chain): Work {
  const { kernel, memory, items, starts } = takePass(chain)
  const key = memory.take(hashLength)
  memory.bytes.set(domainKey('node'), key)
  const leaves = items * Math.min(starts.length, Math.floor(collectedMax / items))
  const at = memory.take(hashLength * leaves)
  const run = (): void => {
    for (let done = 0; done < items * starts.length; done += leaves) {
      for (let count = leaves, width = items; width > 1; count /= 2, width /= 2) {
        kernel.hashNodes(count / 2, at, at, key)
      }
    }
  }
  return { run, blocks: starts.length }
}

/** One pass of the chain after another, as in {@link copy}. */
function unsigned(chain: Chain): Work {
  const judge = believingJudge()
  const hashes = judge(chain.rules, chain.blocks).map(({ hash }) => hash)
  const passes = cutChain(chain, hashes, passesOf(chain)[0]?.length ?? 1)
  let next = 0
  const run = (): void => {
    const { rules, blocks } = passes[next] ?? chain
    const verdicts = judge(rules, blocks)
    assert(
      verdicts.every(({ fault }) => fault === undefined),
      'a chain without a fault',
    )
    next = (next + 1) % passes.length
  }
  return { run, blocks: passes[0]?.blocks.length ?? 0 }
}

/** The judge as it is, but that all signatures are believed. */
export function believingJudge(): JudgeBlocks {
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
  return (rules, blocks) => judge.judge(rules, blocks)
}

// ----- signatures -----

interface LaidOut extends KernelParts {
  readonly count: number
}

/** The signatures of a pass, in the tables of the kernel, with their factors drawn. */
function laidOut(chain: Chain): LaidOut {
  const parts = openKernel('fma')
  const { signatures } = parts
  const checks = checksOf(chain).slice(0, passBlocksMax)
  for (const { publicKey, signature, message } of checks) {
    const isPlaced = signatures.place(signatures.register(publicKey), signature, message)
    assert(isPlaced, 'room for a pass')
  }
  assert(signatures.allHold(checks.length), 'signatures that hold')
  return { ...parts, count: checks.length }
}

/** Makes points of their encodings: those of the signatures, as if they were keys, which is the same work. */
function points(chain: Chain): Work {
  const { kernel, memory, count } = laidOut(chain)
  const from = registeredKeysMax
  for (const [i, { signature }] of checksOf(chain).slice(0, count).entries()) {
    memory.bytes.set(signature.subarray(0, 32), kernel.keyAt(from + i))
  }
  return { run: () => kernel.prepareKeys(from, from + count, 0), blocks: count }
}

/**
 * Who validates blocks on one thread, by name: the kernel in its two variants, and importers that have none, with the
 * best that the registry and Node.js offer to them.
 */
import { hash } from 'node:crypto'
import { blake3 } from '@noble/hashes/blake3.js'
import { createBLAKE3, type IHasher } from 'hash-wasm'
import { present } from '../../src/base/assert.ts'
import { nativeCrypto } from '../../src/platform/crypto.ts'
import { openKernelJudge } from '../../src/platform/validation/kernel-judge.ts'
import { itemBytesMax } from '../../src/protocol/block/body.ts'
import { verifyEd25519 } from '../../src/protocol/crypto/ed25519.ts'
import { domainKey } from '../../src/protocol/hash.ts'
import type { ChainHashName } from './chain.ts'
import { type ImportDomain, importDomains, importer, type JudgeBlocks } from './importer.ts'

/** Of one thread. */
export interface BlockContender {
  /** Whose chain it validates. */
  readonly hashName: ChainHashName
  readonly open: () => Promise<JudgeBlocks>
}

/** All that validate blocks, by the name that a program is given. */
export const blockContenders = {
  'kernel-fma': { hashName: 'blake3', open: () => kernel('fma') },
  'kernel-exact': { hashName: 'blake3', open: () => kernel('exact') },
  noble: { hashName: 'blake3', open: async () => noble() },
  'node-blake3': { hashName: 'blake3', open: hashWasm },
  'node-sha256': { hashName: 'sha256', open: async () => openSsl() },
} as const satisfies Readonly<Record<string, BlockContender>>

export type BlockContenderName = keyof typeof blockContenders

async function kernel(variant: 'fma' | 'exact'): Promise<JudgeBlocks> {
  const judge = present(await openKernelJudge(variant), `an engine for the kernel ${variant}`)
  return (rules, blocks) => judge.judge(rules, blocks)
}

/** TypeScript and nothing else. */
function noble(): JudgeBlocks {
  return importer({
    hash: (domain, bytes, into, at) => into.set(blake3(bytes, { key: domainKey(domain) }), at),
    verify: verifyEd25519,
  })
}

/** OpenSSL's signatures, and the fastest BLAKE3 of one message that the registry has: C, compiled to WebAssembly. */
async function hashWasm(): Promise<JudgeBlocks> {
  const made = importDomains.map(
    async (domain): Promise<[ImportDomain, IHasher]> => [
      domain,
      await createBLAKE3(256, domainKey(domain)),
    ],
  )
  const hashers = Object.fromEntries(await Promise.all(made)) as Record<ImportDomain, IHasher>
  return importer({
    hash: (domain, bytes, into, at) =>
      into.set(hashers[domain].init().update(bytes).digest('binary'), at),
    verify: nativeCrypto().verifyEd25519,
  })
}

/** OpenSSL's signatures and its SHA-256. Text is how it gives its hash soonest: to make a buffer takes twice as long. */
function openSsl(): JudgeBlocks {
  // The domain, and behind it what is hashed in it.
  const input = Buffer.alloc(1 + itemBytesMax)
  return importer({
    hash: (domain, bytes, into, at) => {
      input[0] = importDomains.indexOf(domain)
      input.set(bytes, 1)
      into.write(hash('sha256', input.subarray(0, 1 + bytes.length), 'latin1'), at, 'latin1')
    },
    verify: nativeCrypto().verifyEd25519,
  })
}

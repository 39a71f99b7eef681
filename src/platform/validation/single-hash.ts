/**
 * The hash of the chain, one input at a time, by hash-wasm: two to ten times as fast as TypeScript, and without the
 * SIMD that the kernel needs. It is what hashes where no kernel can run.
 */
import { createBLAKE3, type IHasher } from 'hash-wasm'
import { present } from '../../base/assert.ts'
import {
  domainKey,
  type HashDomain,
  type HashFunction,
  hashBytes,
  hashDomains,
} from '../../protocol/hash.ts'

const hashBits = 256

/** A hasher for each domain. Where there is no WebAssembly at all, the reference. */
export async function openSingleHash(): Promise<HashFunction> {
  const hashers = new Map<HashDomain, IHasher>()
  try {
    for (const domain of hashDomains) {
      hashers.set(domain, await createBLAKE3(hashBits, domainKey(domain)))
    }
  } catch {
    return hashBytes
  }
  return (domain, ...parts) => {
    const hasher = present(hashers.get(domain), 'a hasher for each domain').init()
    for (const part of parts) hasher.update(part)
    return hasher.digest('binary')
  }
}

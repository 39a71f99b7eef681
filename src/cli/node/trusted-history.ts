/**
 * Whether a store holds the history that is trusted. The storage actor looks at a start too; but it
 * could only give up, and an operator who mistyped a hash deserves a sentence.
 */
import { everyKey, keys } from '../../actors/storage/keys.ts'
import { readRecord } from '../../actors/storage/record.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import type { Store } from '../../kernel/environment.ts'
import { decodeStoredBlock, type StoredBlock } from '../../protocol/block/block.ts'
import type { Chain, TrustedPlace } from '../../protocol/chain.ts'
import { trustedPlaces, trustFault } from '../../protocol/checkpoint/checks.ts'
import type { SetupFault } from './setup-fault.ts'
import { storeGet, storeScan } from './store-reads.ts'

/** A fault if a trusted block is another one here. Blocks above what the store holds say nothing. */
export async function checkTrustedHistory(
  store: Store,
  chain: Chain,
  trusted: TrustedPlace | undefined,
  folder: string | undefined,
): Promise<Result<undefined, SetupFault>> {
  const places = trustedPlaces(chain, trusted)
  if (!places.ok) return failed({ code: 'config', detail: places.fault.detail })
  for (const place of places.value) {
    const newest = await storeScan(store, { ...everyKey('block'), limit: 1, reverse: true })
    if (!newest.ok) return newest
    const top = newest.value[0]?.key
    if (top === undefined || top < keys.blockAt(place.height)) continue
    const fault = trustFault(place, await hashAt(store, chain, place.height))
    if (fault === undefined) continue
    const advice =
      'correct trusted_checkpoint (or min_finalized of the chain file), or sync into an empty folder'
    const detail = `${folder ?? 'the store'} holds another history: ${fault.detail}; ${advice}`
    return failed({ code: 'data', detail })
  }
  return ok(undefined)
}

/** If the block cannot be read, the one above it tells its hash. */
async function hashAt(store: Store, chain: Chain, height: number): Promise<string | undefined> {
  const block = await blockAt(store, chain, height)
  if (block !== undefined) return block.signed.hash
  return (await blockAt(store, chain, height + 1))?.signed.header.parentHash
}

/** A committed block; undefined if it is missing or damaged. */
export async function blockAt(
  store: Store,
  chain: Chain,
  height: number,
): Promise<StoredBlock | undefined> {
  const key = keys.blockAt(height)
  const value = await storeGet(store, key)
  if (!value.ok || value.value === undefined) return undefined
  const size = chain.committee.members.length
  const block = readRecord({ key, value: value.value }, (bytes) => decodeStoredBlock(bytes, size))
  return block.ok ? block.value : undefined
}

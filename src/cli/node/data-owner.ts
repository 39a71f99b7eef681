/**
 * Whose data lies in a store. A chain file that was changed after a node had begun makes another chain,
 * whose blocks these are not; the actors would find that out too, but only give up, again and again.
 */
import { keys } from '../../actors/storage/keys.ts'
import { openRecord } from '../../actors/storage/record.ts'
import { toHex } from '../../base/bytes.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import type { Store } from '../../kernel/environment.ts'
import type { Chain } from '../../protocol/chain.ts'
import type { SetupFault } from './setup-fault.ts'

/** A fault if the store holds another chain. A new store holds none; a damaged record says nothing. */
export function checkDataOwner(
  store: Store,
  chain: Chain,
  folder: string | undefined,
): Promise<Result<undefined, SetupFault>> {
  const { promise, resolve } = Promise.withResolvers<Result<undefined, SetupFault>>()
  const refuse = (detail: string): void => resolve(failed({ code: 'data', detail }))
  store.get(keys.genesis, (found) => {
    if (!found.ok) return refuse(`cannot read ${folder}: ${found.fault.detail}`)
    const bytes = found.value && openRecord(keys.genesis, found.value)
    const genesis = bytes === undefined ? chain.genesis.hash : toHex(bytes)
    if (genesis === chain.genesis.hash) return resolve(ok(undefined))
    const theirs = `its genesis is ${genesis}`
    refuse(
      `${folder} belongs to another chain: ${theirs}, and that of the chain file ${chain.genesis.hash}`,
    )
  })
  return promise
}

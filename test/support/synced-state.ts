/** What a node of a cluster has: its blocks and its accounts, to be compared with another's. */

import type { Cluster } from '../../sim/cluster/cluster.ts'
import type { ApiAnswer } from '../../src/actors/api/messages.ts'
import { keys } from '../../src/actors/storage/keys.ts'
import { openRecord } from '../../src/actors/storage/record.ts'
import { present } from '../../src/base/assert.ts'
import { toHex } from '../../src/base/bytes.ts'
import { decodeStoredBlock, encodeBlock } from '../../src/protocol/block/block.ts'

/**
 * Committed blocks on a node's disk from height 1 to `to`, encoded. Without what is stored beside them: who has
 * heard which votes keeps other justifications.
 */
export function blocksOf(net: Cluster, name: string, to: number): readonly string[] {
  const { disk } = net.machine(name).host
  const committeeSize = net.chain.committee.members.length
  return Array.from({ length: to }, (_, i) => {
    const key = keys.blockAt(i + 1)
    const [entry] = disk.scan({ from: key, to: `${key}~`, limit: 1 })
    const bytes = present(entry && openRecord(key, entry.value), `a sound record of block ${i + 1}`)
    const block = decodeStoredBlock(bytes, committeeSize)
    return toHex(encodeBlock(present(block.ok ? block.value : undefined, 'a block')))
  })
}

/** What users have, by what a node's engine has executed and finalised. */
export function accountsOf(net: Cluster, name: string): readonly unknown[] {
  return net.users.map(({ address }) => ask(net, name, 'alys_getAccount', [toHex(address)]))
}

/** The answer to a call of a node's API. Asserts that there is one, and no error. */
export function ask(
  net: Cluster,
  name: string,
  method: string,
  params: readonly unknown[] = [],
): unknown {
  let answer: ApiAnswer | undefined
  net.machine(name).node?.call(method, params, (given) => {
    answer = given
  })
  net.run(10_000, () => answer !== undefined)
  const given = present(answer, `an answer of ${name} to ${method}`)
  return 'result' in given ? given.result : present(undefined, JSON.stringify(given))
}

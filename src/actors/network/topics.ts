/** The names under which a node speaks and answers. */
import { toHex } from '../../base/bytes.ts'
import type { Chain } from '../../protocol/chain.ts'
import { protocolId } from '../../protocol/wire/requests.ts'

/** The gossip topics of a chain. Nodes of other chains, or of another format, are not even heard. */
export function topicsOf(chain: Chain): {
  readonly consensus: string
  readonly transactions: string
} {
  const prefix = `/alys/${toHex(chain.tag)}`
  return { consensus: `${prefix}/consensus/1`, transactions: `${prefix}/transactions/1` }
}

/** The request protocols that a node serves. */
export const servedProtocols: readonly string[] = Object.values(protocolId)

import { expect, test } from 'vitest'
import { bombNames, bombOf } from '../../../../../sim/cluster/adversary/decoder-bombs.ts'
import { SimRandom } from '../../../../../sim/random.ts'
import { topicsOf } from '../../../../../src/actors/network/topics.ts'
import { decodeTransaction } from '../../../../../src/protocol/execution/transaction.ts'
import { decodeAddressesRequest } from '../../../../../src/protocol/wire/addresses.ts'
import { decodeBodiesRequest } from '../../../../../src/protocol/wire/bodies.ts'
import { decodeCertifiedRequest } from '../../../../../src/protocol/wire/certified.ts'
import { decodeExchange } from '../../../../../src/protocol/wire/exchange.ts'
import { decodeGoodbye } from '../../../../../src/protocol/wire/goodbye.ts'
import { decodeGossip } from '../../../../../src/protocol/wire/gossip.ts'
import { decodeHeadersRequest } from '../../../../../src/protocol/wire/headers.ts'
import { decodeBlockRequest, protocolId } from '../../../../../src/protocol/wire/requests.ts'
import { decodeStatus } from '../../../../../src/protocol/wire/status.ts'
import { federationOf } from '../../../../support/actors/federation.ts'

const { chain } = federationOf(4)
const topics = topicsOf(chain)

type Decode = (bytes: Uint8Array) => { readonly ok: boolean }

const readers: Readonly<Record<string, Decode>> = {
  [topics.consensus]: (bytes) => decodeGossip(bytes, 4),
  [topics.transactions]: (bytes) => decodeTransaction(bytes, chain.tag),
  [protocolId.status]: (bytes) => decodeStatus(bytes, 4),
  [protocolId.exchange]: (bytes) => decodeExchange(bytes, 4),
  [protocolId.block]: decodeBlockRequest,
  [protocolId.certified]: decodeCertifiedRequest,
  [protocolId.headers]: decodeHeadersRequest,
  [protocolId.bodies]: decodeBodiesRequest,
  [protocolId.peers]: decodeAddressesRequest,
  [protocolId.goodbye]: decodeGoodbye,
}

test('bombs go to every topic and every protocol, and none of them can be read', () => {
  const parts = { chain, random: new SimRandom('bombs'), nowMs: () => 0 }
  const bombs = bombNames.map((name) => ({ name, ...bombOf(parts, name) }))
  const readable = bombs.filter(({ target, bytes }) => readers[target.name]?.(bytes).ok !== false)
  expect(readable.map(({ name }) => name)).toEqual([])
  expect(new Set(bombs.map(({ target }) => target.name))).toEqual(new Set(Object.keys(readers)))
})

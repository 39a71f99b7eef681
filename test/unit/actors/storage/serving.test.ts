/** What is read for peers that download the chain, and what is not. */
import { beforeEach, describe, expect, test } from 'vitest'
import { SimRandom } from '../../../../sim/random.ts'
import type { ChainMessage } from '../../../../src/actors/chain/messages.ts'
import { StorageActor } from '../../../../src/actors/storage/actor.ts'
import { keys } from '../../../../src/actors/storage/keys.ts'
import type {
  ChainRecord,
  StorageFault,
  StorageMessage,
  StoredParts,
} from '../../../../src/actors/storage/messages.ts'
import { concatBytes } from '../../../../src/base/bytes.ts'
import type { Result } from '../../../../src/base/result.ts'
import type { Address, Reply } from '../../../../src/kernel/actor.ts'
import { encodeStoredBlock, type StoredBlock } from '../../../../src/protocol/block/block.ts'
import { encodeBody } from '../../../../src/protocol/block/body.ts'
import { encodeSignedHeader } from '../../../../src/protocol/block/header.ts'
import { encodeCertificate } from '../../../../src/protocol/consensus/codec.ts'
import type { BodiesRequest } from '../../../../src/protocol/wire/bodies.ts'
import type { CertifiedRequest } from '../../../../src/protocol/wire/certified.ts'
import {
  blockOn,
  certify,
  federationOf,
  genesisSeat,
  seatOf,
} from '../../../support/actors/federation.ts'
import { type Probe, Stage } from '../../../support/actors/stage.ts'

type Parts = Result<StoredParts, StorageFault>

const federation = federationOf(4)
const blocks = growUnevenly(60)
const damage = new SimRandom('damage')

/** Blocks of slots 1, 2, 3 …, with ever more transactions of every other slot. */
function growUnevenly(count: number): readonly StoredBlock[] {
  const grown: StoredBlock[] = []
  let seat = genesisSeat(federation)
  for (let slot = 1; slot <= count; slot += 1) {
    const transactions = Array.from({ length: (slot % 2) * slot }, (_, i) => new Uint8Array(20 + i))
    const block = blockOn(federation, seat, slot, transactions)
    grown.push(block)
    seat = seatOf(federation, block)
  }
  return grown
}

let stage: Stage
let chain: Probe<ChainMessage>
let storage: Address<StorageMessage>

beforeEach(() => {
  stage = new Stage()
  chain = stage.probe('chain')
  const { hash: genesis } = federation.chain.genesis
  const options = { committeeSize: 4, epoch: 0, genesis, chain: chain.address }
  storage = stage.spawn<StorageMessage>('storage', (context) => {
    return new StorageActor(context, stage.environment.store, options)
  })
})

/** Blocks committed up to a height, with a finalisation at each of `certified`. */
function commit(upTo: number, certified: readonly number[] = []): void {
  const records: ChainRecord[] = blocks
    .slice(0, upTo)
    .map((block) => ({ kind: 'committed', block }))
  for (const height of certified) {
    const certificate = certify(federation, 'finalise', blockAt(height))
    records.push({ kind: 'finalisation', height, certificate })
  }
  const outcome = ask((reply: Reply<Result<undefined, StorageFault>>) => ({
    kind: 'persist',
    records,
    reply,
  }))
  expect(outcome.ok).toBe(true)
}

function ask<Answer>(question: (reply: Reply<Answer>) => StorageMessage): Answer {
  return stage.ask<StorageMessage, Answer>(storage, question)
}

function found(outcome: Parts): readonly Uint8Array[] {
  return outcome.ok ? outcome.value.parts : expect.unreachable()
}

function headers(fromHeight: number, countMax: number): readonly Uint8Array[] {
  const request = { fromHeight, countMax }
  return found(ask((reply: Reply<Parts>) => ({ kind: 'get-headers', request, reply })))
}

function bodies(change: Partial<BodiesRequest>): readonly Uint8Array[] {
  const request = { fromHeight: 1, countMax: 1_024, bytesMax: 2_000_000, ...change }
  return found(ask((reply: Reply<Parts>) => ({ kind: 'get-bodies', request, reply })))
}

function certified(change: Partial<CertifiedRequest>): readonly Uint8Array[] {
  const request = { fromHeight: 1, strideHeights: 1, countMax: 256, ...change }
  return found(ask((reply: Reply<Parts>) => ({ kind: 'get-certified', request, reply })))
}

function blockAt(height: number): StoredBlock {
  return blocks[height - 1] ?? expect.unreachable()
}

function span(from: number, to: number): readonly StoredBlock[] {
  return blocks.slice(from - 1, to)
}

function bodyOf({ body }: StoredBlock): Uint8Array {
  return encodeBody(body)
}

function pairAt(height: number): Uint8Array {
  const block = blockAt(height)
  const certificate = certify(federation, 'finalise', block)
  return concatBytes(encodeSignedHeader(block.signed), encodeCertificate(certificate))
}

describe('bodies', () => {
  test('are those of the heights asked for, as they were encoded', () => {
    commit(60)
    expect(bodies({ fromHeight: 3, countMax: 50 })).toEqual(span(3, 52).map(bodyOf))
    expect(bodies({ fromHeight: 60 })).toEqual(span(60, 60).map(bodyOf))
    expect(bodies({ fromHeight: 61 })).toEqual([])
  })

  test('fit into the bytes asked for with their framing, but for the first', () => {
    commit(60)
    const all = span(1, 60).map(bodyOf)
    for (const count of [1, 2, 5, 20, 33]) {
      let bytesMax = 0
      for (const body of all.slice(0, count)) bytesMax += 4 + body.length
      expect(bodies({ bytesMax })).toHaveLength(count)
      expect(bodies({ bytesMax: bytesMax - 1 })).toHaveLength(Math.max(1, count - 1))
    }
  })

  test('end before a gap, and before a block that is damaged, which is reported', () => {
    commit(20)
    stage.host.disk.damage(keys.blockAt(9), damage)
    expect(bodies({ fromHeight: 2 })).toEqual(span(2, 8).map(bodyOf))
    expect(stage.reports('record-corrupt')).toEqual([
      { kind: 'record-corrupt', key: keys.blockAt(9) },
    ])
    expect(bodies({ fromHeight: 9 })).toEqual([])
    expect(bodies({ fromHeight: 0 })).toEqual([])
  })
})

describe('of a block that cannot be served the chain is told', () => {
  const told = (): readonly number[] => chain.of('block-unreadable').map(({ height }) => height)

  test('if it is damaged, whatever part of it was asked for', () => {
    commit(20, [9])
    stage.host.disk.damage(keys.blockAt(9), damage)
    bodies({ fromHeight: 2 })
    headers(2, 10)
    certified({})
    ask((reply: Reply<unknown>) => ({ kind: 'get-block', by: { height: 9 }, reply }))
    expect(told()).toEqual([9, 9, 9, 9])
  })

  test('if there is none, and there are blocks above it', () => {
    commit(20, [9])
    stage.host.disk.apply([{ key: keys.blockAt(9), value: undefined }])
    expect(bodies({ fromHeight: 2 })).toEqual(span(2, 8).map(bodyOf))
    certified({})
    expect(told()).toEqual([9, 9])
  })

  test('if it lies in a bad sector, and what stands before it is served', () => {
    commit(40)
    stage.host.disk.spoil(keys.blockAt(21))
    expect(bodies({ fromHeight: 2 })).toEqual(span(2, 20).map(bodyOf))
    expect(told()).toEqual([21])
    expect(bodies({ fromHeight: 22 })).toEqual(span(22, 40).map(bodyOf))
  })

  test('but not where the chain ends', () => {
    commit(20, [20])
    bodies({ fromHeight: 15 })
    headers(21, 10)
    certified({ fromHeight: 21 })
    expect(told()).toEqual([])
  })
})

describe('headers', () => {
  test('are those of the heights asked for', () => {
    commit(60)
    const encoded = (from: number, to: number) =>
      span(from, to).map(({ signed }) => encodeSignedHeader(signed))
    expect(headers(1, 1)).toEqual(encoded(1, 1))
    expect(headers(7, 1_024)).toEqual(encoded(7, 60))
    expect(headers(7, 40)).toEqual(encoded(7, 46))
    expect(headers(61, 5)).toEqual([])
  })

  test('do not hold the blocks that they were read from', () => {
    commit(8)
    for (const header of headers(1, 8)) expect(header.buffer.byteLength).toBe(192)
  })
})

describe('certified headers', () => {
  test('are the lowest at or above each stride, each once', () => {
    commit(60, [1, 2, 3, 9, 10, 31, 32, 50])
    expect(certified({})).toEqual([1, 2, 3, 9, 10, 31, 32, 50].map(pairAt))
    expect(certified({ strideHeights: 5 })).toEqual([1, 9, 31, 50].map(pairAt))
    expect(certified({ fromHeight: 10, strideHeights: 21 })).toEqual([10, 31].map(pairAt))
    expect(certified({ fromHeight: 4, strideHeights: 10, countMax: 2 })).toEqual(
      [9, 31].map(pairAt),
    )
    expect(certified({ fromHeight: 51 })).toEqual([])
  })

  test('are found beyond certificates and blocks that are damaged, which are reported', () => {
    commit(20, [2, 3, 4, 5, 6])
    const damaged = [keys.finalisationAt(2), keys.blockAt(4)]
    for (const key of damaged) stage.host.disk.damage(key, damage)
    expect(certified({})).toEqual([3, 5, 6].map(pairAt))
    expect(stage.reports('record-corrupt').map(({ key }) => key)).toEqual(damaged)
  })

  test('are passed over where the certificate is on another block', () => {
    commit(5, [2, 5])
    const certificate = certify(federation, 'finalise', blockAt(4))
    const records: ChainRecord[] = [{ kind: 'finalisation', height: 3, certificate }]
    ask((reply: Reply<Result<undefined, StorageFault>>) => ({ kind: 'persist', records, reply }))
    expect(certified({})).toEqual([2, 5].map(pairAt))
  })

  test('are looked for beyond sixteen damaged ones, and then no further', () => {
    const all = Array.from({ length: 20 }, (_, at) => at + 1)
    commit(20, all)
    for (const height of all.slice(0, 17)) stage.host.disk.damage(keys.blockAt(height), damage)
    expect(certified({})).toEqual([])
    expect(certified({ fromHeight: 2 })).toEqual([18, 19, 20].map(pairAt))
  })
})

describe('bodies of blocks whose headers were read before', () => {
  const refuseReads = (): void => {
    stage.host.disk.faults = { ...stage.host.disk.faults, ioErrorPerMillion: 1_000_000 }
  }

  test('are not read a second time', () => {
    commit(60)
    headers(11, 20)
    refuseReads()
    expect(bodies({ fromHeight: 15, countMax: 16 })).toEqual(span(15, 30).map(bodyOf))
    const bytesMax = 4 + bodyOf(blockAt(20)).length
    expect(bodies({ fromHeight: 20, bytesMax })).toEqual([bodyOf(blockAt(20))])
  })

  test('are followed by those that have to be read', () => {
    commit(60)
    headers(11, 20)
    expect(bodies({ fromHeight: 8, countMax: 50 })).toEqual(span(8, 57).map(bodyOf))
    expect(bodies({ fromHeight: 28 })).toEqual(span(28, 60).map(bodyOf))
  })

  test('cost whoever asks as much as if they were read', () => {
    commit(8)
    const request = { fromHeight: 1, countMax: 8, bytesMax: 100_000 }
    const costs = (): unknown => {
      const outcome = ask((reply: Reply<Parts>) => ({ kind: 'get-bodies', request, reply }))
      return outcome.ok && outcome.value.readBytes
    }
    const before = costs()
    headers(1, 8)
    expect(costs()).toBe(before)
  })
})

test('what was read is told, be it more than what is given', () => {
  commit(8, [8])
  const request = { fromHeight: 1, countMax: 8, bytesMax: 100_000, strideHeights: 8 }
  const readBytes = (['get-bodies', 'get-headers', 'get-certified'] as const).map((kind) => {
    const outcome = ask((reply: Reply<Parts>) => ({ kind, request, reply }))
    return outcome.ok ? outcome.value.readBytes : expect.unreachable()
  })
  const sizeOf = (block: StoredBlock): number => 8 + encodeStoredBlock(block).length
  const all = span(1, 8).reduce((sum, block) => sum + sizeOf(block), 0)
  const certificate = 8 + encodeCertificate(certify(federation, 'finalise', blockAt(8))).length
  expect(readBytes).toEqual([all, all, certificate + sizeOf(blockAt(8))])
})

test('a disk that fails is a fault, for all three', () => {
  commit(5, [5])
  stage.host.disk.faults = { ...stage.host.disk.faults, ioErrorPerMillion: 1_000_000 }
  const request = { fromHeight: 1, countMax: 5, bytesMax: 1_000, strideHeights: 1 }
  for (const kind of ['get-certified', 'get-headers', 'get-bodies'] as const) {
    const outcome = ask((reply: Reply<Parts>) => ({ kind, request, reply }))
    expect(outcome).toMatchObject({ ok: false, fault: { code: 'io' } })
  }
  // Runs are tried once more, record by record.
  expect(stage.reports('store-failed')).toHaveLength(5)
})

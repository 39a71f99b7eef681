/** What `alys inspect` finds in a store, beside what is as it should be. */
import { beforeEach, describe, expect, test } from 'vitest'
import { keys } from '../../../../src/actors/storage/keys.ts'
import { sealRecord } from '../../../../src/actors/storage/record.ts'
import { type DataReport, reportOnData } from '../../../../src/cli/node/data-report.ts'
import type { Write } from '../../../../src/kernel/environment.ts'
import { openMemoryStore, type PlatformStore } from '../../../../src/platform/store.ts'
import { encodeStoredBlock } from '../../../../src/protocol/block/block.ts'
import { encodeContradiction } from '../../../../src/protocol/consensus/contradiction.ts'
import {
  blockOn,
  certify,
  federationOf,
  genesisSeat,
  grow,
} from '../../../support/actors/federation.ts'

const federation = federationOf(4)
const blocks = grow(federation, 9)
let store: PlatformStore

beforeEach(async () => {
  store = await openMemoryStore()
  await write(...blocks.map((block, at) => sealed(keys.blockAt(at + 1), encodeStoredBlock(block))))
  return () => store.close()
})

function sealed(key: string, bytes: Uint8Array): Write {
  return { key, value: sealRecord(key, bytes) }
}

async function write(...writes: readonly Write[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  store.commit({ writes, durable: true }, ({ ok }) => resolve(ok))
  expect(await promise).toBe(true)
}

async function report(): Promise<DataReport> {
  const outcome = await reportOnData(store, federation.chain)
  return outcome.ok ? outcome.value : expect.unreachable()
}

test('a whole chain lacks nothing', async () => {
  const nothing = { damaged: [], damagedCount: 0, missing: [], missingCount: 0 }
  expect(await report()).toMatchObject({ ...nothing, contradiction: undefined })
})

test('blocks that are damaged and blocks that are not there are told apart', async () => {
  await write(
    { key: keys.blockAt(3), value: undefined },
    { key: keys.blockAt(4), value: undefined },
  )
  await write({ key: keys.blockAt(6), value: new Uint8Array(300) })
  const found = { damaged: [keys.blockAt(6)], damagedCount: 1, missing: [3, 4], missingCount: 2 }
  expect(await report()).toMatchObject(found)
})

describe('a contradiction', () => {
  const rival = blockOn(federation, genesisSeat(federation), 2)
  const certificate = certify(federation, 'finalise', rival)
  const ours = { height: 1, hash: blocks[0]?.signed.hash ?? '' }

  test('is shown with what to do, and as everybody can check it', async () => {
    const bytes = encodeContradiction({ ours, certificate, signed: rival.signed })
    await write(sealed(keys.contradiction(0), bytes), sealed(keys.contradiction(1), bytes))
    const { contradiction } = await report()
    expect(contradiction?.decidedAt).toBe(1)
    expect(contradiction?.detail).toContain(ours.hash)
    expect(contradiction?.detail).toContain(rival.signed.hash)
    expect(contradiction?.remedy).toContain('trusted_checkpoint of it at height 1 or above')
    expect(contradiction?.proof).toBe(Buffer.from(bytes).toString('hex'))
  })

  test('that shows no height is settled only above the last block', async () => {
    const bytes = encodeContradiction({
      ours: { ...ours, height: 9 },
      certificate,
      signed: undefined,
    })
    await write(sealed(keys.contradiction(0), bytes))
    expect((await report()).contradiction?.decidedAt).toBe(10)
  })
})

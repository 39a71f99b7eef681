/** Taking a folder back to a checkpoint, with the power failing between any two of its commits. */
import { describe, expect, test } from 'vitest'
import { everyKey, heightOfFinalisation, keys } from '../../../../../src/actors/storage/keys.ts'
import { openRecord, sealRecord } from '../../../../../src/actors/storage/record.ts'
import { dropAbove, lookAbove } from '../../../../../src/cli/node/checkpoint/recover.ts'
import { storeCommit, storeGet, storeScan } from '../../../../../src/cli/node/store-reads.ts'
import type { Store, Write } from '../../../../../src/kernel/environment.ts'
import { finalisedKey, keysFrom, keysTo, payloadRecord } from '../../../../../src/ledger/records.ts'
import { openMemoryStore, type PlatformStore } from '../../../../../src/platform/store.ts'
import { decodeStoredBlock, encodeStoredBlock } from '../../../../../src/protocol/block/block.ts'
import { encodeCheckpoint } from '../../../../../src/protocol/checkpoint/codec.ts'
import {
  decodeCertificate,
  encodeCertificate,
} from '../../../../../src/protocol/consensus/codec.ts'
import { decodePayload } from '../../../../../src/protocol/execution/payload.ts'
import { certify, federationOf, grow } from '../../../../support/actors/federation.ts'
import { checkpointOn } from '../../../../support/checkpoints.ts'

const federation = federationOf(4)
/** More than one commit drops. */
const blocks = grow(federation, 600)
const at = 40
const checkpoint = checkpointOn(federation, blocks.slice(at - 10, at))

function sealed(key: string, bytes: Uint8Array): Write {
  return { key, value: sealRecord(key, bytes) }
}

/** A folder with all blocks, a certificate on every other one, and checkpoints at 40 and 80. */
async function folder(): Promise<PlatformStore> {
  const store = await openMemoryStore()
  const writes = blocks.flatMap((block) => {
    const { hash, header } = block.signed
    const certificate = encodeCertificate(certify(federation, 'finalise', block))
    const final = sealed(keys.finalisationAt(header.height), certificate)
    return [
      sealed(keys.blockAt(header.height), encodeStoredBlock(block)),
      sealed(keys.heightOf(hash), Uint8Array.of(1)),
      ...(header.height % 2 === 1 ? [final] : []),
    ]
  })
  const newer = checkpointOn(federation, blocks.slice(70, 80))
  const payload = decodePayload(blocks.at(-1)?.body[0]?.bytes ?? new Uint8Array(0))
  if (!payload.ok) return expect.unreachable()
  await storeCommit(store, [
    ...writes,
    sealed(keys.checkpointAt(at), encodeCheckpoint(checkpoint)),
    sealed(keys.checkpointAt(80), encodeCheckpoint(newer)),
    sealed(keys.voteRecord(0, 0), Uint8Array.of(7)),
    { key: finalisedKey, value: payloadRecord(finalisedKey, payload.value) },
  ])
  return store
}

/** A store whose commits fail after so many. */
function failingAfter(store: Store, commitsMax: number): Store {
  let commits = 0
  return {
    get: (key, done) => store.get(key, done),
    scan: (range, done) => store.scan(range, done),
    commit: (commit, done) => {
      commits += 1
      if (commits <= commitsMax) return store.commit(commit, done)
      queueMicrotask(() => done({ ok: false, fault: { code: 'io', detail: 'the power failed' } }))
    },
  }
}

async function keysIn(store: Store, from: string, to: string): Promise<readonly string[]> {
  const found = await storeScan(store, { from, to, limit: 10_000 })
  return found.ok ? found.value.map(({ key }) => key) : expect.unreachable()
}

/** The height of the highest certificate, whose block must be there. */
async function provenHeight(store: Store): Promise<number> {
  const finals = await storeScan(store, { ...everyKey('final'), limit: 1, reverse: true })
  const entry = finals.ok ? finals.value[0] : undefined
  if (entry === undefined) return expect.unreachable()
  const certificate = decodeCertificate(openRecord(entry.key, entry.value) ?? entry.value, 4)
  const height = heightOfFinalisation(entry.key)
  const found = await storeGet(store, keys.blockAt(height))
  const value = found.ok ? found.value : undefined
  if (value === undefined) return expect.unreachable()
  const block = decodeStoredBlock(openRecord(keys.blockAt(height), value) ?? value, 4)
  expect(block.ok && block.value.signed.hash).toBe(certificate.ok && certificate.value.block)
  return height
}

describe('taking a folder back', () => {
  test('drops what is above, and nothing below; votes stay', async () => {
    const store = await folder()
    const above = await lookAbove(store, checkpoint)
    expect(above).toEqual({
      ok: true,
      value: { topHeight: 600, checkpoints: 1, isLedgerAhead: true },
    })
    if (!above.ok) return expect.unreachable()
    expect(await dropAbove(store, checkpoint, above.value)).toEqual({ ok: true, value: undefined })
    expect(await provenHeight(store)).toBe(at)
    const { from, to } = everyKey('block')
    expect(await keysIn(store, from, to)).toHaveLength(at)
    expect(await keysIn(store, 'height/', 'height0')).toHaveLength(at)
    expect(await keysIn(store, 'checkpoint/', 'checkpoint0')).toEqual([keys.checkpointAt(at)])
    expect(await keysIn(store, keysFrom, keysTo)).toEqual([])
    expect(await keysIn(store, 'votes/', 'votes0')).toEqual([keys.voteRecord(0, 0)])
  })

  test('can end at any commit: the folder ends with a proven block, and it can be done again', async () => {
    let commits = 0
    for (let isDone = false; !isDone; commits += 1) {
      const store = await folder()
      const above = await lookAbove(store, checkpoint)
      if (!above.ok) return expect.unreachable()
      const outcome = await dropAbove(failingAfter(store, commits), checkpoint, above.value)
      expect(await provenHeight(store)).toBeGreaterThanOrEqual(at)
      isDone = outcome.ok
      const again = await dropAbove(store, checkpoint, above.value)
      expect([commits, again.ok, await provenHeight(store)]).toEqual([commits, true, at])
    }
    // One for the certificate, two pages of certificates, checkpoints, pages of blocks, the accounts.
    expect(commits).toBeGreaterThan(6)
  })
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { BlockMaker, type MadeBlock } from '../../bench/sync/blocks.ts'
import { wholeCertifier } from '../../bench/sync/certifier.ts'
import { type DataFolder, keepBlocks, openData } from '../../bench/sync/data-folder.ts'
import { type NodePlace, writeChainFile, writeNodeFiles } from '../../bench/sync/node-files.ts'
import {
  decodePlainAnswer,
  decodePlainRequest,
  encodePlainAnswer,
  encodePlainRequest,
  type PlainAnswer,
} from '../../bench/sync/plain-protocol.ts'
import { openSenders } from '../../bench/sync/senders.ts'
import { importBatches, importOneByOne } from '../../bench/sync/sequential.ts'
import { benchChain, benchMembers } from '../../bench/sync/settings.ts'
import { makeSimChain } from '../../bench/sync/sim-chain.ts'
import { SimWorld } from '../../bench/sync/sim-world.ts'
import { localLink } from '../../sim/link.ts'
import { readNodeSettings } from '../../src/cli/node/config-file.ts'
import { nativeCrypto } from '../../src/platform/crypto.ts'
import { openMemoryStore } from '../../src/platform/store.ts'
import { openVerifier } from '../../src/platform/verifier.ts'
import { encodeStoredBlock } from '../../src/protocol/block/block.ts'
import { certificateCheck } from '../../src/protocol/consensus/checks.ts'
import { encodeCertificate } from '../../src/protocol/consensus/codec.ts'
import { verifyBls } from '../../src/protocol/crypto/bls.ts'

const blocks = 12
const senders = openSenders(16)
const members = benchMembers()
const chain = benchChain(members, senders.keys)
const crypto = nativeCrypto()

function makeBlocks(): readonly MadeBlock[] {
  const signers = members.map(({ signer }) => signer)
  const maker = new BlockMaker(chain, signers, wholeCertifier(chain, members))
  return Array.from({ length: blocks }, (_, i) => {
    return maker.next(senders.transfersAt(i + 1, chain.tag), i % 4 === 3)
  })
}

async function emptyData(): Promise<DataFolder> {
  const data = await openData(await openMemoryStore(), chain, crypto.verifyEd25519)
  onTestFinished(() => data.close())
  return data
}

/** Serves made blocks as the plain server does. */
function serverOf(made: readonly MadeBlock[]) {
  return (asked: { fromHeight: number; count: number }): Promise<PlainAnswer> => {
    const { fromHeight, count } = decodePlainRequest(encodePlainRequest(asked))
    const found = made.slice(fromHeight - 1, fromHeight - 1 + count)
    const certificate = found.at(-1)?.certificate
    const answer = encodePlainAnswer(
      found.map(({ block }) => encodeStoredBlock(block)),
      certificate === undefined ? new Uint8Array(0) : encodeCertificate(certificate),
    )
    return Promise.resolve(decodePlainAnswer(answer, members.length))
  }
}

test('a certificate of the sum of all secrets is one of all members', () => {
  const certificate = makeBlocks()[3]?.certificate
  expect(certificate).toBeDefined()
  if (certificate === undefined) return
  const check = certificateCheck(chain, certificate)
  expect(check.kind).toBe('bls')
  if (check.kind !== 'bls') return
  expect(check.publicKeys).toHaveLength(members.length)
  expect(verifyBls(check.publicKeys, check.message, check.signature)).toBe(true)
})

test('the blocks are executed by a ledger that checks signatures', async () => {
  await expect(keepBlocks(await emptyData(), makeBlocks())).resolves.toBeUndefined()
})

test('both importers end with the last block', async () => {
  const made = makeBlocks()
  const last = made.at(-1)?.block.signed.hash
  const fetch = serverOf(made)
  const one = await importOneByOne({ chain, data: await emptyData(), fetch }, crypto, blocks)
  const verifier = openVerifier({ workers: 0 })
  onTestFinished(() => verifier.close())
  const parts = { chain, data: await emptyData(), fetch }
  const many = await importBatches(parts, verifier, { count: 4, height: blocks })
  expect([one.hash, many.hash]).toEqual([last, last])
})

test('both importers refuse a block that its author did not sign', async () => {
  const made = makeBlocks().map((each, i) => {
    if (i !== 5) return each
    const { signed } = each.block
    const forged = { ...signed, signature: new Uint8Array(64) }
    return { ...each, block: { ...each.block, signed: forged } }
  })
  const fetch = serverOf(made)
  const one = importOneByOne({ chain, data: await emptyData(), fetch }, crypto, blocks)
  await expect(one).rejects.toThrow(/signature of the author/)
  const verifier = openVerifier({ workers: 0 })
  onTestFinished(() => verifier.close())
  const parts = { chain, data: await emptyData(), fetch }
  const many = importBatches(parts, verifier, { count: 4, height: blocks })
  await expect(many).rejects.toThrow(/blocks that are right/)
})

test('the files are such that a node reads the same chain and follows it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'alys-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeChainFile(folder, chain, members)
  const place = (name: string, p2p: number): NodePlace => {
    return { name, dataFolder: 'data', ports: { p2p, rpc: p2p + 1 } }
  }
  const file = await writeNodeFiles(folder, place('client', 30_000), [place('server', 30_010)])
  const settings = readNodeSettings(file)
  expect(settings.ok).toBe(true)
  if (!settings.ok) return
  expect(settings.value.chain.tag).toEqual(chain.tag)
  expect(settings.value.member).toBeUndefined()
  expect(settings.value.peers).toHaveLength(1)
})

test('a simulated node syncs from one server, and among relays', async () => {
  const simChain = await makeSimChain(20)
  for (const [servers, relays] of [
    [1, 0],
    [2, 30],
  ] as const) {
    const world = new SimWorld(simChain, { servers, relays, link: localLink })
    world.sync(60_000)
    expect(world.height).toBe(20)
    expect(world.peersMet).toBeGreaterThanOrEqual(servers)
    expect(world.traffic.bytesReceived).toBeGreaterThan(simChain.blockBytes)
  }
})

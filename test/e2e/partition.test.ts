/** Three real processes, and the network between them taken apart: who has no quorum waits, and all agree afterwards. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isRecord } from '../../src/cli/node/rpc-client.ts'
import { eventually, killAll, startAlys } from './alys-process.ts'
import { answerAt, hashAt, heightOf, reaches } from './node-calls.ts'
import { initSplitFederation, type SplitFederation } from './split.ts'

const slotMs = 400
/** Three programs on a busy machine. */
const startMsMax = 60_000
/** Blocks that may still be under way when the network is taken apart: they are committed once their votes are read. */
const underWayMax = 2
const root = mkdtempSync(join(tmpdir(), 'alys-partition-'))
/** One for all that is done to it: each test leaves it healed, and begins by waiting until it is whole. */
let federation: SplitFederation

beforeAll(async () => {
  federation = await initSplitFederation(join(root, 'federation'), 3, slotMs)
  for (const { configFile } of federation.nodes) startAlys('node', '--config', configFile)
})
afterAll(async () => {
  killAll()
  await federation.close()
  rmSync(root, { recursive: true, force: true })
})

function url(member: number): string {
  return federation.nodes[member]?.url ?? ''
}

/** Waits until all commit, and each is connected to both others. */
async function wholeAgain(): Promise<void> {
  await Promise.all([0, 1, 2].map((member) => reaches(url(member), 2, startMsMax)))
  for (const { url: at } of federation.nodes) {
    await eventually('each connected to both others', 20_000, async () => {
      const peers = await answerAt(at, { method: 'alys_getPeers' }, [])
      const all = Array.isArray(peers) ? peers : []
      const met = all.filter((peer) => isRecord(peer) && peer.isConnected === true)
      return met.length === 2 || undefined
    })
  }
}

/** The greatest height that anybody has. */
async function highest(): Promise<number> {
  return Math.max(...(await Promise.all([0, 1, 2].map((member) => heightOf(url(member))))))
}

/** That all three have the same block at each height up to `height`. */
async function expectAgreement(height: number): Promise<void> {
  for (let at = 1; at <= height; at += 1) {
    const hashes = await Promise.all([0, 1, 2].map((member) => hashAt(url(member), at)))
    expect(new Set(hashes).size).toBe(1)
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/)
  }
}

describe('a federation of three', () => {
  test.each(['cut', 'held'] as const)(
    'split in two and one, its ways %s: the two commit, the one does not, and all agree when it is healed',
    async (by) => {
      await wholeAgain()
      federation.split([[0, 1], [2]], by)
      const split = await highest()
      await Promise.all([0, 1].map((member) => reaches(url(member), split + 6, 40_000)))
      expect(await heightOf(url(2))).toBeLessThanOrEqual(split + underWayMax)

      federation.heal()
      const healed = await heightOf(url(0))
      await Promise.all([0, 1, 2].map((member) => reaches(url(member), healed + 3, 30_000)))
      await expectAgreement(healed + 3)
      await eventually('the third votes again', 15_000, async () => {
        const isVoting = await answerAt(url(2), { method: 'alys_getStatus' }, ['isVoting'])
        return isVoting === true || undefined
      })
    },
    180_000,
  )

  test('split in three: nobody commits, and all go on when it is healed', async () => {
    await wholeAgain()
    federation.split([[0], [1], [2]], 'cut')
    const split = await highest()
    await sleep(15 * slotMs)
    expect(await highest()).toBeLessThanOrEqual(split + underWayMax)

    federation.heal()
    const height = split + underWayMax + 3
    await Promise.all([0, 1, 2].map((member) => reaches(url(member), height, 30_000)))
    await expectAgreement(height)
  }, 180_000)
})

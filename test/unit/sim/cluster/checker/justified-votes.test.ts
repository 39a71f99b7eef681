/** What a member approved lies on its disk with what justified it: a disk of a small federation, and what spoils it. */
import { beforeAll, expect, test } from 'vitest'
import type { World } from '../../../../../sim/cluster/checker/checker.ts'
import { justifiedVotesChecker } from '../../../../../sim/cluster/checker/justified-votes.ts'
import { Cluster } from '../../../../../sim/cluster/cluster.ts'
import { idealScheme } from '../../../../../sim/cluster/ideal.ts'
import { SimDisk } from '../../../../../sim/disk.ts'
import { localLink } from '../../../../../sim/link.ts'
import { everyKey } from '../../../../../src/actors/storage/keys.ts'
import { openRecord, sealRecord } from '../../../../../src/actors/storage/record.ts'
import { present } from '../../../../../src/base/assert.ts'
import {
  decodeStoredBlock,
  encodeStoredBlock,
  type StoredBlock,
} from '../../../../../src/protocol/block/block.ts'
import { certificateCheck } from '../../../../../src/protocol/consensus/checks.ts'
import type { Certificate } from '../../../../../src/protocol/consensus/vote.ts'

const crypto = idealScheme()
let net: Cluster

beforeAll(() => {
  net = new Cluster({ members: 3, slotMs: 400, link: localLink }, { seed: 'a', crypto })
  net.run(6_000)
}, 60_000)

/** What is said of a member's disk if what justifies its newest open block was another. */
function saidIf(
  change: (justification: StoredBlock['justification']) => StoredBlock['justification'],
  distrusted: readonly string[] = [],
): string | undefined {
  const { chain } = net
  const world = {
    ...{ chain, committee: chain.committee, untrustedDisks: new Set(distrusted) },
    isSigned: crypto.check,
    isGenuine: (certificate: Certificate) => crypto.check(certificateCheck(chain, certificate)),
  } as unknown as World
  const disk = new SimDisk()
  disk.copyFrom(net.machine('n0').host.disk)
  const [newest] = disk.scan({ ...everyKey('open'), limit: 1, reverse: true })
  const { key, value } = present(newest, 'an open block')
  const read = decodeStoredBlock(present(openRecord(key, value), 'a sound record'), 3)
  const block = present(read.ok ? read.value : undefined, 'a block')
  const changed = encodeStoredBlock({ ...block, justification: change(block.justification) })
  disk.apply([{ key, value: sealRecord(key, changed) }])
  return justifiedVotesChecker(world).inspect('n0', disk, true)
}

const nothing = { notarisation: undefined, nullifies: [] }

test('a disk that only this code has written holds what justified the newest approval', () => {
  expect(saidIf((justification) => justification)).toBeUndefined()
})

test('a proof that is missing, of another block, or of nobody, is found', () => {
  expect(saidIf(() => nothing)).toMatch(
    /^n0 approved a block in slot \d+, and keeps no proof for it: parent-not-notarised$/,
  )
  const changed = (change: (certificate: Certificate) => Partial<Certificate>) =>
    saidIf(({ notarisation, nullifies }) => ({
      notarisation: notarisation && { ...notarisation, ...change(notarisation) },
      nullifies,
    }))
  expect(changed(({ slot }) => ({ slot: slot - 1 }))).toContain('gap-not-nullified')
  expect(changed(() => ({ block: net.chain.genesis.hash }))).toContain('parent-not-notarised')
  const other = changed(({ signature }) => ({ signature: signature.map((byte) => byte ^ 1) }))
  expect(other).toContain('not-genuine')
})

test('whose disk is not trusted is not held to it', () => {
  expect(saidIf(() => nothing, ['n0'])).toBeUndefined()
})

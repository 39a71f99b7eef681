/** What is asked of the disks of a federation when a story is over: of one that is down less than of one that runs. */
import { expect, test } from 'vitest'
import { Cluster } from '../../../../sim/cluster/cluster.ts'
import { idealScheme } from '../../../../sim/cluster/ideal.ts'
import type { SimDisk } from '../../../../sim/disk.ts'
import { localLink } from '../../../../sim/link.ts'
import { keys } from '../../../../src/actors/storage/keys.ts'
import { present } from '../../../../src/base/assert.ts'
import type { Write } from '../../../../src/kernel/environment.ts'
import { accountsFrom, accountsTo } from '../../../../src/ledger/records.ts'

/** What is broken at the end of a story, one of whose members is down by then, if a record on one disk is another. */
function brokenBy(name: string, change: (disk: SimDisk) => Write): string | undefined {
  const options = { members: 4, slotMs: 400, link: localLink }
  const net = new Cluster(options, { seed: 'end', crypto: idealScheme() })
  net.run(5_000)
  net.crash('n3')
  net.run(500)
  const { disk } = net.machine(name).host
  disk.apply([change(disk)])
  net.end()
  return net.violation?.detail
}

/** An account, as a crash leaves it that cuts its write short. */
function tornAccount(disk: SimDisk): Write {
  const [account] = disk.scan({ from: accountsFrom, to: accountsTo, limit: 1 })
  const { key, value } = present(account, 'an account')
  return { key, value: value.subarray(0, 5) }
}

test('what a crash has torn is a start’s to mend, and may not be there while a machine runs', () => {
  expect(brokenBy('n3', tornAccount)).toBeUndefined()
  expect(brokenBy('n0', tornAccount)).toMatch(/^n0 has an account ledger.account.\w+ that /)
})

test.each(['n3', 'n0'])(
  'a block that is lost is found, whether the machine runs or not: %s',
  (name) => {
    const lost = brokenBy(name, () => ({ key: keys.blockAt(1), value: undefined }))
    expect(lost).toBe(`${name} has no block at height 1`)
  },
)

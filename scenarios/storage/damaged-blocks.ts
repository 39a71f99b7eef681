import type { Cluster } from '../../sim/cluster/cluster.ts'
import { hasBlock } from '../../sim/cluster/hindrance.ts'
import { watchCore } from '../../sim/cluster/liveness/watch-core.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import type { SimDisk } from '../../sim/disk.ts'
import type { SimRandom } from '../../sim/random.ts'
import { isolate } from '../../sim/rules.ts'
import { heightIn, keys } from '../../src/actors/storage/keys.ts'
import { accountsFrom, accountsTo, finalisedKey, genesisKey } from '../../src/ledger/records.ts'
import { regional } from '../worlds.ts'

/** Blocks of one disk that are harmed, one after another and here and there. */
const inARow = 5
const scattered = 6
/** How long the first one has nobody to ask. */
const aloneMs = 20_000

/**
 * Of four members one has a disk that rots, and an engine whose records are no good any more, so that it has to be fed from it. Then blocks of
 * another one rot that nobody needs there, until a follower comes that downloads the chain from the members.
 */
export const damagedBlocks: Scenario = {
  name: 'damaged-blocks',
  title:
    'Committed blocks rot, vanish or lie in bad sectors on two of four disks: each node says so, takes part only as far as it can, and has every block again from the others',
  world: () => ({
    members: 4,
    followers: 1,
    link: regional,
    untrustedDisks: ['n0', 'n1'],
    startLater: ['f0'],
  }),
  story: (net, random) => {
    const watch = new DamageWatch(net)
    net.run(90_000, () => net.heightOf('n0') >= 24)

    // An engine that begins anew is fed from a disk that is full of holes, at first with nobody to ask.
    net.crash('n0')
    watch.harm('n0', random, keys.blockAt(net.heightOf('n0') - 1))
    harmLedger(net.machine('n0').host.disk, random)
    net.simulation.network.rules.add('alone', isolate(['n0']))
    net.restart('n0')
    net.run(aloneMs)
    watch.requireWaiting('n0')
    net.simulation.network.rules.remove('alone')
    watch.requireWhole('n0', 20_000)
    net.requireCaughtUp(['n0'], net.heightOf('n1'), 30_000)

    // What nobody needs is found by whoever is asked for it.
    watch.harm('n1', random, keys.blockAt(net.heightOf('n1') - 1))
    net.restart('f0')
    net.requireCaughtUp(['f0'], net.heightOf('n1'), 60_000)
    const stop = watchCore(net, ['n0', 'n1', 'n2', 'n3'])
    askForAll(net, 'n1')
    watch.requireWhole('n1', 60_000)
    net.requireProgress(net.names, 5, 30_000)
    net.run(20_000)
    stop()
    watch.requireCalm()
  },
}

/** Knows which records were harmed, and what the nodes said of them. */
class DamageWatch {
  readonly #net: Cluster
  readonly #harmed: string[] = []
  readonly #awaited = new Set<string>()
  readonly #failed: string[] = []

  constructor(net: Cluster) {
    this.#net = net
    net.watch(({ node, event }) => {
      if (event.kind === 'block-awaited') this.#awaited.add(node)
      if (event.kind === 'actor-failed') this.#failed.push(`${node}: ${event.error}`)
    })
  }

  /** Harms committed blocks of a disk below `end`: a bit, the whole record, or the sector that it lies in. */
  harm(name: string, random: SimRandom, end: string): void {
    const { disk } = this.#net.machine(name).host
    const all = disk.scan({ from: keys.blockAt(1), to: end, limit: 100_000 })
    const first = random.below(Math.max(1, all.length - inARow))
    const chosen = [
      ...all.slice(first, first + inARow),
      ...random.shuffle(all).slice(0, scattered),
    ].map(({ key }) => key)
    this.#harmed.length = 0
    for (const [index, key] of chosen.entries()) {
      this.#harmed.push(key)
      if (index % 3 === 0) disk.damage(key, random)
      else if (index % 3 === 1) disk.apply([{ key, value: undefined }])
      else disk.spoil(key)
    }
    disk.syncAll()
  }

  /** With nobody to ask, a node waits, says for what, and counts itself not synced. */
  requireWaiting(name: string): void {
    this.#net.require('says-what-is-lost', this.#awaited.has(name), `${name} said nothing`)
    const state = this.#net.syncStateOf(name)
    this.#net.require('not-synced', state !== 'synced', `${name} holds to be ${state}`)
  }

  /** Every record that was harmed is whole again, within `ms`. */
  requireWhole(name: string, ms: number): void {
    const { disk } = this.#net.machine(name).host
    const isWhole = (key: string): boolean => hasBlock(disk, heightIn(key))
    this.#net.run(ms, () => this.#harmed.every(isWhole))
    const lost = this.#harmed.filter((key) => !isWhole(key))
    this.#net.require('blocks-restored', lost.length === 0, `${name} lacks ${lost.join(', ')}`)
  }

  /** Nobody's code failed over it. */
  requireCalm(): void {
    this.#net.require('nobody-fails', this.#failed.length === 0, this.#failed.join('; '))
  }
}

/**
 * A record of the engine's is damaged; or every record is whole, and one of its accounts is gone, or its last payload lies
 * where its first one was.
 */
function harmLedger(disk: SimDisk, random: SimRandom): void {
  const harm = random.pick(['damaged', 'gone', 'misplaced'] as const)
  if (harm === 'damaged') return disk.damage(finalisedKey, random)
  const accounts = disk.scan({ from: accountsFrom, to: accountsTo, limit: 1_000 })
  const gone = { key: random.pick(accounts).key, value: undefined }
  const misplaced = { key: genesisKey, value: disk.read(finalisedKey) }
  disk.apply([harm === 'gone' ? gone : misplaced])
  disk.syncAll()
}

/** A user of one node reads every block there, as an explorer of the chain does. */
function askForAll(net: Cluster, name: string): void {
  for (let height = 1; height < net.heightOf(name); height += 1) {
    net.machine(name).node?.call('alys_getBlock', [height], () => undefined)
  }
}

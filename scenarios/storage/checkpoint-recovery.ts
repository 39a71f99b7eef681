import type { Cluster } from '../../sim/cluster/cluster.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import type { ApiAnswer } from '../../src/actors/api/messages.ts'
import { keys } from '../../src/actors/storage/keys.ts'
import { openRecord, sealRecord } from '../../src/actors/storage/record.ts'
import { decodeCheckpoint, encodeCheckpoint } from '../../src/protocol/checkpoint/codec.ts'
import { regional } from '../worlds.ts'

const intervalBlocks = 20
/** A start looks through so many certificates before it falls back. */
const searched = 64
const nothing = new Uint8Array()

export const checkpointRecovery: Scenario = {
  name: 'checkpoint-recovery',
  title:
    'The newest certificates on a disk are damaged, and its engine is ahead of what is left; then its newest checkpoint is torn, or forged: a node goes on at the best checkpoint that is left, and catches up',
  world: () => ({
    members: 4,
    followers: 1,
    slotMs: 400,
    link: regional,
    untrustedDisks: ['f0'],
    hasDiskErrors: true,
    tuning: { checkpointIntervalBlocks: intervalBlocks, checkpointsMax: 4 },
  }),
  story: (net, random) => {
    net.run(120_000, () => net.heightOf('f0') >= searched + 4 * intervalBlocks)
    let newest = checkpointHeights(net)[0] ?? 0
    net.require('checkpoints-made', newest > 0, `none at height ${net.heightOf('f0')}`)
    // Of those that were made the newest are kept.
    const kept = checkpointHeights(net)
    const isNewest = (kept.at(-1) ?? 0) > newest - 4 * intervalBlocks
    net.require('newest-kept', isNewest, `${kept.join(', ')} are kept`)

    // The disk refuses writes for a while. Then the power fails, and takes the newest certificates with it.
    refuseWrites(net)
    newest = checkpointHeights(net)[0] ?? 0
    net.crash('f0')
    tear(net, keys.finalisationAt(0), 'final0')
    comesBack(net, newest)

    // Again, and the newest checkpoint was being written, or somebody has been at it: the one before has to do.
    const { disk } = net.machine('f0').host
    net.run(20_000, () => disk.unsynced === 0 && (checkpointHeights(net)[0] ?? 0) > newest)
    const [torn = 0, older = 0] = checkpointHeights(net)
    net.crash('f0')
    tear(net, keys.finalisationAt(0), 'final0')
    if (random.chance(1, 2)) tear(net, keys.checkpointAt(torn), keys.checkpointAt(torn + 1))
    else forge(net, keys.checkpointAt(torn))
    comesBack(net, older)

    // Whoever operates it can ask for one, and whether it is good.
    const made = call(net, 'alys_createCheckpoint', [])
    const id = made !== undefined && 'result' in made ? (made.result as { id: string }).id : ''
    const recovered = call(net, 'alys_recoverFromCheckpoint', [id, true, 'resume'])
    const isGood = recovered !== undefined && 'result' in recovered
    net.require('resumed', isGood, JSON.stringify(recovered))
    net.requireProgress(['f0', 'n0', 'n1', 'n2', 'n3'], 5, 20_000)
  },
}

/** The follower starts at this height, then catches up with the members. */
function comesBack(net: Cluster, height: number): void {
  const target = net.heightOf('n0')
  net.restart('f0')
  net.run(5_000, () => net.startedAt('f0') !== undefined)
  const at = net.startedAt('f0')
  net.require('falls-back', at === height, `started at ${at}, not at checkpoint ${height}`)
  for (let looks = 0; looks < 150 && committedOf(net) < target; looks += 1) net.run(200)
  net.require('caught-up', committedOf(net) >= target, `at ${committedOf(net)} of ${target}`)
}

/** Where the follower's chain is now. (What it had before its disk was damaged is not asked for.) */
function committedOf(net: Cluster): number {
  const answer = call(net, 'alys_getHead', [])
  return heightIn(answer) ?? 0
}

function heightIn(answer: ApiAnswer | undefined): number | undefined {
  const head = answer !== undefined && 'result' in answer ? (answer.result as Head) : undefined
  return head?.committed.height
}

/** Heights of the checkpoints on the follower's disk, the newest first. */
function checkpointHeights(net: Cluster): readonly number[] {
  const range = { from: 'checkpoint/', to: 'checkpoint0', limit: 64, reverse: true }
  const found = net.machine('f0').host.disk.scan(range)
  return found.map(({ key }) => Number.parseInt(key.slice('checkpoint/'.length), 16))
}

/** Cuts every record of a range short, as a write that did not end does. */
function tear(net: Cluster, from: string, to: string): void {
  const { disk } = net.machine('f0').host
  for (const { key, value } of disk.scan({ from, to, limit: 100_000 })) {
    disk.apply([{ key, value: value.subarray(0, value.length / 2) }])
  }
}

/** Seals a checkpoint anew, if it is there, as its writer would, under a certificate that nobody signed. */
function forge(net: Cluster, key: string): void {
  const { disk } = net.machine('f0').host
  const read = decodeCheckpoint(openRecord(key, disk.read(key) ?? nothing) ?? nothing)
  if (!read.ok) return
  const { chain } = read.value
  const signature = chain.certificate.signature.map((byte) => byte ^ 1)
  const certificate = { ...chain.certificate, signature }
  const forged = encodeCheckpoint({ ...read.value, chain: { ...chain, certificate } })
  disk.apply([{ key, value: sealRecord(key, forged) }])
}

/** For two seconds a third of what is written is refused: the node's, and its engine's, which keeps a history of its own. */
function refuseWrites(net: Cluster): void {
  const { disk } = net.machine('f0').host
  disk.faults = { ...disk.faults, writeErrorPerMillion: 333_333 }
  net.run(2_000)
  disk.mend()
  net.run(3_000)
}

function call(net: Cluster, method: string, params: readonly unknown[]): ApiAnswer | undefined {
  let answer: ApiAnswer | undefined
  net.machine('f0').node?.call(method, params, (given) => {
    answer = given
  })
  net.run(10_000, () => answer !== undefined)
  return answer
}

interface Head {
  readonly committed: { readonly height: number }
}

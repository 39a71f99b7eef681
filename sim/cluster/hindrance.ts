/**
 * Whether what did not happen in time could have happened at all: is there a quorum of correct members that run and can
 * reach one another, may each of them vote, and are the blocks that somebody lacks on a disk within reach? If not, a missed
 * bound says nothing about the code, and the outcome of the run is unknown instead of violated (TigerBeetle's
 * `core_missing`).
 *
 * It says no only where that is certain: whoever merely has a hard time could have made it.
 */
import { keys } from '../../src/actors/storage/keys.ts'
import { openRecord } from '../../src/actors/storage/record.ts'
import type { SimDisk } from '../disk.ts'
import type { Cluster } from './cluster.ts'
import { committedOn } from './committed-on.ts'
import { approvedSlotOn, silentTo } from './silenced.ts'

/** Why these nodes could not commit anything more; undefined if they could. */
export function hindersProgress(net: Cluster, names: readonly string[]): string | undefined {
  const quorum = Math.ceil((2 * net.options.members) / 3)
  for (const name of names) {
    const near = withinReach(net, name)
    const members = near.filter((other) => net.members.includes(other))
    if (members.length < quorum) {
      return `${name} has ${members.length} members that are well within reach, and ${quorum} are needed`
    }
    const approved = Math.max(...near.map((other) => approvedSlotOn(diskOf(net, other))))
    const silent = members.filter((other) => silentTo(diskOf(net, other)) > approved)
    if (members.length - silent.length < quorum) {
      return `${silent.join(', ')} lost votes and may not give up what follows slot ${approved}`
    }
    const missing = missingBlock(net, near, Math.max(...heightsOf(net, near)))
    if (missing !== undefined) return `${name}: ${missing}`
  }
  return undefined
}

/** Why these nodes could not reach this height; undefined if they could. */
export function hindersCatchingUp(
  net: Cluster,
  names: readonly string[],
  height: number,
): string | undefined {
  for (const name of names) {
    const near = withinReach(net, name)
    if (near.length === 0) return `${name} is not well`
    const highest = Math.max(...heightsOf(net, near))
    // More blocks would have to be made first.
    if (highest < height) return hindersProgress(net, [name])
    const missing = missingBlock(net, near, height)
    if (missing !== undefined) return `${name}: ${missing}`
  }
  return undefined
}

/** Correct nodes that are well and that a node can reach through others, itself first; nobody if it is not well. */
function withinReach(net: Cluster, name: string): readonly string[] {
  const well = net.correct.filter((other) => isWell(net, other))
  if (!well.includes(name)) return []
  const found = [name]
  for (const at of found) {
    for (const other of well) {
      if (!found.includes(other) && canTalk(net, at, other)) found.push(other)
    }
  }
  return found
}

function isWell(net: Cluster, name: string): boolean {
  const { host, engineFaults } = net.machine(name)
  const isRunning = host.isRunning && !host.isPaused && !net.hasStopped(name)
  return isRunning && !engineFaults.down.includes('engine')
}

/** Whether anything gets from one to the other and back. What is merely lost at times is no hindrance. */
function canTalk(net: Cluster, a: string, b: string): boolean {
  const { network, nowMs } = net.simulation
  const flight = { kind: 'keepalive', label: '', bytes: 0, atUs: nowMs * 1_000 } as const
  const passes = (from: string, to: string): boolean =>
    network.rules.judge({ ...flight, from, to }).kind !== 'drop'
  return passes(a, b) && passes(b, a)
}

/** A committed block up to this height that some of these lack and none of them has. */
function missingBlock(net: Cluster, near: readonly string[], height: number): string | undefined {
  const lowest = Math.min(...heightsOf(net, near))
  for (let at = lowest + 1; at <= height; at += 1) {
    if (!near.some((node) => hasBlock(diskOf(net, node), at)))
      return `nobody within reach has block ${at}`
  }
  return undefined
}

function heightsOf(net: Cluster, names: readonly string[]): readonly number[] {
  return names.map((name) => committedOn(diskOf(net, name)))
}

function diskOf(net: Cluster, name: string): SimDisk {
  return net.machine(name).host.disk
}

/** Whether the block of a height can be read on a disk. */
export function hasBlock(disk: SimDisk, height: number): boolean {
  const key = keys.blockAt(height)
  const value = disk.isBad(key) ? undefined : disk.read(key)
  return value !== undefined && openRecord(key, value) !== undefined
}

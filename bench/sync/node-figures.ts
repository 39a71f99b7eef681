/**
 * Two real nodes over loopback, and the importers that ours is compared with, all of them with a server of their own in a
 * process of its own, on the same chain, in turns.
 */
import { assert } from '../../src/base/assert.ts'
import {
  type Contender,
  nodeProgram,
  perWallSecond,
  type Standings,
  standingOf,
} from '../contest.ts'
import type { Figure } from '../report.ts'
import type { Section, SyncScene } from './plan.ts'
import { stages } from './profile.ts'
import { bottleneckOf, clientOf, cpuMsPerBlock, largest, overheadOf } from './samples.ts'

const nodeName = 'node'
const profiledName = 'node, with its stages'
const importerNames = { one: 'one block at a time', batched: 'batches of 128' } as const

type Way = keyof typeof importerNames

const ways: readonly Way[] = ['one', 'batched']
/** How many times as fast as each importer the node is to be, and blocks a second that are aimed at. */
const timesMin: Readonly<Record<Way, number>> = { one: 10, batched: 3 }
const blocksPerSecondAim = 20_000
const residentMbMax = 1_000
const overheadPercentMax = 5

/** Who imports how fast, and what it takes. */
export function nodeSection(scene: SyncScene): Section {
  const { plan, chain } = scene
  const { blocks, senders } = plan.chain
  const importers = ways.map((way): Contender => {
    const args = [way, chain.folder, senders, plan.heights[way]]
    return { name: importerNames[way], command: nodeProgram('sync/importers.ts', ...args) }
  })
  const node = nodeProgram('sync/nodes.ts', chain.folder, senders, blocks)
  return {
    rounds: plan.rounds,
    contenders: [...importers, { name: nodeName, command: node }],
    figures: (standings) => {
      requireRightChain(standings, scene)
      return [
        ...ways.map((way) => importerFigure(standings, way, plan.heights[way])),
        nodeFigure(standings, blocks),
        ...ways.map((way) => timesFigure(standings, way)),
        ...costFigures(standings),
        memoryFigure(standings, blocks),
        overheadFigure(standings, chain.blockBytes),
      ]
    },
  }
}

/** Where the processor time of the node that syncs goes. */
export function stageSection({ plan, chain }: SyncScene): Section {
  const { blocks, senders } = plan.chain
  const args = [chain.folder, senders, blocks, 'profiled']
  const command = nodeProgram('sync/nodes.ts', ...args)
  return {
    rounds: 1,
    contenders: [{ name: profiledName, command }],
    figures: (standings) => stageFigures(standings),
  }
}

/** Whoever ends with another block than the chain has there was not measured at this work. */
function requireRightChain(standings: Standings, { chain }: SyncScene): void {
  for (const name of [nodeName, ...Object.values(importerNames)]) {
    const { check } = standingOf(standings, name)
    assert(chain.hashes.includes(check), `${name} ends with a block of the chain: ${check}`)
  }
}

function importerFigure(standings: Standings, way: Way, size: number): Figure {
  const name = importerNames[way]
  return {
    ...{ name, unit: 'blocks / s', size },
    value: perWallSecond(clientOf(standingOf(standings, name))),
    boundBy: importersBoundBy[way],
  }
}

const importersBoundBy: Readonly<Record<Way, string>> = {
  one: 'a round trip, signatures and a sync of the disk for each block, one after the other',
  batched: 'signatures of transfers, one at a time; it never does two things at once',
}

function nodeFigure(standings: Standings, size: number): Figure {
  const { stage, part } = bottleneckOf(standingOf(standings, profiledName))
  const batched = perWallSecond(clientOf(standingOf(standings, importerNames.batched)))
  const value = perWallSecond(clientOf(standingOf(standings, nodeName)))
  return {
    ...{ name: nodeName, unit: 'blocks / s', value, size },
    ...{ baseline: importerNames.batched, ratio: value / batched },
    floor: blocksPerSecondAim,
    boundBy: `${stage}: ${percent(part)} of its processor time`,
  }
}

function timesFigure(standings: Standings, way: Way): Figure {
  const [node = 0, other = 1] = [nodeName, importerNames[way]].map((name) => {
    return perWallSecond(clientOf(standingOf(standings, name)))
  })
  return {
    name: `node, for one of: ${importerNames[way]}`,
    ...{ value: node / other, unit: 'times', floor: timesMin[way] },
    boundBy: 'what the node is bound by, and what it gains by doing things side by side',
  }
}

function costFigures(standings: Standings): readonly Figure[] {
  const cost = (name: string, part: 'client' | 'server', label: string): Figure => ({
    name: label,
    value: 1_000 * cpuMsPerBlock(standingOf(standings, name), part),
    unit: 'CPU µs / block',
    isLessBetter: true,
    boundBy: part === 'server' ? 'reading records, Noise, Yamux' : 'the sum of all its stages',
  })
  return [
    ...ways.map((way) => cost(importerNames[way], 'client', `${importerNames[way]}: processor`)),
    cost(nodeName, 'client', 'node: processor of the one that syncs'),
    cost(nodeName, 'server', 'node: processor of the one that serves'),
  ]
}

function memoryFigure(standings: Standings, size: number): Figure {
  return {
    ...{ name: 'node: memory at its highest', unit: 'MB', size },
    value: largest(standingOf(standings, nodeName), 'resident bytes') / 1e6,
    ...{ floor: residentMbMax, isLessBetter: true },
    boundBy: 'states that are not final, answers on their way, and a heap that is in no hurry',
  }
}

function overheadFigure(standings: Standings, blockBytes: number): Figure {
  return {
    name: 'node: bytes on the wire beyond those of blocks',
    value: 100 * overheadOf(standingOf(standings, nodeName), blockBytes),
    ...{ unit: '%', floor: overheadPercentMax, isLessBetter: true },
    boundBy: 'certificates, headers asked for apart, frames of Noise and Yamux, gossip',
  }
}

function stageFigures(standings: Standings): readonly Figure[] {
  const standing = standingOf(standings, profiledName)
  const whole = cpuMsPerBlock(standing, 'client')
  const onMainThread = stages.map((stage) => {
    return [stage, cpuMsPerBlock(standing, `stage: ${stage}`)] as const
  })
  const rest = onMainThread.reduce((left, [, ms]) => left - ms, whole)
  return [...onMainThread, ['other threads', Math.max(0, rest)] as const].map(([stage, ms]) => ({
    name: `node: ${stage}`,
    value: 1_000 * ms,
    unit: 'CPU µs / block',
    isLessBetter: true,
    boundBy: `${percent(ms / whole)} of the whole`,
  }))
}

function percent(part: number): string {
  return `${Math.round(100 * part)} %`
}

/**
 * How fast the simulator is with the whole node in it: how many virtual seconds pass in one of ours, how many seeds of
 * the swarm an hour sees, and what a node weighs. Signatures are ideal.
 */
import {
  contest,
  nodeProgram,
  perCpuSecond,
  perWallSecond,
  type Standing,
  type Standings,
  standingOf,
} from '../contest.ts'
import type { Figure } from '../report.ts'
import type { Suite, SuiteOptions } from '../suite.ts'
import { perMillionEvents, yardstick, yardstickFigure } from '../yardstick.ts'

/** Sizes and repetitions. */
interface Plan {
  readonly rounds: number
  readonly events: number
  /** Virtual seconds of one measurement of the calm federation. */
  readonly calmSeconds: number
  readonly seeds: number
  readonly peersSeconds: number
  /** Virtual seconds of one measurement on the real libp2p. */
  readonly stackSeconds: number
  readonly memoryNodes: number
  readonly memorySeconds: number
}

const fullPlan: Plan = {
  rounds: 3,
  events: 1_000_000,
  calmSeconds: 120,
  seeds: 40,
  peersSeconds: 60,
  stackSeconds: 60,
  memoryNodes: 40,
  memorySeconds: 300,
}

const quickPlan: Plan = {
  rounds: 1,
  events: 200_000,
  calmSeconds: 20,
  seeds: 5,
  peersSeconds: 10,
  stackSeconds: 10,
  memoryNodes: 10,
  memorySeconds: 30,
}

const measurements = 5
const peers = 1_000
const stackNodes = 10
const memoryMbMax = 5

const calmName = 'calm: 5 validators, sound links'
const chaosName = 'chaos: 5 validators, swarm of faults'
const peersName = 'peers: 1,000 on the abstract network, no chain'
const stackName = 'stack: 10 whole nodes on the real libp2p'
const memoryName = 'memory of one node'

export const simSuite: Suite = {
  name: 'sim',
  title: 'the whole node in the simulator: virtual time, seeds and memory',
  measure: (options) => measure(options.isQuick ? quickPlan : fullPlan, options),
}

function measure(plan: Plan, { onProgress }: SuiteOptions): readonly Figure[] {
  const { calmSeconds, seeds, peersSeconds, stackSeconds, memoryNodes, memorySeconds } = plan
  const contenders = [
    yardstick(plan.events),
    { name: calmName, command: nodeProgram('sim/calm.ts', calmSeconds, measurements) },
    { name: chaosName, command: nodeProgram('sim/swarm.ts', seeds) },
    { name: peersName, command: nodeProgram('sim/peers.ts', peers, peersSeconds, 2) },
    { name: stackName, command: nodeProgram('sim/stack.ts', stackNodes, stackSeconds, 3) },
    { name: memoryName, command: nodeProgram('sim/memory.ts', memoryNodes, memorySeconds) },
  ]
  const standings = contest(contenders, plan.rounds, onProgress)
  return [
    yardstickFigure(standings, plan.events),
    ...calmFigures(standings, plan),
    ...chaosFigures(standings, plan),
    peersFigure(standings, plan),
    stackFigure(standings, plan),
    memoryFigure(standings, plan),
  ]
}

function calmFigures(standings: Standings, { calmSeconds }: Plan): readonly Figure[] {
  const standing = standingOf(standings, calmName)
  const perSecond = perCpuSecond(standing)
  return [
    {
      name: calmName,
      value: perSecond,
      unit: 'virtual s / CPU-s',
      size: calmSeconds,
      ...perMillionEvents(standings, perSecond),
      floor: 700,
      boundBy: 'encoding, garbage and hashing, a tenth or so each; the rest is spread thin',
    },
    {
      name: `${calmName}, on the wall clock`,
      value: perWallSecond(standing),
      unit: 'virtual s / s',
      size: calmSeconds,
      boundBy: 'the same, and whatever else the machine does',
    },
  ]
}

function chaosFigures(standings: Standings, { seeds }: Plan): readonly Figure[] {
  const standing = standingOf(standings, chaosName)
  const perSecond = perCpuSecond(standing)
  const seedsPerSecond = seedsPerCpuSecond(standing)
  return [
    {
      name: chaosName,
      value: perSecond,
      unit: 'virtual s / CPU-s',
      size: seeds,
      ...perMillionEvents(standings, perSecond),
      floor: 300,
      boundBy: 'as above; there is less to do while nodes are down or cut off',
    },
    {
      name: 'seeds of the scenario swarm',
      value: 3_600 * seedsPerSecond,
      unit: 'seeds / core-hour',
      size: seeds,
      ...perMillionEvents(standings, seedsPerSecond),
      floor: 5_000,
      boundBy: 'as above, for the hundred virtual seconds or so that a seed takes',
    },
  ]
}

function peersFigure(standings: Standings, { peersSeconds }: Plan): Figure {
  return {
    ...speedFigure(standings, peersName, peersSeconds),
    floor: 50,
    boundBy: 'by a half, digesting each body where it arrives; then cache misses',
  }
}

function stackFigure(standings: Standings, { stackSeconds }: Plan): Figure {
  return {
    ...speedFigure(standings, stackName, stackSeconds),
    floor: 60,
    boundBy: 'libp2p itself, evenly: its streams, events and gossip; a tenth is garbage',
  }
}

function speedFigure(
  standings: Standings,
  name: string,
  size: number,
): Omit<Figure, 'boundBy' | 'floor'> {
  const perSecond = perCpuSecond(standingOf(standings, name))
  const unit = 'virtual s / CPU-s'
  return { name, value: perSecond, unit, size, ...perMillionEvents(standings, perSecond) }
}

function memoryFigure(standings: Standings, { memoryNodes }: Plan): Figure {
  const [sample] = standingOf(standings, memoryName).samples
  const value = (sample?.amount ?? 0) / 1e6
  return {
    name: memoryName,
    value,
    unit: 'MB',
    size: memoryNodes,
    baseline: `budget of ${memoryMbMax} MB`,
    ratio: memoryMbMax / value,
    floor: memoryMbMax,
    isLessBetter: true,
    boundBy: 'byte arrays, on the disks and in caches: two thirds, half of it their headers',
  }
}

/** Over all seeds together: the slow ones count for more than in a median. */
function seedsPerCpuSecond({ samples }: Standing): number {
  const cpuMs = samples.reduce((sum, sample) => sum + sample.cpuMs, 0)
  return (1_000 * samples.length) / cpuMs
}

/** How many messages of a length are hashed: by the kernel, and by those who take one after another. */
import { perCpuSecond, type Standings, standingOf } from '../contest.ts'
import type { Figure } from '../report.ts'
import { measuredProgram, type Plan, type Section } from './plan.ts'

const lengths = [64, 110, 256, 1_024, 65_536] as const
/** From here on it is bytes that count. */
const longMin = 65_536
/** What the kernel has to be worth for nodes of a tree. */
const timesMin = 5

/** By the names of `hashers.ts`. */
const hasherNames = {
  kernel: 'kernel, in its memory',
  batch: 'kernel, there and back',
  'hash-wasm': 'hash-wasm',
  noble: '@noble/hashes',
  'node-sha256': 'node:crypto, SHA-256',
} as const

type HasherName = keyof typeof hasherNames

/** What a message costs whatever its length. */
const besides: Readonly<Record<HasherName, string>> = {
  kernel: 'tables, and lanes that wait',
  batch: 'arrays, copies and tables',
  'hash-wasm': 'calls and copies',
  noble: 'setting up',
  'node-sha256': 'the way into OpenSSL and back',
}

/** Hashes of all lengths. */
export function hashSection(plan: Plan): Section {
  const names = Object.keys(hasherNames) as HasherName[]
  return {
    rounds: plan.rounds.hashes,
    contenders: lengths.flatMap((length) =>
      names.map((name) => ({
        name: figureName(length, name),
        command: measuredProgram(plan, 'hashing.ts', name, length),
      })),
    ),
    figures: (standings) =>
      lengths.flatMap((length) => [
        ...names.map((name) => hashFigure(standings, length, name)),
        ...(length === 64 ? [timesFigure(standings, length)] : []),
      ]),
  }
}

function figureName(length: number, name: HasherName): string {
  const size = length < 1_024 ? `${length} B` : `${length / 1_024} KiB`
  return `hash of ${size}: ${hasherNames[name]}`
}

function hashesPerSecond(standings: Standings, length: number, name: HasherName): number {
  return perCpuSecond(standingOf(standings, figureName(length, name)))
}

function hashFigure(standings: Standings, length: number, name: HasherName): Figure {
  const perSecond = hashesPerSecond(standings, length, name)
  const isLong = length >= longMin
  const baseline = figureName(length, 'hash-wasm')
  const isOurs = name === 'kernel' || name === 'batch'
  return {
    name: figureName(length, name),
    value: (isLong ? length * perSecond : perSecond) / 1e6,
    unit: isLong ? 'MB / CPU-s' : 'M hashes / CPU-s',
    size: length,
    ...(isOurs && { baseline, ratio: perSecond / hashesPerSecond(standings, length, 'hash-wasm') }),
    boundBy: isLong ? 'arithmetic' : besidesBytes(standings, length, name),
  }
}

/** What part of a message's time its bytes do not account for, at the speed of the longest ones. */
function besidesBytes(standings: Standings, length: number, name: HasherName): string {
  const longTime = 1 / hashesPerSecond(standings, longMin, name)
  const part = 1 - (length / longMin) * longTime * hashesPerSecond(standings, length, name)
  const percent = Math.round(100 * Math.max(0, part))
  return `${percent} % besides its bytes: ${besides[name]}`
}

function timesFigure(standings: Standings, length: number): Figure {
  const ours = hashesPerSecond(standings, length, 'kernel')
  return {
    name: `hash of ${length} B: kernel for one of hash-wasm`,
    value: ours / hashesPerSecond(standings, length, 'hash-wasm'),
    unit: 'times',
    size: length,
    floor: timesMin,
    boundBy: 'what one message costs each of them besides its bytes',
  }
}

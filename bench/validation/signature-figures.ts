/** How many Ed25519 signatures are verified, by how many there are at once. */
import { perCpuSecond, type Standings, standingOf } from '../contest.ts'
import type { Figure } from '../report.ts'
import { ownMicroseconds, percent } from './breakdown-figures.ts'
import { type ChainFile, measuredProgram, type Plan, type Section } from './plan.ts'

const batches = [1, 8, 64, 512] as const
/** Signatures in a measurement: whole batches. */
const inBatches = 512
const oneByOne = 64

const nodeName = 'signatures, one by one: node:crypto'
const nobleName = 'signatures, one by one: @noble/curves'

const variants = ['fma', 'exact'] as const

type Variant = (typeof variants)[number]

/** Signatures of eight authors whose keys are known. */
export function signatureSection(plan: Plan, fileOf: ChainFile): Section {
  const file = fileOf(8, 'blake3')
  const program = (name: string, batch: number, count: number): readonly string[] =>
    measuredProgram(plan, 'signatures.ts', name, file, batch, count / batch)
  return {
    rounds: plan.rounds.parts,
    contenders: [
      ...batches.flatMap((batch) =>
        variants.map((variant) => ({
          name: kernelName(batch, variant),
          command: program(`kernel-${variant}`, batch, batch === 1 ? oneByOne : inBatches),
        })),
      ),
      { name: nodeName, command: program('node', 1, oneByOne) },
      { name: nobleName, command: program('noble', 1, oneByOne) },
    ],
    figures: (standings) => [
      ...batches.flatMap((batch) =>
        variants.map((variant) => kernelFigure(standings, batch, variant)),
      ),
      figure(standings, nodeName, 'two multiplications on the curve for each, shared with none'),
      figure(standings, nobleName, 'the same, with the big integers of JavaScript'),
    ],
  }
}

/** Signatures for each second on the processor, of a whole pass at once. */
export function signaturesOnly(standings: Standings): number {
  return perCpuSecond(standingOf(standings, kernelName(512, 'fma')))
}

function kernelName(batch: number, variant: Variant): string {
  return `signatures, ${batch} at once: kernel ${variant}`
}

function kernelFigure(standings: Standings, batch: number, variant: Variant): Figure {
  const name = kernelName(batch, variant)
  const perSecond = perCpuSecond(standingOf(standings, name))
  const ratio = perSecond / perCpuSecond(standingOf(standings, nodeName))
  const boundBy = kernelBoundBy(standings, batch, variant)
  return { ...figure(standings, name, boundBy), size: batch, baseline: nodeName, ratio }
}

function kernelBoundBy(standings: Standings, batch: number, variant: Variant): string {
  const [fma = 0, exact = 0] = variants.map((each) =>
    perCpuSecond(standingOf(standings, kernelName(batch, each))),
  )
  if (variant === 'exact') {
    return `the same, ${(fma / exact).toPrecision(2)} times as long without fused multiply-add`
  }
  const own = ownMicroseconds(standings) / (1e6 / fma)
  const sharing = batch === 1 ? 'which it has to itself' : `which ${batch} share`
  return `the sum, ${sharing}; its own point and hash are ${percent(own)}`
}

function figure(standings: Standings, name: string, boundBy: string): Figure {
  const value = perCpuSecond(standingOf(standings, name))
  return { name, value, unit: 'signatures / CPU-s', boundBy }
}

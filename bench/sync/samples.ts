/** Measurements of whole processes, as samples that programs of all suites write, and back. */
import { assert } from '../../src/base/assert.ts'
import { median, type Standing } from '../contest.ts'
import type { ProgramReport, Sample } from '../program.ts'
import type { Measured } from './measured.ts'
import { type Stage, type StageTimes, stages } from './profile.ts'

/** What a sample of this suite is about. Amounts are blocks, or bytes where the part says so. */
type Part = 'client' | 'server' | 'resident bytes' | 'wire bytes' | `stage: ${Stage}`

/** What came of one sync: the process that synced, and if they are known, the one that served and the stages. */
export interface Outcome {
  readonly client: Measured
  readonly serverCpuMs?: number
  readonly stageTimes?: StageTimes
}

/** One sync as a report. Equal for all that ended with the same block. */
export function reportOf({ client, serverCpuMs, stageTimes }: Outcome): ProgramReport {
  const { blocks, cpuMs, wallMs, residentBytesMax, bytesReceived, bytesSent } = client
  const sample = (part: Part, amount: number, cpuMs: number): Sample => ({ part, amount, cpuMs })
  const samples: Sample[] = [
    { ...sample('client', blocks, cpuMs), wallMs },
    sample('resident bytes', residentBytesMax, 0),
    sample('wire bytes', bytesReceived + bytesSent, 0),
  ]
  if (serverCpuMs !== undefined) samples.push(sample('server', blocks, serverCpuMs))
  for (const stage of stageTimes === undefined ? [] : stages) {
    samples.push(sample(`stage: ${stage}`, blocks, stageTimes?.[stage] ?? 0))
  }
  return { samples, check: client.hash }
}

/** The syncs alone, without what else was measured of them. */
export function clientOf(standing: Standing): Standing {
  return { ...standing, samples: samplesOf(standing, 'client') }
}

/** Milliseconds of the processor for each block: the median of all syncs. */
export function cpuMsPerBlock(standing: Standing, part: Part): number {
  return median(samplesOf(standing, part).map(({ amount, cpuMs }) => cpuMs / amount))
}

/** The largest amount of all syncs. */
export function largest(standing: Standing, part: 'resident bytes'): number {
  return Math.max(...samplesOf(standing, part).map(({ amount }) => amount))
}

/** Parts of the wire that carried no block: 0.05 is one byte for each twenty of blocks. */
export function overheadOf(standing: Standing, payloadBytes: number): number {
  return median(samplesOf(standing, 'wire bytes').map(({ amount }) => amount)) / payloadBytes - 1
}

/** What took most of the processor, and which part of the client's whole it was. */
export function bottleneckOf(standing: Standing): { readonly stage: Stage; readonly part: number } {
  const whole = cpuMsPerBlock(standing, 'client')
  const shares = stages.map((stage) => {
    return { stage, part: cpuMsPerBlock(standing, `stage: ${stage}`) / whole }
  })
  return shares.reduce((most, share) => (share.part > most.part ? share : most))
}

function samplesOf({ samples }: Standing, part: Part): readonly Sample[] {
  const found = samples.filter((sample) => sample.part === part)
  assert(found.length > 0, `samples of ${part}`)
  return found
}

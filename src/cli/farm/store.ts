/**
 * What Redis holds of a sweep beside its queue: what was asked for, and the record of each run by its key. A run that is
 * told again changes nothing, unless it came out otherwise: then the other record is kept as well.
 */
import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { UsageError } from '../exit.ts'
import { sameRun } from '../merge/mark.ts'
import { parseRunLine } from '../merge/run-line.ts'
import type { Revision } from '../revision.ts'
import { type Job, keyOf } from '../sim/job.ts'
import type { SweepPlan } from '../sim/plan.ts'
import type { RunReport } from '../sim/report.ts'
import { jsonLine } from '../sim/reporter/json.ts'
import type { RunLogHead } from '../sim/run-log.ts'

/** A sweep on the farm. */
export interface FarmSweep {
  /** 12 digits that follow from the sources and the plan: the same sweep is one, however often it is asked for. */
  readonly id: string
  readonly plan: SweepPlan
  readonly revision: Revision | undefined
}

const sweepsKey = 'alys:farm:sweeps'

export function sweepOf(plan: SweepPlan, revision: Revision | undefined): FarmSweep {
  const hash = createHash('sha256')
    .update(JSON.stringify([revision, plan]))
    .digest('hex')
  return { id: hash.slice(0, 12), plan, revision }
}

export function queueName({ id }: Pick<FarmSweep, 'id'>): string {
  return `alys-farm-${id}`
}

export class FarmStore {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  /** Puts a sweep in, as the latest. */
  async put(sweep: FarmSweep, nowMs: number): Promise<void> {
    const { id, plan, revision } = sweep
    const head: RunLogHead = { format: 'alys-runs', version: 1, ...revision, plan }
    await this.#redis.set(this.#key(id, 'head'), JSON.stringify(head))
    await this.#redis.hsetnx(this.#key(id, 'times'), 'begun', nowMs)
    await this.#redis.zadd(sweepsKey, nowMs, id)
  }

  /** The sweep of this id, or the latest; a usage error if there is none. */
  async sweep(id: string | undefined): Promise<FarmSweep> {
    const ids = await this.#redis.zrevrange(sweepsKey, 0, -1)
    const chosen = id ?? ids[0]
    const head = chosen === undefined ? null : await this.#redis.get(this.#key(chosen, 'head'))
    if (chosen === undefined || head === null) {
      const there = ids.length === 0 ? 'none, "alys farm" begins one' : ids.join(', ')
      throw new UsageError(
        `--sweep ${id ?? '(latest)'}: there is no such sweep; there are: ${there}`,
      )
    }
    const line = parseRunLine(head)
    if (line.ok && line.value.kind === 'plan') return { id: chosen, ...line.value }
    throw new UsageError(`sweep ${chosen} is not understood: ${line.ok ? 'no plan' : line.fault}`)
  }

  /** Keeps what a run came to. */
  async add({ id, revision }: FarmSweep, report: RunReport, nowMs: number): Promise<void> {
    const line = jsonLine(report, revision)
    const key = keyOf(report)
    const isNew = await this.#redis.hsetnx(this.#key(id, 'runs'), key, line)
    if (isNew === 1) {
      await this.#redis.hset(this.#key(id, 'times'), 'last', nowMs)
      return
    }
    const known = await this.#redis.hget(this.#key(id, 'runs'), key)
    const other = reportIn(known, key)
    if (other !== undefined && !sameRun(other, report)) {
      await this.#redis.hset(this.#key(id, 'others'), key, line)
    }
  }

  /** What is known of some runs, in their order. */
  async runs({ id }: FarmSweep, jobs: readonly Job[]): Promise<readonly (RunReport | undefined)[]> {
    if (jobs.length === 0) return []
    const keys = jobs.map(keyOf)
    const lines = await this.#redis.hmget(this.#key(id, 'runs'), ...keys)
    return lines.map((line, index) => reportIn(line, keys[index] ?? ''))
  }

  /** The keys of runs that came out in two ways, with the digest of the other one. */
  async conflicts({ id }: FarmSweep): Promise<ReadonlyMap<string, string>> {
    const lines = await this.#redis.hgetall(this.#key(id, 'others'))
    return new Map(
      Object.entries(lines).map(([key, line]) => [key, reportIn(line, key)?.digest ?? '']),
    )
  }

  /** From when it was asked for to its last result. */
  async elapsedMs({ id }: FarmSweep): Promise<number> {
    const { begun = '0', last = begun } = await this.#redis.hgetall(this.#key(id, 'times'))
    return Math.max(0, Number(last) - Number(begun))
  }

  #key(id: string, what: 'head' | 'runs' | 'others' | 'times'): string {
    return `alys:farm:${id}:${what}`
  }
}

function reportIn(line: string | null, key: string): RunReport | undefined {
  if (line === null) return undefined
  const parsed = parseRunLine(line)
  if (parsed.ok && parsed.value.kind === 'run') return parsed.value.report
  throw new UsageError(`the record of ${key}: ${parsed.ok ? 'not of a run' : parsed.fault}`)
}

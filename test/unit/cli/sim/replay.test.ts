import { beforeAll, describe, expect, test } from 'vitest'
import { bundleOf } from '../../../../src/cli/sim/bundle.ts'
import type { PresentBundle } from '../../../../src/cli/sim/bundle-schema.ts'
import { jobOf } from '../../../../src/cli/sim/job.ts'
import { thisMaker } from '../../../../src/cli/sim/maker.ts'
import { withRecord } from '../../../../src/cli/sim/record.ts'
import { type ReplayOptions, replay } from '../../../../src/cli/sim/replay.ts'
import { runJob } from '../../../../src/cli/sim/run.ts'

const job = { scenario: 'quorum-lost', seed: 1, crypto: 'ideal', network: 'model' } as const
let bundle: PresentBundle

beforeAll(async () => {
  bundle = bundleOf(await withRecord(await runJob(job)), thisMaker())
})

async function replayed(
  options: Partial<ReplayOptions>,
): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
  const lines: string[] = []
  const code = await replay({
    ...{ job: jobOf(options.bundle ?? job), until: undefined, breakFrom: undefined },
    ...{ isTrace: false, hasStates: false, isJson: false, bundle: undefined, ...options },
    print: (line) => void lines.push(line),
  })
  return { code, lines }
}

/** As if other sources had run otherwise from the middle on. */
function fromOtherSources(more: Partial<PresentBundle> = {}): PresentBundle {
  const { decisions } = bundle
  if (decisions === undefined) throw new Error('a bundle with decisions')
  const half = decisions.checkpoints.length >> 1
  const digest = 'f'.repeat(16)
  const checkpoints = decisions.checkpoints.map((each, index) =>
    index < half ? each : { ...each, digest },
  )
  const violation = { property: 'agreement', detail: 'two blocks', atMs: 20_000 }
  return {
    ...bundle,
    ...{ digest, outcome: 'violated', violation, decisions: { ...decisions, checkpoints } },
    made: { ...bundle.made, sources: '0123456789abcdef' },
    ...more,
  }
}

describe('a bundle that is replayed', () => {
  test('is the same run, as long as the sources are', async () => {
    const { code, lines } = await replayed({ bundle })
    expect(lines.at(-1)).toBe('Digest and violation are the same as in the bundle.')
    expect(code).toBe(0)
  })

  test('of other sources may be another run, which is judged by what it breaks', async () => {
    const { code, lines } = await replayed({ bundle: fromOtherSources() })
    const half = bundle.decisions?.checkpoints[(bundle.decisions.checkpoints.length >> 1) - 1]
    expect(lines.some((line) => line.startsWith('It is the same up to '))).toBe(true)
    expect(lines.join('\n')).toContain('No random stream was used otherwise by then.')
    expect(lines.join('\n')).toContain('The sources have changed since, which explains it.')
    const since = ((half?.atMs ?? 0) / 1_000).toFixed(1)
    expect(lines.at(-1)).toBe(
      `The run differs since ${since} s, and breaks nothing: it broke agreement.`,
    )
    expect(code).toBe(0)
  })

  test('of the same sources must be the same run', async () => {
    const { code, lines } = await replayed({ bundle: fromOtherSources({ made: bundle.made }) })
    expect(lines.join('\n')).toContain('The sources are the same, so they are not deterministic:')
    expect(code).toBe(3)
  })

  test('has the faults of its plan, and no others', async () => {
    const plan = [{ kind: 'pause', node: 'n0', atMs: 1_000, forMs: 700 }] as const
    const other = fromOtherSources({ plan })
    const { lines } = await replayed({ bundle: other, isTrace: true })
    const faults = lines.filter((line) => line.includes('fault: '))
    expect(faults.map((line) => line.trim().replaceAll(/ +/g, ' '))).toEqual([
      '1.000000 n0 fault: pause forMs=700',
    ])
    // Without its quorum lost, the story has nothing to tell.
    expect(bundle.plan.map(({ kind }) => kind)).not.toContain('pause')
  })

  test('by its seed has those that are drawn', async () => {
    const other = fromOtherSources({ plan: [], replays: 'seed' })
    const { lines } = await replayed({ bundle: other, isTrace: true })
    expect(lines.filter((line) => line.includes('fault: ')).length).toBe(bundle.plan.length)
  })

  test('is one object for programs', async () => {
    const { lines } = await replayed({ bundle: fromOtherSources(), isJson: true })
    expect(lines.length).toBe(1)
    const record = JSON.parse(lines[0] ?? '')
    expect(record).toMatchObject({ version: 1, scenario: 'quorum-lost', isSame: false })
    expect(record.sameUntilMs).toBeGreaterThan(0)
  })
})

describe('a run that is stopped', () => {
  test('before an event has had so many', async () => {
    const { code, lines } = await replayed({ until: { event: 1_234 } })
    expect(lines.at(-1)).toMatch(
      /^stopped at \d+\.\d{6} s: nothing was violated so far, .*, 1234 events$/,
    )
    expect(code).toBe(0)
  })

  test('shows its nodes if asked to: who is up, how far they are, what is in force', async () => {
    const crash = bundle.plan.find(({ kind }) => kind === 'crash')
    const until = { ms: (crash?.atMs ?? 0) + 500 }
    const { lines } = await replayed({ until, hasStates: true })
    const from = lines.findIndex((line) => line.startsWith('The nodes at '))
    expect(lines[from + 1]).toMatch(
      /^node +is +life +committed +head +slot +sync +mailboxes +in force$/,
    )
    const rows = lines.slice(from + 2).map((line) => line.split(/ {2,}/))
    expect(rows.map(([name]) => name)).toEqual(bundle.world?.nodes)
    const down = rows.filter(([, is]) => is === 'down')
    expect(down.length).toBeGreaterThan(0)
    expect(rows.some(([, is, , committed]) => is === 'up' && Number(committed) > 0)).toBe(true)
    expect(rows.find(([, is]) => is === 'up')?.[7]).toMatch(/^(empty|\w.* \d+) \(most \d+\)$/)
  })
})

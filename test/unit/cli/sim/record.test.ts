import { describe, expect, test } from 'vitest'
import { bundleOf, bundleText } from '../../../../src/cli/sim/bundle.ts'
import { bundleBytesMax, parseBundle } from '../../../../src/cli/sim/bundle-schema.ts'
import { checkpointsMax } from '../../../../src/cli/sim/decisions.ts'
import { jobOf } from '../../../../src/cli/sim/job.ts'
import { thisMaker } from '../../../../src/cli/sim/maker.ts'
import { withRecord } from '../../../../src/cli/sim/record.ts'
import type { RunReport } from '../../../../src/cli/sim/report.ts'
import { runJob } from '../../../../src/cli/sim/run.ts'
import { toldByBundle } from '../../../../src/cli/sim/told.ts'

const runOf = (scenario: string, seed: number): Promise<RunReport> =>
  runJob({ scenario, seed, crypto: 'ideal', network: 'model' })

describe('a run that is recorded', () => {
  test('is repeated by what it was made of, and leaves the use of its streams', async () => {
    const report = await runOf('swarm', 2)
    const { recorded, ...rest } = await withRecord(report)
    expect(rest).toEqual(report)
    expect(recorded?.by).toBe('recipe')
    expect(report.parts?.world).toMatchObject({ members: 5, nodes: ['n0', 'n1', 'n2', 'n3', 'n4'] })
    const { checkpoints = [], streams = [], everyEvents = 0 } = recorded?.decisions ?? {}
    expect(checkpoints.length).toBe(Math.floor(report.events / everyEvents))
    expect(checkpoints.length).toBeLessThanOrEqual(checkpointsMax)
    const labels = streams.map(({ label }) => label)
    expect(labels).toEqual(
      expect.arrayContaining([
        'swarm/2/story',
        'swarm/2/link/n0>n1',
        'swarm/2/host/n0/life/1/node/network/peer#1',
      ]),
    )
    // What is given is not drawn.
    expect(labels.filter((label) => /plan|world|transfers/.test(label))).toEqual([])
    // The same again, from the bundle.
    const bundle = parseBundle(
      bundleText(bundleOf({ ...report, ...{ recorded } } as RunReport, thisMaker())),
    )
    if (!bundle.ok || bundle.value.version !== 3) throw new Error('a bundle of the third version')
    expect(bundle.value.decisions).toEqual(recorded?.decisions)
    const again = await runJob(jobOf(bundle.value), {}, toldByBundle(bundle.value))
    expect(again.digest).toBe(report.digest)
  })

  test('of which the digest was another is like no other', async () => {
    const report = await runOf('one-crash-of-three', 1)
    const { outcome, failure } = await withRecord({ ...report, digest: '0123456789abcdef' })
    expect(outcome).toBe('nondeterministic')
    expect(failure?.property).toBe('determinism')
    expect(failure?.detail).toContain(`came to ${report.digest}, not 0123456789abcdef`)
  })

  test('fits in a bundle with all that is known of it, even if it has the most streams of all', async () => {
    const report = await withRecord(await runOf('members-meet', 1))
    const bundle = bundleOf(report, thisMaker())
    expect(bundle.decisions).toEqual(report.recorded?.decisions)
    expect(bundleText(bundle).length).toBeLessThan(bundleBytesMax / 2)
  })
})

import { describe, expect, test } from 'vitest'
import { bundleName, bundleOf, parseBundle } from '../../../../src/cli/sim/bundle.ts'
import { differencesFrom } from '../../../../src/cli/sim/replay.ts'
import { reportOf } from '../../../support/run-reports.ts'

const plan = [{ atMs: 2_000, kind: 'crash', node: 'n3', forMs: 500 }] as const
const report = reportOf('swarm', 123, 'violated', { plan })
const backwards = [2, 1].map((atMs) => ({ atMs, seed: 1 }))
const bundle = bundleOf(report, '26.1.0', { commit: 'abc123', isDirty: false })

describe('a bundle', () => {
  test('says how to repeat the run, what it came to, and where that was', () => {
    expect(bundle).toEqual({
      format: 'alys-bundle',
      version: 2,
      scenario: 'swarm',
      seed: 123,
      crypto: 'ideal',
      network: 'model',
      reseeds: [],
      mix: 'swarm',
      outcome: 'violated',
      digest: '00112233aabbccdd',
      violation: report.failure,
      node: '26.1.0',
      commit: 'abc123',
      isDirty: false,
      plan,
      command: 'npx alys replay swarm --seed 123',
    })
  })

  test('is read as it was written', () => {
    expect(parseBundle(JSON.stringify(bundle))).toEqual({ ok: true, value: bundle })
    const bare = bundleOf(reportOf('calm', 1, 'crashed', { digest: '' }), '26.1.0', undefined)
    expect(parseBundle(JSON.stringify(bare))).toEqual({ ok: true, value: bare })
  })

  test('of a time before there was a choice of networks is of the model', () => {
    const { network: _, ...old } = bundle
    expect(parseBundle(JSON.stringify(old))).toEqual({ ok: true, value: bundle })
  })

  test('of the first version has no later seeds', () => {
    const { reseeds: _, ...first } = { ...bundle, version: 1 }
    const value = { ...bundle, version: 1 }
    expect(parseBundle(JSON.stringify(first))).toEqual({ ok: true, value })
  })

  test('has the later seeds of its run, in its command and by a mark in its name', () => {
    const reseeds = [
      { atMs: 12_400.001, seed: 77 },
      { atMs: 30_000, seed: 1 },
    ]
    const one = bundleOf({ ...report, reseeds }, '26.1.0', undefined)
    expect(parseBundle(JSON.stringify(one))).toEqual({ ok: true, value: one })
    expect(one.reseeds).toEqual(reseeds)
    expect(one.command).toMatch(/ --seed 123 --reseed 12.400001s:77 --reseed 30s:1$/)
    expect(bundleName({ ...report, reseeds })).toMatch(/^swarm-123-r[0-9a-f]{8}\.bundle\.json$/)
    expect(bundleName({ ...report, reseeds })).not.toBe(
      bundleName({ ...report, reseeds: reseeds.slice(1) }),
    )
  })

  test.each([
    ['not JSON', '{', 'it is not JSON'],
    ['something else', '{"name":"alys"}', 'format: '],
    ['of a later version', JSON.stringify({ ...bundle, version: 3 }), 'version: '],
    ['without a sound seed', JSON.stringify({ ...bundle, seed: -1 }), 'seed: '],
    ['with half a digest', JSON.stringify({ ...bundle, digest: '0011' }), 'digest: '],
    ['not an object', '[]', 'the whole: '],
    [
      'with later seeds in disorder',
      JSON.stringify({ ...bundle, reseeds: backwards }),
      'reseeds: ',
    ],
  ])('that is %s is refused', (_what, text, reason) => {
    const parsed = parseBundle(text)
    expect(parsed.ok ? '' : parsed.fault).toContain(reason)
  })

  test('is named for its run', () => {
    expect(bundleName(report)).toBe('swarm-123.bundle.json')
    expect(bundleName({ ...report, crypto: 'real' })).toBe('swarm-123-real.bundle.json')
    expect(bundleName({ ...report, network: 'stack' })).toBe('swarm-123-stack.bundle.json')
  })
})

describe('a run that is repeated', () => {
  test('may be the same', () => {
    expect(differencesFrom(bundle, { ...report, wallMs: 1 })).toEqual([])
  })

  test('may be another', () => {
    expect(differencesFrom(bundle, reportOf('swarm', 123, 'held', { digest: 'ff' }))).toEqual([
      'digest: 00112233aabbccdd then, ff now',
      'outcome: violated then, held now',
      'property: agreement then, none now',
      'virtual time: 12345.5 then, none now',
    ])
  })
})

import { describe, expect, test } from 'vitest'
import { faultCatalogue } from '../../../../sim/cluster/fault/catalogue.ts'
import { localLink } from '../../../../sim/link.ts'
import { SimRandom } from '../../../../sim/random.ts'
import { bundleName, bundleOf, bundleText } from '../../../../src/cli/sim/bundle.ts'
import { bundleBytesMax, checksumOf, parseBundle } from '../../../../src/cli/sim/bundle-schema.ts'
import { differencesFrom } from '../../../../src/cli/sim/replay-verdict.ts'
import type { RunReport } from '../../../../src/cli/sim/report.ts'
import { reportOf } from '../../../support/run-reports.ts'

const plan = [{ atMs: 2_000, kind: 'crash', node: 'n3', forMs: 500 }] as const
const maker = {
  ...{ node: '26.1.0', v8: '14.6', alys: '0.1.0', lock: '0011223344556677' },
  ...{ sources: '8899aabbccddeeff', revision: { commit: 'abc123', isDirty: false } },
}
const made = { alys: '0.1.0', v8: '14.6', lock: '0011223344556677', sources: '8899aabbccddeeff' }
const checkpoint = { events: 100, atMs: 1.5, digest: 'ffeeddccbbaa9988' }
const stream = { label: 'swarm/123/world', draws: 7, checksum: '89abcdef', stretches: '7' }
const decisions = { everyEvents: 100, checkpoints: [checkpoint], streams: [stream] }
const world = { nodes: ['n0', 'n1', 'n2', 'n3'], members: 4, link: localLink, own: [] }
const transfers = [{ atMs: 700, from: 1, to: 2, node: 'n1', amount: 500, fee: 3 }]
const parts = { world, transfers, sendingEndMs: 9_000 } as const
const recorded = { by: 'recipe', decisions } as const
const report = reportOf('swarm', 123, 'violated', { plan, parts, recorded })
const backwards = [2, 1].map((atMs) => ({ atMs, seed: 1 }))
const { checksum, ...bundle } = bundleOf(report, maker)

/** A bundle with a field that is another, and no checksum to tell. */
function withField(field: object): string {
  return JSON.stringify({ ...bundle, ...field })
}

describe('a bundle', () => {
  test('says how to repeat the run, what it came to, and where that was', () => {
    expect(bundle).toEqual({
      format: 'alys-bundle',
      version: 3,
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
      made,
      command: 'npx alys replay swarm --seed 123',
      replays: 'recipe',
      world,
      transfers,
      sendingEndMs: 9_000,
      plan,
      decisions,
    })
    expect(checksum).toMatch(/^[0-9a-f]{16}$/)
  })

  test('is read as it was written', () => {
    const sealed = { ...bundle, checksum }
    expect(parseBundle(bundleText(sealed))).toEqual({ ok: true, value: sealed })
    const bare = bundleOf(reportOf('calm', 1, 'crashed', { digest: '' }), maker)
    expect(parseBundle(bundleText(bare))).toEqual({ ok: true, value: bare })
    expect(bare.replays).toBe('seed')
  })

  test('is the same text whoever reads it: one line a fault, a checkpoint, a stream', () => {
    const lines = bundleText(bundle).split('\n')
    expect(lines).toContain('    {"atMs":2000,"kind":"crash","node":"n3","forMs":500}')
    expect(lines).toContain(`      ${JSON.stringify(stream)}`)
    expect(JSON.parse(bundleText(bundle))).toEqual(bundle)
  })

  test('of the first two versions has less, and is read as well', () => {
    const { made: _, replays: __, decisions: ___, ...rest } = bundle
    const { world: ____, transfers: _____, sendingEndMs: ______, ...second } = rest
    const old = { ...second, version: 2, plan: [{ anything: 'goes' }] }
    expect(parseBundle(JSON.stringify(old))).toEqual({ ok: true, value: old })
    // The first had no later seeds, and before that there was no choice of networks.
    const { reseeds: _a, network: _b, plan: _c, ...first } = { ...old, version: 1 }
    const value = { ...first, reseeds: [], network: 'model' }
    expect(parseBundle(JSON.stringify(first))).toEqual({ ok: true, value })
  })

  test('has the later seeds of its run, in its command and by a mark in its name', () => {
    const reseeds = [
      { atMs: 12_400.001, seed: 77 },
      { atMs: 30_000, seed: 1 },
    ]
    const one = bundleOf({ ...report, reseeds }, maker)
    expect(parseBundle(JSON.stringify(one))).toEqual({ ok: true, value: one })
    expect(one.reseeds).toEqual(reseeds)
    expect(one.command).toMatch(/ --seed 123 --reseed 12.400001s:77 --reseed 30s:1$/)
    expect(bundleName({ ...report, reseeds })).toMatch(/^swarm-123-r[0-9a-f]{8}\.bundle\.json$/)
    expect(bundleName({ ...report, reseeds })).not.toBe(
      bundleName({ ...report, reseeds: reseeds.slice(1) }),
    )
  })

  test.each([
    ['not JSON', '{', 'it is not JSON, or was cut off: '],
    ['cut off', bundleText(bundle).slice(0, -40), 'it is not JSON, or was cut off: '],
    [
      'something else',
      '{"name":"alys"}',
      'format: it is not there: Invalid input: expected "alys-',
    ],
    [
      'another file',
      withField({ format: 'alys-sweep' }),
      'format: it is "alys-sweep": Invalid input',
    ],
    [
      'of a later version',
      withField({ version: 4, made: { ...made, alys: '0.9.0' } }),
      'version: it is 4, written by alys 0.9.0 on Node.js 26.1.0; this program reads 1 to 3',
    ],
    ['of no version', withField({ version: 'new' }), 'version: it is "new": '],
    ['without a sound seed', withField({ seed: -1 }), 'seed: it is -1: '],
    ['with half a digest', withField({ digest: '0011' }), 'digest: it is "0011": '],
    ['not an object', '[]', 'the whole: '],
    ['with later seeds in disorder', withField({ reseeds: backwards }), 'reseeds: '],
    ['without a plan', withField({ plan: undefined }), 'plan: it is not there: '],
    ['with hours of endless text', `"${'x'.repeat(20_000_000)}"`, 'it has 20000002 characters'],
    [
      'with a fault of no kind',
      withField({ plan: [{ kind: 'flood', atMs: 1 }] }),
      'plan.0.kind: it is "flood": expected a kind of fault',
    ],
    [
      'with a fault before the beginning',
      withField({ plan: [{ ...plan[0], atMs: -1 }] }),
      'plan.0.atMs: it is -1: ',
    ],
    [
      'with a fault that befalls nobody',
      withField({ plan: [plan[0], { ...plan[0], node: undefined }] }),
      'plan.1.node: it is not there: a fault "crash" needs it',
    ],
    [
      'with a fault at a place that is none',
      withField({ plan: [{ ...plan[0], node: '../n1' }] }),
      'plan.0.node: it is "../n1": expected the name of a node',
    ],
    [
      'with a fact of another fault',
      withField({ plan: [{ ...plan[0], perMillion: 3 }] }),
      'plan.0.perMillion: it is 3: a fault "crash" has no such fact: it has ',
    ],
    [
      'with a key of a commit that is durable',
      withField({ plan: [{ ...plan[0], on: { disk: 'commit-durable', key: 'final/' } }] }),
      'plan.0.on.key: it is "final/": expected a commit that has begun',
    ],
    [
      'with a rate above all',
      withField({ plan: [{ kind: 'lose', atMs: 1, forMs: 1, perMillion: 2e6 }] }),
      'plan.0.perMillion: it is 2000000: ',
    ],
    [
      'with a checkpoint at the wrong place',
      withField({ decisions: { ...decisions, checkpoints: [{ ...checkpoint, events: 7 }] } }),
      'decisions.checkpoints.0.events: it is 7: expected 100, as there is one every 100',
    ],
    [
      'with more draws between checkpoints than there are',
      withField({ decisions: { ...decisions, streams: [{ ...stream, stretches: '8' }] } }),
      'decisions.streams.0.stretches: it is "8": expected at most 1 numbers, together at most 7',
    ],
    [
      'with a world that has nobody',
      withField({ world: { ...world, members: 0 } }),
      'world.members: it is 0: ',
    ],
    [
      'with a link that takes less than it takes at least',
      withField({
        world: {
          ...world,
          link: { ...localLink, latency: { kind: 'uniform', minUs: 2, maxUs: 1 } },
        },
      }),
      'world.link.latency: it is {"kind":"uniform","minUs":2,"maxUs":1}: expected the least to be at most the most',
    ],
    [
      'with a liar of no kind',
      withField({ world: { ...world, liars: { n1: 'fibber' } } }),
      'world.liars.n1: it is "fibber": ',
    ],
    [
      'with a setting that there is not',
      withField({ world: { ...world, tuning: { speed: 3 } } }),
      'world.tuning: it is {"speed":3}: expected some of mailboxMax, ',
    ],
    [
      'with a transfer of less than nothing',
      withField({ transfers: [{ ...transfers[0], amount: -1 }] }),
      'transfers.0.amount: it is -1: ',
    ],
    [
      'with a recipe that lacks something',
      withField({ transfers: undefined }),
      'replays: it is "recipe": expected a world and transfers',
    ],
    [
      'changed since',
      JSON.stringify({ ...bundle, seed: 124, checksum }),
      `checksum: it is "${checksum}", and not that of the rest: the file was damaged`,
    ],
  ])('that is %s is refused', (_what, text, reason) => {
    const parsed = parseBundle(text)
    expect(parsed.ok ? '' : parsed.fault).toContain(reason)
  })

  test('may be changed by hand, if its checksum is taken out', () => {
    expect(parseBundle(withField({ seed: 124 }))).toMatchObject({ ok: true, value: { seed: 124 } })
  })

  test('has a checksum of its content, whatever the order', () => {
    expect(checksumOf({ b: 1, a: { d: [1, 2], c: undefined } })).toBe(
      checksumOf({ a: { d: [1, 2] }, b: 1 }),
    )
    expect(checksumOf({ a: [1, 2] })).not.toBe(checksumOf({ a: [2, 1] }))
  })

  test('takes every fault that can be drawn', () => {
    const realm = { names: ['n0', 'n1', 'n2', 'n3', 'n4'], harmable: () => ['n2'] }
    const drawn = faultCatalogue.flatMap((rule) =>
      Array.from({ length: 200 }, (_, atMs) => {
        const random = new SimRandom(`${rule.kind}/${atMs}`)
        return { ...rule.draw(random, realm), kind: rule.kind, atMs }
      }),
    )
    const parsed = parseBundle(withField({ plan: drawn }))
    expect(parsed.ok ? '' : parsed.fault).toBe('')
  })

  test('has room for what matters, however much there is', () => {
    const labels = Array.from({ length: 20_000 }, (_, index) => `swarm/123/host/n${index}`)
    const streams = labels.map((label) => ({ ...stream, label }))
    const long = (more: Partial<RunReport>, by: string): number => {
      const sealed = bundleOf({ ...report, ...more }, maker)
      expect(parseBundle(bundleText(sealed))).toEqual({ ok: true, value: sealed })
      expect(sealed.replays).toBe(by)
      return bundleText(sealed).length
    }
    const many = { ...recorded, decisions: { ...decisions, streams } }
    expect(long({ recorded: many }, 'recipe')).toBeLessThanOrEqual(bundleBytesMax)
    const failure = { property: 'no-crash', detail: 'x'.repeat(3_000_000), atMs: 1 }
    expect(long({ failure }, 'recipe')).toBeLessThanOrEqual(bundleBytesMax)
    const sent = Array.from({ length: 30_000 }, () => ({ ...transfers[0] })) as typeof transfers
    expect(long({ parts: { world, transfers: sent } }, 'plan')).toBeLessThanOrEqual(bundleBytesMax)
    const faults = Array.from({ length: 30_000 }, () => ({ ...plan[0] }))
    expect(long({ plan: faults }, 'seed')).toBeLessThanOrEqual(bundleBytesMax)
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

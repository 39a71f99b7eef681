import { expect, test } from 'vitest'
import { readMeasured } from '../../bench/sync/measured.ts'
import { stageTimesOf } from '../../bench/sync/profile.ts'
import {
  bottleneckOf,
  clientOf,
  cpuMsPerBlock,
  largest,
  overheadOf,
  reportOf,
} from '../../bench/sync/samples.ts'

interface Node {
  readonly id: number
  readonly functionName: string
  readonly url: string
  readonly children?: readonly number[]
}

function profileOf(nodes: readonly Node[], samples: readonly (readonly [number, number])[]) {
  return JSON.stringify({
    nodes: nodes.map(({ id, functionName, url, children = [] }) => {
      return { id, callFrame: { functionName, url }, children }
    }),
    samples: samples.map(([id]) => id),
    timeDeltas: samples.map(([, micros]) => micros),
  })
}

const root = 'file:///alys'
const nodes: readonly Node[] = [
  { id: 1, functionName: '(root)', url: '', children: [2, 5, 6, 7] },
  { id: 2, functionName: 'newPayload', url: `${root}/src/ledger/ledger.ts`, children: [3, 8] },
  { id: 3, functionName: 'hashBytes', url: `${root}/src/protocol/hash.ts`, children: [4] },
  { id: 4, functionName: 'update', url: `${root}/node_modules/some-hash/index.js` },
  { id: 5, functionName: '(idle)', url: '' },
  { id: 6, functionName: '(garbage collector)', url: '' },
  { id: 7, functionName: 'compile', url: 'node:internal/modules/run_main' },
  {
    ...{ id: 8, functionName: 'checkSignature', children: [9] },
    url: `${root}/src/protocol/execution/transaction.ts`,
  },
  { id: 9, functionName: 'verifyOneShot', url: 'node:internal/crypto/sig' },
]

test('a hash counts for whoever wanted it, a signature for the transfers, idleness for nobody', () => {
  const samples = [
    [4, 300],
    [2, 100],
    [9, 400],
    [5, 5_000],
    [6, 100],
    [7, 100],
  ] as const
  const times = stageTimesOf(profileOf(nodes, samples), 1_000)
  expect(times.execution).toBeCloseTo(400)
  expect(times['transaction signatures']).toBeCloseTo(400)
  expect(times.garbage).toBeCloseTo(100)
  expect(times.engine).toBeCloseTo(100)
  expect(times.network).toBe(0)
})

test('what the thread waited for the processor is not counted', () => {
  const times = stageTimesOf(
    profileOf(nodes, [
      [2, 3_000_000],
      [6, 1_000_000],
    ]),
    2_000,
  )
  expect(times.execution).toBeCloseTo(1_500)
  expect(times.garbage).toBeCloseTo(500)
})

test('a thread that did nothing has no stages', () => {
  const times = stageTimesOf(profileOf(nodes, [[5, 1_000]]), 10)
  expect(Object.values(times).every((ms) => ms === 0)).toBe(true)
})

test('what is no profile is refused', () => {
  expect(() => stageTimesOf('{}', 1)).toThrow()
})

const client = {
  blocks: 100,
  hash: 'abcd',
  wallMs: 50,
  cpuMs: 40,
  mainThreadCpuMs: 30,
  residentBytesMax: 1_000,
  bytesReceived: 1_000,
  bytesSent: 50,
}

test('a sync is reported by its parts, and read again', () => {
  const stageTimes = stageTimesOf(
    profileOf(nodes, [
      [2, 900],
      [6, 100],
    ]),
    30,
  )
  const report = reportOf({ client, serverCpuMs: 5, stageTimes })
  expect(report.check).toBe('abcd')
  expect(cpuMsPerBlock(report, 'client')).toBeCloseTo(0.4)
  expect(cpuMsPerBlock(report, 'server')).toBeCloseTo(0.05)
  expect(cpuMsPerBlock(report, 'stage: execution')).toBeCloseTo(0.27)
  expect(largest(report, 'resident bytes')).toBe(1_000)
  expect(clientOf(report).samples).toEqual([{ part: 'client', amount: 100, cpuMs: 40, wallMs: 50 }])
  const { stage, part } = bottleneckOf(report)
  expect(stage).toBe('execution')
  expect(part).toBeCloseTo(27 / 40)
})

test('overhead is what goes both ways beyond the blocks', () => {
  expect(overheadOf(reportOf({ client }), 1_000)).toBeCloseTo(0.05)
})

test('a part that was not measured is not made up', () => {
  expect(() => cpuMsPerBlock(reportOf({ client }), 'server')).toThrow(/samples of server/)
})

test('a process is read by its last line', () => {
  expect(readMeasured(`listens\n${JSON.stringify(client)}\n`)).toEqual(client)
  expect(() => readMeasured('listens\n')).toThrow()
})

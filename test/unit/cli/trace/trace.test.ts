/** Runs with somebody who looks on: why something happened, where two of them part, what is written of one. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeTrace } from '../../../../sim/trace/file.ts'
import type { Trace, TraceRecord } from '../../../../sim/trace/record.ts'
import { causesOf } from '../../../../sim/trace/slice.ts'
import { diff } from '../../../../src/cli/trace/diff.ts'
import { runTraced, type TracedRun } from '../../../../src/cli/trace/traced-run.ts'
import { why } from '../../../../src/cli/trace/why.ts'
import { writeTrace } from '../../../../src/cli/trace/write-trace.ts'

const untilMs = 9_000
const job = { scenario: 'leader-isolated', seed: 1, crypto: 'ideal', network: 'model' } as const

let run: TracedRun
let folder = ''
beforeAll(async () => {
  run = await runTraced({ job, untilMs })
  folder = mkdtempSync(join(tmpdir(), 'alys-trace-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What a command printed, as lines. */
function printed(command: (print: (line: string) => void) => unknown): readonly string[] {
  const lines: string[] = []
  command((line) => lines.push(line))
  return lines
}

/** The first block that anybody but its author committed. */
function commitIn({ records }: Trace): TraceRecord {
  const found = records.find((each) => each.kind === 'event' && each.event === 'block-committed')
  if (found === undefined) throw new Error('nothing is committed')
  return found
}

function whyOf(event: number, causesMax = 30, isJson = false): readonly string[] {
  return printed((print) => why({ trace: run.trace, event, causesMax, isJson, print }))
}

describe('a traced run', () => {
  test('is numbered, its causes lie before, and every turn follows from something but those of users', () => {
    const { records, header } = run.trace
    expect(header).toMatchObject({ scenario: 'leader-isolated', nodes: ['n0', 'n1', 'n2', 'n3'] })
    expect(header.digest).toBe(run.report.digest)
    expect(records.map(({ id }) => id)).toEqual([...records.keys()])
    expect(records.every(({ id, cause = -1 }) => cause < id)).toBe(true)
    const rootless = records.filter(({ kind, cause }) => kind === 'turn' && cause === undefined)
    expect(rootless).toEqual([])
  })

  test('knows that a block was committed because of a vote, which somebody sent because of a proposal', () => {
    const causes = causesOf(run.trace, commitIn(run.trace))
    const arrivals = causes.filter((each) => each.kind === 'arrival')
    expect(arrivals.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['finalise vote', 'proposal']),
    )
    for (const { cause = -1, from } of arrivals) {
      expect(run.trace.records[cause]).toMatchObject({ kind: 'turn', node: from })
    }
  })
})

describe('why', () => {
  test('shows the votes that made a certificate, though one alone is a cause', () => {
    const commit = commitIn(run.trace)
    const lines = whyOf(commit.id)
    expect(lines[0]).toContain(`Record #${commit.id} at `)
    const votes = lines.filter((line) => line.includes('finalise vote from'))
    expect(votes.some((line) => line.startsWith('>'))).toBe(true)
    expect(votes.some((line) => !line.startsWith('>'))).toBe(true)
    expect(lines.length).toBeLessThan(60)
  })

  test('folds a timer that comes again and again, and leaves out what there is no room for', () => {
    const last = run.trace.records.findLast(
      (each) => each.kind === 'turn' && each.message === 'tick',
    )
    const full = whyOf(last?.id ?? 0)
    expect(full.some((line) => /again each .*\(… \d+ more, to/.test(line))).toBe(true)
    const short = whyOf(commitIn(run.trace).id, 3).filter((line) => line.startsWith('>'))
    expect(short).toHaveLength(3)
    expect(short[0]).toMatch(/machine booted.*\(… \d+ more, to/)
  })

  test('gives all of it as JSON', () => {
    const { id } = commitIn(run.trace)
    const [text = '', ...rest] = whyOf(id, 2, true)
    expect(rest).toEqual([])
    const slice = JSON.parse(text)
    expect(slice.target.id).toBe(id)
    expect(slice.line.at(-1).id).toBe(id)
    expect(slice.line.length).toBeGreaterThan(10)
    expect(slice.names).toEqual(expect.arrayContaining(['slot 1', 'height 1']))
  })

  test('says which records there are to ask about, and if there is nothing to explain', () => {
    const { length } = run.trace.records
    expect(() => whyOf(length)).toThrow(
      `--event ${length}: there is no such record: they are numbered 0 to ${length - 1}`,
    )
    const lines = printed((print) =>
      why({ trace: run.trace, event: undefined, causesMax: 9, isJson: false, print }),
    )
    expect(lines).toEqual([
      expect.stringMatching(/^held: nothing was violated\. --event asks about/),
    ])
  })
})

describe('diff', () => {
  const compared = (second: Trace, isJson = false) => {
    const lines: string[] = []
    const print = (line: string): void => void lines.push(line)
    const isDifferent = diff({ first: run.trace, second, causesMax: 9, isJson, print })
    return { isDifferent, lines }
  }

  test('finds nothing between two runs of one seed', async () => {
    const again = await runTraced({ job, untilMs })
    expect(compared(again.trace)).toMatchObject({
      isDifferent: false,
      lines: ['The two runs are the same, record by record.', expect.anything(), expect.anything()],
    })
  })

  test('finds where chance has gone on otherwise, and shows the causes of both sides', async () => {
    const atMs = 4_000
    const other = await runTraced({ job: { ...job, reseeds: [{ atMs, seed: 7 }] }, untilMs })
    const { isDifferent, lines } = compared(other.trace)
    expect(isDifferent).toBe(true)
    expect(lines.filter((line) => /^How the (first|second) came to it:$/.test(line))).toHaveLength(
      2,
    )
    const [text = ''] = compared(other.trace, true).lines
    const { common, first, second } = JSON.parse(text)
    expect(common.id).toBe(first.record.id - 1)
    expect(first.record.id).toBe(second.record.id)
    expect(first.record).not.toEqual(second.record)
    // Not before the seed, and soon after.
    expect(Math.min(first.record.atUs, second.record.atUs)).toBeGreaterThanOrEqual(atMs * 1_000)
    expect(common.atUs).toBeLessThan((atMs + 2_000) * 1_000)
    // What lies before the difference is in both: whichever cause is, is the same.
    for (const { causes } of [first, second]) {
      for (const cause of causes)
        expect(cause).toEqual(JSON.parse(JSON.stringify(run.trace.records[cause.id])))
    }
  })

  test('says that a run has ended where the other goes on', async () => {
    const longer = await runTraced({ job, untilMs: untilMs + 500 })
    const { lines } = compared(longer.trace)
    expect(lines).toContain('The first has ended.')
  })

  test('compares parts of runs where both have records', () => {
    const { header, records } = run.trace
    expect(compared({ header, records: records.slice(100) }).isDifferent).toBe(false)
  })
})

describe('what is written', () => {
  const write = (changes: object): { file: string; lines: readonly string[] } => {
    const file = join(folder, 'run.json')
    const options = { trace: run.trace, file, isChrome: false, fromMs: 0, recordsMax: 1e6 }
    return { file, lines: printed((print) => writeTrace({ ...options, print, ...changes })) }
  }

  test('is read again as it was', () => {
    const { file, lines } = write({})
    const { records } = run.trace
    expect(decodeTrace(readFileSync(file, 'utf8'))).toEqual({ ok: true, value: run.trace })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain(`${records.length.toLocaleString('en-US')} records, 0.000000 s to `)
  })

  test('is a part, and says what is left out', () => {
    const { file, lines } = write({ fromMs: 2_000, recordsMax: 100 })
    const part = decodeTrace(readFileSync(file, 'utf8'))
    const records = part.ok ? part.value.records : []
    expect(records).toHaveLength(100)
    expect(records[0]?.atUs).toBeGreaterThanOrEqual(2_000_000)
    expect(records[0]).toEqual(run.trace.records[records[0]?.id ?? 0])
    expect(lines[1]).toMatch(/^[\d,]+ later records are left out: --from [\d.]+s has those/)
    expect(() => write({ fromMs: 3_600_000 })).toThrow('nothing happened from 3600 s on')
    expect(() => write({ file: folder })).toThrow(`--out ${folder}: `)
  })

  test('is JSON for Perfetto as well, with an arrow for each message whose sender is in it', () => {
    const { file } = write({ isChrome: true })
    const { traceEvents, otherData } = JSON.parse(readFileSync(file, 'utf8'))
    expect(otherData.digest).toBe(run.report.digest)
    const count = (phase: string): number =>
      traceEvents.filter(({ ph }: { ph: string }) => ph === phase).length
    const sent = run.trace.records.filter(
      ({ kind, cause = -1 }) => kind === 'arrival' && run.trace.records[cause]?.kind === 'turn',
    )
    expect(sent.length).toBeGreaterThan(100)
    expect([count('s'), count('f')]).toEqual([sent.length, sent.length])
  })
})

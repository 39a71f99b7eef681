/** A page holds the trace that it was given, and nothing of it is taken for markup. */
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { encodeTrace } from '../../../../sim/trace/file.ts'
import { pageOf } from '../../../../src/cli/view/page.ts'
import { madeRun } from '../../../support/viewer/made-run.ts'

test('the trace is in the page, packed', () => {
  const { header, records } = madeRun({ nodes: 3, slots: 2 })
  const trace = { header: { ...header, command: '</script><b>$& $1' }, records }
  const html = pageOf(trace)
  const data = /id="run-data"[^>]*>([^<]*)<\/script>/.exec(html)?.[1] ?? ''
  expect(gunzipSync(Buffer.from(data, 'base64')).toString()).toBe(encodeTrace(trace))
  expect(html.match(/id="run-data"/g)).toHaveLength(1)
})

test('what was known before a violation is pointed out, by numbers of records before it', () => {
  const trace = madeRun({ nodes: 4, slots: 6, isViolated: true })
  const [, ids = ''] = /data-known="([\d ]*)"/.exec(pageOf(trace)) ?? []
  const known = ids.split(' ').map((id) => trace.records[Number(id)])
  expect(known.length).toBeGreaterThan(3)
  expect(known.every((record) => record !== undefined && record.kind !== 'violation')).toBe(true)
  expect(pageOf(madeRun({ nodes: 3, slots: 2 }))).toContain('data-known=""')
})

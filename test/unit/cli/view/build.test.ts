/** That the page that is kept is what its sources are built to, and that it needs nothing else. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { buildViewer, viewerPath } from '../../../../src/cli/view/build.ts'

const kept = readFileSync(viewerPath, 'utf8')
/** So that a page of a run is little more than its run. */
const bytesMax = 300_000

test('the page that is kept is the one that is built', async () => {
  expect((await buildViewer()) === kept, 'npm run build:viewer').toBe(true)
})

test('the page without a run is small', () => {
  expect(Buffer.byteLength(kept)).toBeLessThan(bytesMax)
})

test('the page asks for nothing: no link, no picture, no script from elsewhere', () => {
  const addresses = [...kept.matchAll(/\bhttps?:\/\/[^\s"'`)<]+/g)].map(([address]) => address)
  // Namespaces of XML, which nobody fetches.
  expect(addresses.filter((address) => !address.startsWith('http://www.w3.org/'))).toEqual([])
  const asking = /<(?:link|img|iframe)\b|\bsrc=|@import|url\((?!data:)/.exec(kept)
  expect(asking?.[0]).toBeUndefined()
  expect(kept.includes("default-src 'none'")).toBe(true)
})

test.each([['Google LLC'], ['Leon Sorokin']])('the licence of %s is in the page', (holder) => {
  expect(kept.includes(holder)).toBe(true)
})

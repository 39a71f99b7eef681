import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { writeNewFile } from '../../../../src/cli/node/durable-file.ts'

const root = mkdtempSync(join(tmpdir(), 'alys-durable-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('a new file is there whole, and nothing else is left', () => {
  const file = join(root, 'new')
  expect(writeNewFile(file, Uint8Array.of(1, 2, 3))).toEqual({ ok: true, value: undefined })
  expect(new Uint8Array(readFileSync(file))).toEqual(Uint8Array.of(1, 2, 3))
  expect(readdirSync(root)).toEqual(['new'])
})

test('a file that is there is not overwritten', () => {
  const file = join(root, 'new')
  expect(writeNewFile(file, Uint8Array.of(9))).toMatchObject({ fault: { code: 'exists' } })
  expect(new Uint8Array(readFileSync(file))).toEqual(Uint8Array.of(1, 2, 3))
})

test('what cannot be written leaves nothing behind, and says where', () => {
  writeFileSync(join(root, 'file'), '')
  const inside = join(root, 'file', 'new')
  const refused = writeNewFile(inside, Uint8Array.of(1))
  expect(refused).toMatchObject({ ok: false, fault: { code: 'io' } })
  expect(refused.ok ? '' : refused.fault.detail).toContain(`cannot write ${inside}`)
  expect(readdirSync(root).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['file', 'new'])
})

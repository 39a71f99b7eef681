import { expect, test } from 'vitest'
import { z } from 'zod'
import { wholeNumber } from '../../../../src/cli/node/fields.ts'
import { readToml, readTomlFile } from '../../../../src/cli/node/toml-file.ts'

const schema = z.strictObject({
  name: z.string(),
  level: z.enum(['low', 'high']).default('low'),
  rpc: z.strictObject({ port: wholeNumber(0, 65_535) }),
  peers: z.array(z.strictObject({ id: z.string() })).max(2),
})

function faultOf(text: string): string {
  const read = readToml(text, 'x.toml', schema)
  return read.ok ? 'none' : read.fault.detail
}

test('a text that fits is read, with defaults in place', () => {
  const read = readToml('name = "a"\npeers = []\n[rpc]\nport = 1\n', 'x.toml', schema)
  expect(read).toEqual({
    ok: true,
    value: { name: 'a', level: 'low', peers: [], rpc: { port: 1 } },
  })
})

test('what is not TOML is told by its line', () => {
  expect(faultOf('name = "a"\n\nport = = 1\n')).toMatch(/^x\.toml: line 3, column \d+: /)
})

test('an unknown field is named with its path', () => {
  const text = 'name = "a"\npeers = [{ id = "b", ip = 1 }]\n[rpc]\nport = 1\nhots = "c"\n'
  expect(faultOf(text)).toBe('x.toml: unknown field rpc.hots\nx.toml: unknown field peers[0].ip')
})

test('a wrong value is told with its path, itself, and what was expected', () => {
  const text = 'name = 5\nlevel = "mid"\npeers = []\n[rpc]\nport = 70000\n'
  expect(faultOf(text)).toBe(
    [
      'x.toml: name is 5; expected a text in quotes',
      'x.toml: level is "mid"; expected one of low, high',
      'x.toml: rpc.port is 70000; expected a whole number from 0 to 65535',
    ].join('\n'),
  )
})

test('a missing field is told as such, and a list that is too long', () => {
  const text = 'peers = [{ id = "a" }, { id = "b" }, { id = "c" }]\n[rpc]\nport = 1.5\n'
  expect(faultOf(text)).toBe(
    [
      'x.toml: name is missing; expected a text in quotes',
      'x.toml: rpc.port is 1.5; expected a whole number from 0 to 65535',
      'x.toml: peers is an array of 3; expected at most 2 entries',
    ].join('\n'),
  )
})

test('of many faults the first are shown', () => {
  const fields = Array.from({ length: 12 }, (_, index) => `peers = [${index}]`)
  const peers = `peers = [${fields.map(() => '{ id = 1 }').join(', ')}]`
  const many = z.strictObject({ peers: z.array(z.strictObject({ id: z.string() })) })
  const read = readToml(peers, 'x.toml', many)
  expect(!read.ok && read.fault.detail.split('\n')).toHaveLength(9)
  expect(!read.ok && read.fault.detail).toContain('… and 4 more')
})

test('a file that is missing is named', () => {
  expect(readTomlFile('/nowhere/x.toml', schema)).toEqual({
    ok: false,
    fault: { code: 'missing', detail: 'there is no file /nowhere/x.toml' },
  })
})

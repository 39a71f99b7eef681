import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { expect, onTestFinished, test } from 'vitest'
import { thisMachine } from '../../bench/machine.ts'
import { register } from '../../src/cli/command/bench.ts'
import { UsageError } from '../../src/cli/exit.ts'

function bench(...args: readonly string[]): Promise<unknown> {
  const program = new Command('alys').exitOverride()
  register(program)
  return program.parseAsync(['bench', ...args], { from: 'user' })
}

function reportOf(suite: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'alys-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'report.json')
  writeFileSync(file, JSON.stringify({ suite, machine: thisMachine(), results: [] }))
  return file
}

test('a suite that there is not is a usage error, which names those that there are', async () => {
  await expect(bench('colonel')).rejects.toThrow(UsageError)
  await expect(bench('colonel')).rejects.toThrow(/colonel.*kernel, sim/)
})

test('a file to compare with that cannot be read is a usage error', async () => {
  await expect(bench('--compare', '/nowhere/kernel.json')).rejects.toThrow(UsageError)
})

test('a file of a suite that is not run is a usage error', async () => {
  await expect(bench('sim', '--compare', reportOf('kernel'))).rejects.toThrow(/not to be run/)
  await expect(bench('--compare', reportOf('other'))).rejects.toThrow(/no suite "other"/)
})

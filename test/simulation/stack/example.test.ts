/** The example of a race: some seeds find it, and a seed that did finds it again, byte for byte. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const folder = resolve(import.meta.dirname, '../../../examples/promise-race')

function run(): string {
  const file = resolve(folder, 'main.ts')
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
  return stdout
}

/** Digests change with the sources; what the program says besides does not. */
function withoutDigests(text: string): string {
  return text.replaceAll(/[0-9a-f]{16}/g, '…')
}

test('some seeds find the race and some do not, and each does the same again', () => {
  const printed = run()
  expect(printed).toContain('TOO MUCH')
  expect(printed).toContain('all is well')
  expect(run()).toBe(printed)
  const [, seed, again] = /\nseed (\d+) again, digest ([0-9a-f]{16});/.exec(printed) ?? []
  expect(printed).toContain(`seed ${seed}: 1100 paid out, TOO MUCH, digest ${again}\n`)
})

test('its page shows what it prints', () => {
  const page = readFileSync(resolve(folder, 'README.md'), 'utf8')
  const shown = /```text\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
  const lines = withoutDigests(run()).split('\n')
  for (const line of withoutDigests(shown).split('\n')) {
    if (line !== '…') expect(lines).toContain(line)
  }
})

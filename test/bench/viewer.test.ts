/** That the benchmark of the viewer runs: on a run of a few slots, whose figures mean nothing. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { browserPath, noBrowser } from '../support/viewer/browser.ts'

test('it opens a page, moves in it, and says how fast that was', (context) => {
  if (browserPath === undefined) return context.skip(noBrowser)
  const program = join(import.meta.dirname, '../support/viewer/bench-cli.ts')
  const { stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', program, '20'], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  const lines = stdout.trimEnd().split('\n')
  expect(lines[0]).toMatch(/^\d+ records, a page of 0\.\d MB; load /)
  expect(lines[1]).toMatch(/^opened in \d+ ms, \d+ ms of a processor/)
  expect(lines.filter((line) => /: [\d.]+ frames a second, /.test(line))).toHaveLength(5)
  expect(stdout).not.toContain('complains')
})

import { expect, test } from 'vitest'
import { testsOf } from '../../../../src/cli/mutants/units.ts'

test('tests of the parts are those that load a file, directly or not, and no whole worlds', () => {
  const tests = testsOf(['src/base/ring.ts'])
  expect(tests).toContain('test/unit/kernel/mailbox.test.ts')
  expect(tests).toContain('test/unit/kernel/system.test.ts')
  expect(tests).not.toContain('test/unit/cli/duration.test.ts')
  expect(tests.every((path) => /^test\/(unit|property)\//.test(path))).toBe(true)
  // Those that load it themselves come first.
  const ofRecords = testsOf(['src/ledger/records.ts'])
  expect(ofRecords.indexOf('test/unit/ledger/records.test.ts')).toBeLessThan(12)
  expect(ofRecords.indexOf('test/unit/node/peers.test.ts')).toBeGreaterThan(20)
  expect(testsOf(['src/nowhere.ts'])).toEqual([])
})

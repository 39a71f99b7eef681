import { expect, test } from 'vitest'
import { chooseMutants } from '../../../../src/cli/mutants/choose.ts'
import { mutants } from '../../../mutants/catalogue.ts'

test('bugs are chosen by name, by id, and by tier, in the order of the catalogue', () => {
  const chosen = chooseMutants(mutants, ['M-102', 'finalise-although-nullified'], 'T2')
  expect(chosen.ok && chosen.value.map(({ name }) => name)).toEqual([
    'finalise-although-nullified',
    'quorum-one-short',
  ])
  expect(chooseMutants(mutants, [], undefined)).toEqual({ ok: true, value: mutants })
})

test.each([
  ['quorum-one-shrot', 'there is no bug "quorum-one-shrot". Did you mean quorum-one-short?'],
  ['xyzxyzxyz', 'there is no bug "xyzxyzxyz".'],
])('%s is answered with what is nearest', (name, fault) => {
  expect(chooseMutants(mutants, [name], undefined)).toEqual({ ok: false, fault })
})

import { expect, test } from 'vitest'
import { chainNames } from '../../../../sim/cluster/chain-names.ts'

const hash = 'ad8486a3'.padEnd(64, '0')

test.each([
  ['vote={kind=finalise slot=42 block=ad8486a3…} epoch=0 signer=4', ['slot 42', 'block ad8486a3']],
  ['kind=nullify from=3 to=5', ['slot 3', 'slot 4', 'slot 5']],
  [`n1 committed ${hash} at height 7`, ['height 7', 'block ad8486a3']],
  ['n4 finalised slot 42, which it gave up', ['slot 42']],
  ['hash=01234567… parent=89abcdef… stateRoot=76543210… height=2', ['height 2', 'block 01234567']],
  ['peer=n4 told=1 added=0', []],
  ['committedSlot=41 votes=2', []],
  ['', []],
])('in "%s" are named %j', (text, names) => {
  expect(chainNames(text)).toEqual(names)
})

test('a range names a hundred slots at most', () => {
  expect(chainNames('from=1 to=1000000')).toHaveLength(100)
})

/** Facts are taken apart as they were put together, however deep, and what is no fact is not lost. */
import { expect, test } from 'vitest'
import { factNamed, factsOf, hasWord, numberNamed } from '../../../../src/viewer/model/facts.ts'

const vote = 'vote={vote={kind=notarise slot=4 block=5bf10937…} epoch=0 signer=2} late=true'

test.each([
  ['', []],
  [
    'a=1 b=two',
    [
      { name: 'a', value: '1' },
      { name: 'b', value: 'two' },
    ],
  ],
  [
    vote,
    [
      { name: 'vote', value: '{vote={kind=notarise slot=4 block=5bf10937…} epoch=0 signer=2}' },
      { name: 'late', value: 'true' },
    ],
  ],
  [
    'error="it is = [not]" n=[1 2 … 9 in all]',
    [
      { name: 'error', value: '"it is = [not]"' },
      { name: 'n', value: '[1 2 … 9 in all]' },
    ],
  ],
  [
    'text="a \\" b" c=1',
    [
      { name: 'text', value: '"a \\" b"' },
      { name: 'c', value: '1' },
    ],
  ],
  [
    'nothing more',
    [
      { name: '', value: 'nothing' },
      { name: '', value: 'more' },
    ],
  ],
])('of %j', (text, facts) => {
  expect(factsOf(text)).toEqual(facts)
})

test('a fact is found wherever it stands, and is not a part of another name', () => {
  expect(factNamed(vote, 'block')).toBe('5bf10937…')
  expect(factNamed(vote, 'signer')).toBe('2')
  expect(factNamed(vote, 'lock')).toBeUndefined()
  expect(factNamed('fromSlot=3 slot=7', 'slot')).toBe('7')
  expect(factNamed('a= b=1', 'a')).toBe('b=1')
})

test('a number is one only if all of it is', () => {
  expect(numberNamed('height=12', 'height')).toBe(12)
  expect(numberNamed('height=12a', 'height')).toBeUndefined()
  expect(numberNamed('', 'height')).toBeUndefined()
})

test('a word is a whole word', () => {
  expect(hasWord('groups=[[n1 n2] [n10]]', 'n1')).toBe(true)
  expect(hasWord('groups=[[n10 n12]]', 'n1')).toBe(false)
  expect(hasWord('path=my-n1', 'n1')).toBe(false)
  expect(hasWord('n12 n1', 'n1')).toBe(true)
})

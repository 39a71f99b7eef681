import { expect, test } from 'vitest'
import { Suspects } from '../../../../../src/actors/sync/download/suspects.ts'

function truth(height: number): string {
  return `truth of ${height}`
}

test('who gave something else is known when the truth is, and only for those heights', () => {
  const suspects = new Suspects()
  suspects.note({ of: 'body', height: 10, peer: 'liar', print: 'x' })
  suspects.note({ of: 'body', height: 10, peer: 'other liar', print: 'y' })
  suspects.note({ of: 'body', height: 20, peer: 'third', print: 'x' })
  suspects.note({ of: 'headers', height: 10, peer: 'fourth', print: 'x' })
  expect(suspects.at(10)).toBe(3)
  expect(suspects.resolve('body', { from: 11, to: 20 }, truth)).toEqual([])
  expect(suspects.resolve('body', { from: 5, to: 20 }, truth)).toEqual(['liar', 'other liar'])
  expect(suspects.resolve('body', { from: 5, to: 20 }, truth)).toEqual([])
  expect(suspects.resolve('headers', { from: 1, to: 11 }, truth)).toEqual(['fourth'])
})

test('the very same bytes pass in the end: our check was broken, nobody lied', () => {
  const suspects = new Suspects()
  suspects.note({ of: 'body', height: 10, peer: 'honest', print: truth(10) })
  suspects.note({ of: 'body', height: 10, peer: 'liar', print: 'x' })
  expect(suspects.resolve('body', { from: 10, to: 11 }, truth)).toEqual(['liar'])
  expect(suspects.at(10)).toBe(0)
})

test('suspicions are bounded: the oldest goes', () => {
  const suspects = new Suspects()
  for (let height = 0; height < 300; height += 1) {
    suspects.note({ of: 'body', height, peer: `peer ${height}`, print: 'x' })
  }
  expect(suspects.resolve('body', { from: 0, to: 44 }, truth)).toEqual([])
  expect(suspects.resolve('body', { from: 0, to: 300 }, truth)).toHaveLength(256)
})

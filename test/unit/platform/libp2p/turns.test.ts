import { expect, test } from 'vitest'
import { Turns } from '../../../../src/platform/libp2p/turns.ts'

test('turns of one peer come one after another in the order in which they were asked for, those of others at once', async () => {
  const turns = new Turns()
  const log: string[] = []
  const enter = async (peer: string, name: string): Promise<void> => {
    await turns.take(peer)
    log.push(name)
  }
  await enter('a', 'first')
  const second = enter('a', 'second')
  const third = enter('a', 'third')
  await enter('b', 'other')
  expect(log).toEqual(['first', 'other'])
  turns.end('a')
  await second
  expect(log).toEqual(['first', 'other', 'second'])
  turns.end('a')
  await third
  turns.end('a')
  await enter('a', 'anew')
  expect(log).toEqual(['first', 'other', 'second', 'third', 'anew'])
})

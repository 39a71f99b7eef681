import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Deliveries } from '../../../../src/platform/libp2p/deliveries.ts'
import { recorder } from './receiver.ts'

const up = (peer: string) => ({ peer, address: `/${peer}`, isDialled: false })

test('events and answers come in one order, and never within a call', async () => {
  const deliveries = new Deliveries()
  const { receiver, log } = recorder()
  deliveries.open(receiver, [])
  deliveries.peerUp(up('a'))
  deliveries.answer(() => log.push('answer'))
  deliveries.peerDown('a')
  expect(log).toEqual([])
  await turn()
  expect(log).toEqual(['up a at /a', 'answer', 'down a'])
})

test('what happens before there is a receiver waits for it; answers do not', async () => {
  const deliveries = new Deliveries()
  const { receiver, log } = recorder()
  deliveries.peerUp(up('a'))
  deliveries.push(() => log.push('request'))
  deliveries.peerDown('a')
  deliveries.peerUp(up('b'))
  deliveries.answer(() => log.push('answer'))
  await turn()
  expect(log).toEqual(['answer'])
  deliveries.open(receiver, [up('b')])
  await turn()
  expect(log).toEqual(['answer', 'up b at /b', 'up a at /a', 'request', 'down a'])
})

test('a further receiver hears of each peer that is up, once, and the first hears no more', async () => {
  const deliveries = new Deliveries()
  const first = recorder()
  const second = recorder()
  deliveries.open(first.receiver, [])
  deliveries.peerUp(up('a'))
  await turn()
  deliveries.peerUp(up('b'))
  deliveries.open(second.receiver, [up('a'), up('b')])
  deliveries.peerDown('a')
  deliveries.peerDown('a')
  await turn()
  expect(first.log).toEqual(['up a at /a'])
  expect(second.log).toEqual(['up b at /b', 'up a at /a', 'down a'])
})

test('what is asked for meanwhile waits for the next round', async () => {
  const deliveries = new Deliveries()
  const { receiver, log } = recorder()
  deliveries.open(receiver, [])
  deliveries.answer(() => {
    log.push('first')
    deliveries.answer(() => log.push('third'))
  })
  deliveries.answer(() => log.push('second'))
  setImmediate(() => log.push('world'))
  await turn()
  await turn()
  expect(log).toEqual(['first', 'second', 'world', 'third'])
})

test('nothing comes after closing, not even from within the same round', async () => {
  const deliveries = new Deliveries()
  const { receiver, log } = recorder()
  deliveries.open(receiver, [])
  deliveries.answer(() => deliveries.close())
  deliveries.peerUp(up('a'))
  await turn()
  deliveries.answer(() => log.push('answer'))
  await turn()
  expect(log).toEqual([])
})

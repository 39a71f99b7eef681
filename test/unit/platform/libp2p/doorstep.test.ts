/** Who has to go when too many have connected and say nothing. */
import type { MultiaddrConnection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { Doorstep } from '../../../../src/platform/libp2p/doorstep.ts'

const patienceMs = 1_000

function world(waitingMax: number) {
  let nowMs = 0
  let port = 1
  const aborted: string[] = []
  const doorstep = new Doorstep({ waitingMax, patienceMs }, () => nowMs)
  const arrive = (host: string): MultiaddrConnection => {
    port += 1
    const name = `${host}:${port}`
    const events = new EventTarget()
    const connection = Object.assign(events, {
      remoteAddr: multiaddr(`/ip4/${host}/tcp/${port}`),
      abort: () => {
        aborted.push(name)
        events.dispatchEvent(new Event('close'))
      },
    }) as unknown as MultiaddrConnection
    doorstep.arrived(connection)
    return connection
  }
  const pass = (ms: number): void => {
    nowMs += ms
  }
  return { doorstep, aborted, arrive, pass }
}

test('with room for all, nobody goes, however long they stand there', () => {
  const { arrive, pass, aborted } = world(2)
  arrive('10.0.0.1')
  pass(100_000)
  arrive('10.0.0.1')
  expect(aborted).toEqual([])
})

test('who has stood there longest goes, but not before its time', () => {
  const { doorstep, arrive, pass, aborted } = world(2)
  arrive('10.0.0.1')
  pass(1)
  arrive('10.0.0.1')
  pass(patienceMs - 2)
  arrive('10.0.0.1')
  expect(aborted).toEqual([])
  pass(1)
  arrive('10.0.0.1')
  expect(aborted).toEqual(['10.0.0.1:2'])
  expect(doorstep.size).toBe(3)
})

test('it is one of the host that has most there, even if another has stood there longer', () => {
  const { arrive, pass, aborted } = world(2)
  arrive('10.0.0.1')
  pass(1)
  arrive('10.0.0.2')
  arrive('10.0.0.2')
  pass(patienceMs)
  arrive('10.0.0.3')
  expect(aborted).toEqual(['10.0.0.2:3'])
})

test('who is through, or gone, counts no more', () => {
  const { doorstep, arrive, pass, aborted } = world(1)
  doorstep.left(arrive('10.0.0.1'))
  arrive('10.0.0.1').abort(new Error('gone'))
  pass(patienceMs)
  arrive('10.0.0.1')
  expect(doorstep.size).toBe(1)
  expect(aborted).toEqual(['10.0.0.1:3'])
})

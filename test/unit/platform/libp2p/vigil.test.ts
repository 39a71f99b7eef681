/** A connection over which nothing is heard is asked, and given up if that does not help. */
import type { Connection, MessageStream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import { expect, test } from 'vitest'
import { noticeMs } from '../../../../scenarios/network/half-open.ts'
import { vigilTimes } from '../../../../src/platform/libp2p/node.ts'
import { noticedWithinMs, Vigil } from '../../../../src/platform/libp2p/vigil.ts'

const times = { lookEveryMs: 10, quietLooks: 10, answerLooks: 5 }

interface Scene {
  look(times: number): void
  hear(): void
  pings(): number
  isOpen(): boolean
}

function scene(isWatched = true): Scene {
  let [pings, isOpen] = [0, true]
  const vigil = new Vigil(times)
  const line = new EventTarget()
  const muxer = Object.assign(new EventTarget(), {
    streams: [],
    ping: async () => {
      pings += 1
    },
  }) as unknown as StreamMuxer
  const factory: Pick<StreamMuxerFactory, 'createStreamMuxer'> = { createStreamMuxer: () => muxer }
  if (isWatched) {
    const watching = vigil.watching(() => factory as StreamMuxerFactory)
    watching(undefined).createStreamMuxer(line as unknown as MessageStream)
  }
  const abort = (): void => {
    isOpen = false
  }
  const connection = { muxer, abort } as unknown as Connection
  return {
    look: (count) => {
      for (let i = 0; i < count; i += 1) vigil.look([connection])
    },
    hear: () => void line.dispatchEvent(new Event('message')),
    pings: () => pings,
    isOpen: () => isOpen,
  }
}

test('whoever is heard is not asked', () => {
  const { look, hear, pings, isOpen } = scene()
  for (let i = 0; i < 10; i += 1) {
    look(10)
    hear()
  }
  expect([pings(), isOpen()]).toEqual([0, true])
})

test('whoever is silent is asked once, and given up after that', () => {
  const { look, hear, pings, isOpen } = scene()
  look(4)
  hear()
  look(10)
  expect(pings()).toBe(0)
  look(1)
  expect(pings()).toBe(1)
  look(4)
  expect([pings(), isOpen()]).toEqual([1, true])
  look(1)
  expect(isOpen()).toBe(false)
})

test('any sign of life ends the doubt, and the next silence is another', () => {
  const { look, hear, pings, isOpen } = scene()
  for (let i = 1; i <= 3; i += 1) {
    look(13)
    hear()
    expect([pings(), isOpen()]).toEqual([i, true])
  }
})

test('a connection that looks after itself is left alone', () => {
  const { look, pings, isOpen } = scene(false)
  look(100)
  expect([pings(), isOpen()]).toEqual([0, true])
})

test('the real times keep what the scenario half-open asks for', () => {
  expect(noticedWithinMs(times)).toBe(170)
  expect(noticedWithinMs(vigilTimes)).toBeLessThanOrEqual(noticeMs)
})

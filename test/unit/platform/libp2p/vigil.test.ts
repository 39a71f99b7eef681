/** A connection over which nothing is heard is asked, and given up if that does not help. */
import type { Connection, MessageStream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import { expect, test } from 'vitest'
import { noticeMs } from '../../../../scenarios/network/half-open.ts'
import { vigilTimes } from '../../../../src/platform/libp2p/node.ts'
import { noticedWithinMs, Vigil } from '../../../../src/platform/libp2p/vigil.ts'

const times = { lookEveryMs: 10, quietMsMax: 100, answerMsMax: 50 }

interface Scene {
  /** Lets time pass, with a look every 10 ms. */
  pass(ms: number): void
  hear(): void
  pings(): number
  isOpen(): boolean
}

function scene(isWatched = true): Scene {
  let [nowMs, pings, isOpen] = [0, 0, true]
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
    pass: (ms) => {
      for (const endMs = nowMs + ms; nowMs < endMs; ) {
        nowMs += times.lookEveryMs
        vigil.look([connection], nowMs)
      }
    },
    hear: () => void line.dispatchEvent(new Event('message')),
    pings: () => pings,
    isOpen: () => isOpen,
  }
}

test('whoever is heard is not asked', () => {
  const { pass, hear, pings, isOpen } = scene()
  for (let i = 0; i < 10; i += 1) {
    pass(90)
    hear()
  }
  expect(pings()).toBe(0)
  expect(isOpen()).toBe(true)
})

test('whoever is silent is asked once, and given up after that within the bound', () => {
  const { pass, hear, pings, isOpen } = scene()
  pass(40)
  hear()
  pass(times.quietMsMax)
  expect(pings()).toBe(0)
  pass(times.answerMsMax)
  expect([pings(), isOpen()]).toEqual([1, true])
  pass(noticedWithinMs(times) - times.quietMsMax - times.answerMsMax)
  expect(isOpen()).toBe(false)
})

test('any sign of life ends the doubt, and the next silence is another', () => {
  const { pass, hear, pings, isOpen } = scene()
  for (let i = 1; i <= 3; i += 1) {
    pass(130)
    hear()
    expect([pings(), isOpen()]).toEqual([i, true])
  }
})

test('a connection that looks after itself is left alone', () => {
  const { pass, pings, isOpen } = scene(false)
  pass(1_000)
  expect([pings(), isOpen()]).toEqual([0, true])
})

test('the real times keep what the scenario half-open asks for', () => {
  expect(noticedWithinMs(vigilTimes)).toBeLessThanOrEqual(noticeMs)
})

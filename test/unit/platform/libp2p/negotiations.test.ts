/** What a peer begins on a connection is counted, until it has chosen a protocol. */
import type { Connection, Stream } from '@libp2p/interface'
import { expect, test } from 'vitest'
import { countNegotiations } from '../../../../src/platform/libp2p/negotiations.ts'

interface Scene {
  /** The peer begins a stream. Where the muxer knows it, it has a protocol at once. */
  begin(protocol?: string): { protocol: string; send: Stream['send'] }
  sent(): number
  floods(): number
  pass(ms: number): void
}

function scene(): Scene {
  let [nowMs, floods, sent] = [0, 0, 0]
  const muxer = Object.assign(new EventTarget(), { streams: [] })
  const connection = { muxer } as unknown as Connection
  const hooks = {
    nowMs: () => nowMs,
    onFlood: (on: Connection) => {
      expect(on).toBe(connection)
      floods += 1
    },
  }
  countNegotiations(connection, { perSecond: 1, burst: 6 }, hooks)
  return {
    begin: (protocol = '') => {
      const send = (): boolean => {
        sent += 1
        return true
      }
      const detail = { protocol, send }
      muxer.dispatchEvent(new CustomEvent('stream', { detail }))
      return detail
    },
    sent: () => sent,
    floods: () => floods,
    pass: (ms) => {
      nowMs += ms
    },
  }
}

const bytes = Uint8Array.of(1)

test('streams are paid for, and what is earned may be spent again', () => {
  const { begin, floods, pass } = scene()
  for (let i = 0; i < 6; i += 1) begin()
  expect(floods()).toBe(0)
  begin()
  expect(floods()).toBe(1)
  pass(2_000)
  begin()
  expect(floods()).toBe(1)
  begin()
  expect(floods()).toBe(2)
})

test('so is each answer on one stream, until there is a protocol', () => {
  const { begin, floods, sent } = scene()
  const stream = begin()
  for (let i = 0; i < 5; i += 1) stream.send(bytes)
  stream.protocol = '/x/1'
  for (let i = 0; i < 20; i += 1) stream.send(bytes)
  expect(floods()).toBe(0)
  const other = begin()
  other.send(bytes)
  expect(floods()).toBe(2)
  expect(sent()).toBe(26)
})

test('a stream that comes with its protocol is paid for once', () => {
  const { begin, floods } = scene()
  const stream = begin('/x/1')
  for (let i = 0; i < 20; i += 1) stream.send(bytes)
  expect(floods()).toBe(0)
})

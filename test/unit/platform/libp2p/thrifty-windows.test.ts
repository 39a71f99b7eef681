/** Fewer window updates, and no sender that waits for those that are held back. */
import type { MessageStream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import { multiaddrConnectionPair } from '@libp2p/utils'
import { yamux } from '@libp2p/yamux'
import { expect, test } from 'vitest'
import { creditBytesMin, thrifty } from '../../../../src/platform/libp2p/thrifty-windows.ts'

/** A frame of Yamux without content. */
function header(type: number, flags: number, stream: number, length: number): Uint8Array {
  const bytes = new Uint8Array(12)
  const view = new DataView(bytes.buffer)
  bytes[1] = type
  view.setUint16(2, flags)
  view.setUint32(4, stream)
  view.setUint32(8, length)
  return bytes
}

const update = 1

/** What is sent, past a line that holds credit back: 'stream+credit' of updates, the type of other frames. */
function held(): { readonly line: MessageStream; readonly sent: string[] } {
  const sent: string[] = []
  const send = (data: Uint8Array): boolean => {
    const view = new DataView(data.buffer, data.byteOffset)
    sent.push(data[1] === update ? `${view.getUint32(4)}+${view.getUint32(8)}` : `${data[1]}`)
    return true
  }
  const line = { send } as unknown as MessageStream
  const factory = { createStreamMuxer: () => ({}) as StreamMuxer } as unknown as StreamMuxerFactory
  thrifty(() => factory)(undefined).createStreamMuxer(line)
  return { line, sent }
}

test('credit is added up, of each stream by itself, and sent when it is worth a frame', () => {
  const { line, sent } = held()
  for (const stream of [1, 2, 1]) line.send(header(update, 0, stream, creditBytesMin / 2))
  expect(sent).toEqual([`1+${creditBytesMin}`])
  line.send(header(update, 0, 2, creditBytesMin))
  line.send(header(update, 0, 1, 1))
  expect(sent).toEqual([`1+${creditBytesMin}`, `2+${1.5 * creditBytesMin}`])
})

test('flags, data and pings are sent as they are', () => {
  const { line, sent } = held()
  line.send(header(update, 0, 7, 10))
  for (const flags of [1, 2, 4, 8]) line.send(header(update, flags, 7, 0))
  line.send(header(2, 1, 0, 5))
  line.send(Uint8Array.of(...header(0, 0, 7, 3), 1, 2, 3))
  expect(sent).toEqual(['7+0', '7+0', '7+0', '7+0', '2', '0'])
})

test('of streams that nobody uses any more nothing is kept for ever', () => {
  const { line, sent } = held()
  for (let stream = 1; stream <= 600; stream += 1) line.send(header(update, 0, stream, stream))
  expect(sent).toHaveLength(600 - 512)
  expect(sent[0]).toBe('1+1')
})

test.each([
  ['of our own', { initialStreamWindowSize: 1024 * 1024, maxStreamWindowSize: 1024 * 1024 }],
  ['of the specification', {}],
])('with windows %s megabytes go through, with an update for each 64 KiB', async (_of, windows) => {
  const limits = { enableKeepAlive: false, streamOptions: windows }
  const [near, far] = multiaddrConnectionPair()
  let updates = 0
  const send = far.send.bind(far)
  far.send = (data) => {
    if (data.byteLength === 12 && data.subarray()[1] === update) updates += 1
    return send(data)
  }
  const sender = yamux(limits)().createStreamMuxer(near)
  const receiver = thrifty(yamux(limits))(undefined).createStreamMuxer(far)
  const total = 3 * 1024 * 1024
  const { promise: whole, resolve } = Promise.withResolvers<void>()
  let received = 0
  receiver.addEventListener('stream', ({ detail: stream }) => {
    stream.addEventListener('message', ({ data }) => {
      received += data.byteLength
      if (received === total) resolve()
    })
  })
  const stream = await sender.createStream()
  for (let i = 0; i < total; i += 4_096) {
    if (!stream.send(new Uint8Array(4_096))) await stream.onDrain()
  }
  await whole
  expect(updates).toBeLessThanOrEqual(total / creditBytesMin + 2)
})

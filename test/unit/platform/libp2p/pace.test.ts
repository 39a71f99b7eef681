/** Whoever gossips too much is read more slowly, by as many streams as it likes. */
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import type { Connection, Stream, StreamHandler } from '@libp2p/interface'
import { streamPair } from '@libp2p/utils'
import { expect, test } from 'vitest'
import { type PaceLimits, paced } from '../../../../src/platform/libp2p/pace.ts'
import { meshFrame, rpc } from '../../../support/plain-peer/mesh.ts'

const limits: PaceLimits = {
  bytes: { perSecond: 100, burst: 100 },
  parts: { perSecond: 10, burst: 20 },
  asks: { perSecond: 1, burst: 3 },
  partsPerTurnMax: 5,
  frameBytesMax: 127,
}

/** A frame of so many bytes, its length included, with one field that nobody knows. 4 to 128. */
function frame(bytes: number): Uint8Array {
  return Uint8Array.of(bytes - 1, 15 * 8 + 2, bytes - 3, ...new Uint8Array(bytes - 3))
}

/** Frames with nothing in them. */
function empty(count: number): Uint8Array {
  return new Uint8Array(count)
}

interface Scene {
  /** Opens a stream of a connection, on which what is sent is read. */
  open(connection: Connection): Promise<{ readonly near: Stream; readonly far: Stream }>
  /** Bytes that the handler has read so far. */
  read(): number
  /** The most bytes at once. */
  readMax(): number
  /** How often a flood was told of. */
  floods(): number
  pass(ms: number): void
}

async function scene(): Promise<Scene> {
  let nowMs = 0
  let bytes = 0
  let [most, floods] = [0, 0]
  let slowed: StreamHandler | undefined
  const registrar = {
    kept: 7,
    handle: async (_: string, handler: StreamHandler) => {
      slowed = handler
    },
  }
  const parts = paced({ registrar, other: 'kept' }, limits, {
    nowMs: () => nowMs,
    onFlood: () => {
      floods += 1
    },
  })
  expect(parts.other).toBe('kept')
  expect(parts.registrar.kept).toBe(7)
  await parts.registrar.handle('/gossip', (stream) => {
    stream.addEventListener('message', ({ data }) => {
      bytes += data.byteLength
      most = Math.max(most, data.byteLength)
    })
  })
  return {
    open: async (connection) => {
      const [near, far] = await streamPair()
      await slowed?.(far, connection)
      await turn()
      return { near, far }
    },
    read: () => bytes,
    readMax: () => most,
    floods: () => floods,
    pass: (ms) => {
      nowMs += ms
    },
  }
}

function someConnection(onAbort: () => void = () => undefined): Connection {
  return { abort: onAbort } as unknown as Connection
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn()
}

test('up to the burst, and what has been earned since, nothing is held up', async () => {
  const { open, read, pass } = await scene()
  const { near, far } = await open(someConnection())
  near.send(frame(100))
  await until(() => read() === 100)
  expect(far.readStatus).toBe('readable')
  pass(11_000)
  near.send(frame(50))
  await until(() => read() === 150)
  expect(far.readStatus).toBe('readable')
})

test('beyond it the stream rests, and then goes on', async () => {
  const { open, read, pass } = await scene()
  const { near, far } = await open(someConnection())
  near.send(frame(101))
  await until(() => read() === 101)
  expect(far.readStatus).toBe('paused')
  near.send(frame(10))
  await sleep(50)
  expect(read()).toBe(101)
  pass(10)
  await until(() => read() === 111)
})

test('frames and their fields count, however short they are and in whatever pieces they come', async () => {
  const { open, read } = await scene()
  const { near, far } = await open(someConnection())
  for (const byte of frame(20)) near.send(Uint8Array.of(byte))
  near.send(empty(18))
  await until(() => read() === 38)
  expect(far.readStatus).toBe('readable')
  near.send(empty(1))
  await until(() => read() === 39)
  expect(far.readStatus).toBe('paused')
})

test('of what comes at once no more than a turn is handed out before others have theirs', async () => {
  const { open, read, readMax } = await scene()
  const { near } = await open(someConnection())
  near.send(empty(20))
  await until(() => read() === 20)
  expect(readMax()).toBe(5)
})

test('what comes while a stream rests waits there, and nothing of it is lost', async () => {
  const { open, read, pass } = await scene()
  const { near, far } = await open(someConnection())
  for (let i = 0; i < 30; i += 1) near.send(frame(10))
  while (read() < 300) {
    pass(200)
    await turn()
  }
  pass(100_000)
  await until(() => far.readStatus === 'readable')
})

test('all streams of a connection have one allowance, and each connection has its own', async () => {
  const { open, read } = await scene()
  const connection = someConnection()
  const first = await open(connection)
  const second = await open(connection)
  const other = await open(someConnection())
  first.near.send(frame(100))
  await until(() => read() === 100)
  second.near.send(frame(100))
  other.near.send(frame(100))
  await until(() => read() === 300)
  expect(second.far.readStatus).toBe('paused')
  expect(other.far.readStatus).toBe('readable')
})

test('who offers and asks for more than anybody is told of', async () => {
  const { open, read, floods } = await scene()
  const { near } = await open(someConnection())
  const offer = meshFrame(rpc.ihave('t', []))
  for (let i = 0; i < 3; i += 1) near.send(offer)
  await until(() => read() === 3 * offer.length)
  expect(floods()).toBe(0)
  near.send(offer)
  await until(() => read() === 4 * offer.length)
  expect(floods()).toBe(1)
})

test('a frame that is too long ends the connection', async () => {
  const { open } = await scene()
  let isEnded = false
  const { near } = await open(
    someConnection(() => {
      isEnded = true
    }),
  )
  near.send(frame(20))
  near.send(Uint8Array.of(0x80))
  await turn()
  expect(isEnded).toBe(false)
  near.send(Uint8Array.of(0x01))
  await until(() => isEnded)
})

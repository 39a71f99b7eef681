/** Whoever gossips too much is read more slowly, by as many streams as it likes. */
import { setImmediate as turn } from 'node:timers/promises'
import type { Connection, Stream, StreamHandler } from '@libp2p/interface'
import { streamPair } from '@libp2p/utils'
import { expect, test } from 'vitest'
import { type PaceLimits, paced } from '../../../../src/platform/libp2p/pace.ts'

/** What a frame weighs beyond its bytes. */
const frameBytes = 1_024
const limits: PaceLimits = { bytesPerSecond: 100, burstBytes: frameBytes + 100, frameBytesMax: 127 }

/** A frame of so many bytes, its length included. At most 128. */
function frame(bytes: number): Uint8Array {
  return new Uint8Array(bytes).fill(bytes - 1, 0, 1)
}

interface Scene {
  /** Opens a stream of a connection, on which what is sent is read. */
  open(connection: Connection): Promise<{ readonly near: Stream; readonly far: Stream }>
  /** Bytes that the handler has read so far. */
  read(): number
  pass(ms: number): void
}

async function scene(): Promise<Scene> {
  let nowMs = 0
  let bytes = 0
  let slowed: StreamHandler | undefined
  const registrar = {
    kept: 7,
    handle: async (_: string, handler: StreamHandler) => {
      slowed = handler
    },
  }
  const parts = paced({ registrar, other: 'kept' }, limits, () => nowMs)
  expect(parts.other).toBe('kept')
  expect(parts.registrar.kept).toBe(7)
  await parts.registrar.handle('/gossip', (stream) => {
    stream.addEventListener('message', ({ data }) => {
      bytes += data.byteLength
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
  const { open, read } = await scene()
  const { near, far } = await open(someConnection())
  near.send(frame(128))
  await until(() => read() === 128)
  expect(far.readStatus).toBe('paused')
  near.send(frame(10))
  await until(() => read() === 138)
})

test('a frame weighs more than its bytes, once, however many pieces it comes in', async () => {
  const { open, read } = await scene()
  const { near, far } = await open(someConnection())
  const pieces = frame(100)
  for (const piece of [pieces.subarray(0, 1), pieces.subarray(1, 30), pieces.subarray(30)]) {
    near.send(piece)
  }
  await until(() => read() === 100)
  expect(far.readStatus).toBe('readable')
  near.send(frame(1))
  await until(() => read() === 101)
  expect(far.readStatus).toBe('paused')
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

test('a frame that is too long ends the connection', async () => {
  const { open } = await scene()
  let isEnded = false
  const { near } = await open(
    someConnection(() => {
      isEnded = true
    }),
  )
  near.send(frame(128))
  near.send(Uint8Array.of(0x80))
  await turn()
  expect(isEnded).toBe(false)
  near.send(Uint8Array.of(0x01))
  await until(() => isEnded)
})

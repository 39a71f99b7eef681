/** Whoever gossips too much is read more slowly, by as many streams as it likes. */
import { setImmediate as turn } from 'node:timers/promises'
import type { Connection, Stream, StreamHandler } from '@libp2p/interface'
import { streamPair } from '@libp2p/utils'
import { expect, test } from 'vitest'
import { type PaceLimits, paced } from '../../../../src/platform/libp2p/pace.ts'

const limits: PaceLimits = { bytesPerSecond: 100, burstBytes: 100 }

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

function someConnection(): Connection {
  return {} as Connection
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn()
}

test('up to the burst, and what has been earned since, nothing is held up', async () => {
  const { open, read, pass } = await scene()
  const { near, far } = await open(someConnection())
  near.send(new Uint8Array(100))
  await until(() => read() === 100)
  expect(far.readStatus).toBe('readable')
  pass(500)
  near.send(new Uint8Array(50))
  await until(() => read() === 150)
  expect(far.readStatus).toBe('readable')
})

test('beyond it the stream rests, and then goes on', async () => {
  const { open, read } = await scene()
  const { near, far } = await open(someConnection())
  near.send(new Uint8Array(130))
  await until(() => read() === 130)
  expect(far.readStatus).toBe('paused')
  near.send(new Uint8Array(10))
  await until(() => read() === 140)
})

test('all streams of a connection have one allowance, and each connection has its own', async () => {
  const { open, read } = await scene()
  const connection = someConnection()
  const first = await open(connection)
  const second = await open(connection)
  const other = await open(someConnection())
  first.near.send(new Uint8Array(100))
  await until(() => read() === 100)
  second.near.send(new Uint8Array(100))
  other.near.send(new Uint8Array(100))
  await until(() => read() === 300)
  expect(second.far.readStatus).toBe('paused')
  expect(other.far.readStatus).toBe('readable')
})

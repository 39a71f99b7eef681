/** Sockets for programs that wait: what comes in as a loop, and sending that waits until there is room. */
import type { Socket } from './socket.ts'
import { SocketError } from './sockets.ts'

/**
 * What comes in, chunk by chunk, until the far end says that it is all. While a chunk is dealt with no further one is
 * read, so a sender that is too quick is stopped. Throws if the connection breaks. Leaving the loop breaks it.
 */
export async function* chunksOf(socket: Socket): AsyncGenerator<Uint8Array, undefined> {
  const chunks: Uint8Array[] = []
  let isOver = false
  let wake = (): void => undefined
  socket.onData((bytes) => {
    chunks.push(bytes)
    socket.pause()
    wake()
  })
  const over = (): void => {
    isOver = true
    wake()
  }
  socket.onEnd(over).onClose(over)
  let isLeft = true
  try {
    for (;;) {
      const chunk = chunks.shift()
      if (chunk !== undefined) {
        yield chunk
        socket.resume()
      } else if (isOver) break
      else await new Promise<void>((resolve) => (wake = resolve))
    }
    isLeft = false
  } finally {
    if (isLeft) socket.abort()
  }
  const { closed } = socket
  if (closed === 'reset') throw new SocketError('ECONNRESET', 'the connection was reset')
  if (closed === 'timeout') throw new SocketError('ETIMEDOUT', 'the far end is silent')
  return undefined
}

/** Sends bytes, and resolves when there is room for more. Rejects if the connection breaks before. */
export async function sendAll(socket: Socket, bytes: Uint8Array): Promise<void> {
  if (socket.closed === undefined && !socket.send(bytes)) {
    await new Promise<void>((resolve) => socket.onDrain(resolve).onClose(() => resolve()))
  }
  if (socket.closed !== undefined) throw new SocketError('ECONNRESET', 'the connection is over')
}

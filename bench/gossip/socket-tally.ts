/** Counts what goes over the sockets of this process, those that are closed by now included. */
import { channel } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

/** Bytes since the tally began. */
export interface SocketBytes {
  readonly bytesReceived: number
  readonly bytesSent: number
}

/** Call before any socket is opened: Node.js tells of each as it comes to be. Answers how to read the tally. */
export function tallySockets(): () => SocketBytes {
  const open = new Set<Socket>()
  let [received, sent] = [0, 0]
  const watch = (message: unknown): void => {
    const { socket } = message as { readonly socket: Socket }
    open.add(socket)
    socket.once('close', () => {
      open.delete(socket)
      received += socket.bytesRead
      sent += socket.bytesWritten
    })
  }
  for (const name of ['net.client.socket', 'net.server.socket']) channel(name).subscribe(watch)
  return () => {
    let [bytesReceived, bytesSent] = [received, sent]
    for (const { bytesRead, bytesWritten } of open) {
      bytesReceived += bytesRead
      bytesSent += bytesWritten
    }
    return { bytesReceived, bytesSent }
  }
}

/**
 * Gossipsub's frames by hand, after its specification (libp2p/specs, pubsub): for whoever wants to send what no
 * implementation would. Fields are those of its protocol buffers.
 */
import type { Connection, Stream } from '@libp2p/interface'
import type { PlainPeer } from './peer.ts'

const protocol = '/meshsub/1.1.0'
/** What is kept of an incoming frame that is not complete. */
const frameBytesMax = 8 * 1024 * 1024

// ----- writing -----

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  return Uint8Array.from(bytes)
}

function field(number: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts)
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content])
}

function text(value: string): Uint8Array {
  return Buffer.from(value, 'utf8')
}

/** What a frame may hold, as many as one likes. */
export const rpc = {
  subscribe: (topic: string): Uint8Array => field(1, Uint8Array.of(8, 1), field(2, text(topic))),
  message: (topic: string, data: Uint8Array): Uint8Array =>
    field(2, field(2, data), field(4, text(topic))),
  ihave: (topic: string, ids: readonly Uint8Array[]): Uint8Array =>
    field(3, field(1, field(1, text(topic)), ...ids.map((id) => field(2, id)))),
  iwant: (ids: readonly Uint8Array[]): Uint8Array =>
    field(3, field(2, ...ids.map((id) => field(1, id)))),
  graft: (topic: string): Uint8Array => field(3, field(3, field(1, text(topic)))),
  prune: (topic: string): Uint8Array => field(3, field(4, field(1, text(topic)))),
}

/** A frame on the wire: its length, and its fields. */
export function meshFrame(...fields: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(fields)
  return new Uint8Array(Buffer.concat([varint(content.length), content]))
}

// ----- reading -----

/** The fields of a message: number and content, of those that have a length. Others are stepped over. */
function* fieldsOf(bytes: Buffer): Generator<readonly [number, Buffer]> {
  let at = 0
  const number = (): number => {
    let [value, factor] = [0, 1]
    for (;;) {
      const byte = bytes[at] ?? 0
      at += 1
      value += (byte & 0x7f) * factor
      factor *= 128
      if (byte < 0x80) return value
    }
  }
  while (at < bytes.length) {
    const key = number()
    const length = number()
    if (key % 8 !== 2) continue
    yield [Math.floor(key / 8), bytes.subarray(at, at + length)]
    at += length
  }
}

/** The published messages of a frame's content: topic and data. */
export function messagesIn(
  content: Buffer,
): readonly { readonly topic: string; readonly data: Uint8Array }[] {
  return [...fieldsOf(content)].flatMap(([number, message]) => {
    if (number !== 2) return []
    const parts = new Map(fieldsOf(message))
    const data = parts.get(2) ?? Buffer.alloc(0)
    return [{ topic: parts.get(4)?.toString('utf8') ?? '', data: new Uint8Array(data) }]
  })
}

// ----- a neighbour in the mesh -----

export interface Mesh {
  /** Whether frames may still be sent. */
  readonly isOpen: boolean
  /** Sends, once there is room for it. False if there is none for a second, or never will be: then nothing was sent. */
  send(...frames: readonly Uint8Array[]): Promise<boolean>
}

/** Answers to what gossipsub of a node wants of a neighbour, so that it takes this peer for one. Call before dialling. */
export async function joinMesh(
  peer: PlainPeer,
  onContent: (content: Buffer) => void = () => undefined,
): Promise<void> {
  await peer.node.handle(protocol, (stream) => {
    let waiting = Buffer.alloc(0)
    stream.addEventListener('message', ({ data }) => {
      waiting = Buffer.concat([waiting, data.subarray()])
      if (waiting.length > frameBytesMax) stream.abort(new Error('too much'))
      for (;;) {
        const whole = firstFrame(waiting)
        if (whole === undefined) return
        onContent(whole.content)
        waiting = waiting.subarray(whole.end)
      }
    })
  })
}

function firstFrame(bytes: Buffer): { readonly content: Buffer; readonly end: number } | undefined {
  let [length, factor, at] = [0, 1, 0]
  for (;;) {
    const byte = bytes[at]
    if (byte === undefined) return undefined
    at += 1
    length += (byte & 0x7f) * factor
    factor *= 128
    if (byte < 0x80) break
  }
  const end = at + length
  return bytes.length < end ? undefined : { content: bytes.subarray(at, end), end }
}

/** Opens the way on which this peer gossips to the node. */
export async function openMesh(connection: Connection): Promise<Mesh> {
  const stream = await connection.newStream(protocol)
  let isFull = false
  return {
    get isOpen() {
      return isWritable(stream)
    },
    send: async (...frames) => {
      if (isFull) isFull = !(await isDrained(stream))
      if (isFull || !isWritable(stream)) return false
      for (const bytes of frames) isFull = !stream.send(bytes)
      return true
    },
  }
}

async function isDrained(stream: Stream): Promise<boolean> {
  try {
    await stream.onDrain({ signal: AbortSignal.timeout(1_000) })
    return true
  } catch {
    return false
  }
}

function isWritable({ status, writeStatus }: Stream): boolean {
  return status === 'open' && writeStatus !== 'closing' && writeStatus !== 'closed'
}

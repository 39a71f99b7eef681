/**
 * A libp2p program that shares no code with the node: TCP, Noise, Yamux, identify and, if it is wanted, gossipsub. It
 * speaks the protocols of a node by `formats.ts`, answers for its status as one that has nothing but genesis, and
 * leaves everything else to whoever uses it: a friend of the node, or its enemy.
 */
import { gossipsub, StrictNoSign } from '@chainsafe/libp2p-gossipsub'
import { identify } from '@libp2p/identify'
import type { Connection, Libp2p, Logger, Stream } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { type ByteStream, byteStream } from '@libp2p/utils'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2pOptions } from 'libp2p'
import {
  consensusTopic,
  Fields,
  frame,
  frameHeadBytes,
  genesisStatus,
  messageId,
  protocols,
  tags,
} from './formats.ts'

const patienceMs = 5_000
const frameBytesMax = 8 * 1024 * 1024

/** Which chain, as `alys_getStatus` tells it. Both in hexadecimal. */
export interface PlainChain {
  readonly chainTag: string
  readonly genesis: string
}

export interface PlainOptions {
  readonly chain: PlainChain
  /** Whether it takes part in gossip. What comes in is told to this, and is never judged. */
  readonly onGossip?: (data: Uint8Array, from: string) => void
  /** What it says when it is asked for its status; the truth, if this is absent. `undefined` is no answer at all. */
  readonly status?: Uint8Array | undefined
  /** Told of every frame of a request that comes in. */
  readonly onRequest?: () => void
}

/** What a node answered: the tag of the frame, and its body. */
export interface PlainAnswer {
  readonly tag: number
  readonly body: Uint8Array
}

export interface PlainPeer {
  readonly id: string
  readonly node: Libp2p
  /** Dials, and waits until the connection is there. Rejects if it is refused. */
  dial(address: string): Promise<Connection>
  /** Asks over a new stream. Rejects if there is no answer. */
  ask(connection: Connection, protocol: string, body: Uint8Array): Promise<PlainAnswer>
  close(): Promise<void>
}

export async function openPlainPeer(options: PlainOptions): Promise<PlainPeer> {
  const { chain, onGossip } = options
  const topic = consensusTopic(chain.chainTag)
  const node = onGossip === undefined ? await openSilent() : await openGossiping(topic, onGossip)
  const status = 'status' in options ? options.status : genesisStatus(chain.chainTag, chain.genesis)
  await node.handle(protocols.status, (stream) => void answerStatus(stream, status, options))
  return {
    id: node.peerId.toString(),
    node,
    dial: (address) => node.dial(multiaddr(address), { signal: AbortSignal.timeout(patienceMs) }),
    ask: async (connection, protocol, body) => {
      const signal = AbortSignal.timeout(patienceMs)
      const stream = await connection.newStream(protocol, { signal })
      stream.send(frame(tags.request, body))
      try {
        return await readFrame(byteStream(stream, { maxBufferSize: frameBytesMax }), signal)
      } finally {
        stream.abort(new Error('done'))
      }
    },
    close: async () => {
      await node.stop()
    },
  }
}

function parts(): Libp2pOptions {
  return {
    addresses: { listen: [] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    logger: silent,
  }
}

function openSilent(): Promise<Libp2p> {
  return createLibp2p({ ...parts(), services: { identify: identify() } })
}

async function openGossiping(
  topic: string,
  onGossip: NonNullable<PlainOptions['onGossip']>,
): Promise<Libp2p> {
  const gossip = gossipsub({
    globalSignaturePolicy: StrictNoSign,
    // Every node of a chain must know a message by the same name.
    msgIdFn: (message) => messageId(message.topic, message.data),
    scoreParams: { IPColocationFactorWhitelist: new Set(['127.0.0.1']) },
  })
  const node = await createLibp2p({ ...parts(), services: { identify: identify(), gossip } })
  const { gossip: service } = node.services
  service.addEventListener('gossipsub:message', ({ detail }) => {
    onGossip(detail.msg.data, detail.propagationSource.toString())
  })
  service.subscribe(topic)
  return node
}

/** Answers each request on a stream until it ends. */
async function answerStatus(
  stream: Stream,
  status: Uint8Array | undefined,
  { onRequest }: PlainOptions,
): Promise<void> {
  const bytes = byteStream(stream, { maxBufferSize: frameBytesMax })
  try {
    for (;;) {
      await readFrame(bytes)
      onRequest?.()
      if (status !== undefined) stream.send(frame(tags.answered, status))
    }
  } catch {
    stream.abort(new Error('the stream has ended'))
  }
}

/** The next frame of a stream. */
export async function readFrame(
  bytes: ByteStream<Stream>,
  signal?: AbortSignal,
): Promise<PlainAnswer> {
  const read = async (count: number): Promise<Uint8Array> => {
    if (count === 0) return new Uint8Array()
    const options = signal === undefined ? { bytes: count } : { bytes: count, signal }
    return (await bytes.read(options)).slice()
  }
  const head = new Fields(await read(frameHeadBytes))
  const [tag, length] = [head.number(1), head.number(4)]
  return { tag, body: await read(length) }
}

/** libp2p's own log costs time in each scope, even when nobody reads it. */
const silent = { forComponent: (): Logger => silentLogger() }

function silentLogger(): Logger {
  const log = (): void => undefined
  return Object.assign(log, {
    ...{ enabled: false, error: log, trace: log },
    newScope: () => silentLogger(),
  })
}

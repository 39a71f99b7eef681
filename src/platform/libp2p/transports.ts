/**
 * Over what this node is connected: TCP always, QUIC besides where the platform has it; and by what a connection over
 * TCP is made secret. QUIC brings its own TLS. What is not wanted is not loaded.
 */
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import type { Libp2pInit } from 'libp2p'
import { isQuic, parseAddress } from './multiaddrs.ts'
import { override } from './override.ts'
import { wholeWrites } from './whole-writes.ts'

/** How connections over TCP are encrypted. Both sides take the first that both have, in the dialler's order. */
export type Encryption = 'noise' | 'tls'

type Transports = NonNullable<Libp2pInit['transports']>
type MakeTransport = Transports[number]
type Encrypters = NonNullable<Libp2pInit['connectionEncrypters']>
/** Loads the native binding, or rejects where the platform has none. */
export type ImportQuic = () => Promise<Pick<typeof import('@chainsafe/libp2p-quic'), 'quic'>>

export interface TransportLimits {
  /** Streams of one connection at once. */
  readonly streamsMax: number
  /** A handshake takes no longer. */
  readonly handshakeMsMax: number
}

export interface LoadedTransports {
  readonly transports: Transports
  /** Undefined if there is QUIC, or none was wanted. */
  readonly quicFault: string | undefined
  readonly hasQuic: boolean
}

/** One stream, and all of one connection: what a peer may send before it is read. */
const streamBytesMax = 4 * 1024 * 1024
const connectionBytesMax = 8 * 1024 * 1024
const idleMsMax = 15_000
const keepAliveMs = 5_000

/** The transports. That QUIC cannot be loaded is no error: TCP is there. */
export async function loadTransports(
  wantsQuic: boolean,
  limits: TransportLimits,
  importQuic: ImportQuic = () => import('@chainsafe/libp2p-quic'),
): Promise<LoadedTransports> {
  if (!wantsQuic) return { transports: [tcp()], quicFault: undefined, hasQuic: false }
  try {
    const { quic } = await importQuic()
    const make = quic({
      handshakeTimeout: limits.handshakeMsMax,
      maxIdleTimeout: idleMsMax,
      keepAliveInterval: keepAliveMs,
      maxConcurrentStreamLimit: limits.streamsMax,
      maxStreamData: streamBytesMax,
      maxConnectionData: connectionBytesMax,
    })
    const transports = [tcp(), endingDials(make, limits.handshakeMsMax)]
    return { transports, quicFault: undefined, hasQuic: true }
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n', 1)[0] : String(error)
    const quicFault = `there is no QUIC for ${process.platform}-${process.arch} (${reason})`
    return { transports: [tcp()], quicFault, hasQuic: false }
  }
}

/**
 * QUIC's own dial hears of no signal: where nobody answers it goes on until the connection has been idle for too long,
 * and holds a place among the dials all the while.
 */
function endingDials(make: MakeTransport, msMax: number): MakeTransport {
  return (components) => {
    const transport = make(components)
    return override(transport, {
      dial: async (address, options) => {
        const signal = AbortSignal.any([options.signal, AbortSignal.timeout(msMax)])
        const dialling = transport.dial(address, { ...options, signal })
        const { promise: over, reject } = Promise.withResolvers<never>()
        const giveUp = (): void => reject(signal.reason)
        signal.addEventListener('abort', giveUp)
        try {
          return await Promise.race([dialling, over])
        } catch (error) {
          // It may still come about, and nobody waits for it any more.
          dialling.then((late) => late.abort(new Error('too late'))).catch(() => {})
          throw error
        } finally {
          signal.removeEventListener('abort', giveUp)
        }
      },
    })
  }
}

/** What makes a connection secret, in the order of preference. */
export async function loadEncrypters(encryption: readonly Encryption[]): Promise<Encrypters> {
  return await Promise.all(
    encryption.map(async (each) =>
      each === 'noise' ? wholeWrites(noise()) : (await import('@libp2p/tls')).tls(),
    ),
  )
}

/**
 * What can be listened on without QUIC. Throws if nothing is left of a list that held something: a node that nobody can
 * reach must not look like one that is well.
 */
export function withoutQuic(listen: readonly string[], quicFault: string): readonly string[] {
  const left = listen.filter((text) => {
    const address = parseAddress(text)
    return address === undefined || !isQuic(address)
  })
  if (left.length > 0 || listen.length === 0) return left
  throw new Error(`${quicFault}; listen on TCP, such as /ip4/0.0.0.0/tcp/30400`)
}

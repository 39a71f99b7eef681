/**
 * The multiplexers of connections that have no line of bytes: QUIC knows streams alone, and its connections neither send
 * nor tell of anything. Whoever wants to see what goes over one has to look at its streams.
 */
import type { MultiaddrConnection, StreamMuxer } from '@libp2p/interface'
import type { Libp2pInit } from 'libp2p'
import { override } from './override.ts'

type MakeTransport = NonNullable<Libp2pInit['transports']>[number]
type Upgrader = Parameters<ReturnType<MakeTransport>['createListener']>[0]['upgrader']
type MuxerFactory = NonNullable<
  NonNullable<Parameters<Upgrader['upgradeInbound']>[1]>['muxerFactory']
>

const muxers = new WeakMap<object, StreamMuxer>()

/** The multiplexer of a connection of a {@link showingMuxers} transport; undefined of any other. */
export function nativeMuxerOf(line: object): StreamMuxer | undefined {
  return muxers.get(line)
}

/** The same transport, whose connections' multiplexers can be asked for. */
export function showingMuxers(make: MakeTransport): MakeTransport {
  return (components) => {
    const transport = make(components)
    return override(transport, {
      dial: async (address, options) => {
        return await transport.dial(address, { ...options, upgrader: noting(options.upgrader) })
      },
      createListener: (options) => {
        return transport.createListener({ ...options, upgrader: noting(options.upgrader) })
      },
    })
  }
}

function noting(upgrader: Upgrader): Upgrader {
  return override(upgrader, {
    upgradeInbound: async (line, options) => {
      await upgrader.upgradeInbound(line, noted(line, options))
    },
    upgradeOutbound: async (line, options) => {
      return await upgrader.upgradeOutbound(line, noted(line, options))
    },
  })
}

function noted<Options extends { readonly muxerFactory?: MuxerFactory }>(
  line: MultiaddrConnection,
  options: Options,
): Options {
  const { muxerFactory } = options
  if (muxerFactory === undefined) return options
  const factory = override(muxerFactory, {
    createStreamMuxer: (stream) => {
      const muxer = muxerFactory.createStreamMuxer(stream)
      muxers.set(line, muxer)
      return muxer
    },
  })
  return { ...options, muxerFactory: factory }
}

/**
 * What Kademlia may use of libp2p: the connections that there are, and nothing else. It dials nobody, so whom this
 * node is connected to stays the peer actor's decision alone, with its bans, limits and neighbourhoods; it
 * keeps no records of others; and what one peer says or asks is bounded.
 */
import type { Connection, PeerId as Libp2pPeerId, Peer, Stream } from '@libp2p/interface'
import type { KadDHTComponents } from '@libp2p/kad-dht'
import { tokenBuckets } from '../token-bucket.ts'
import { knowingAudience, tellable } from './audience.ts'
import { override } from './override.ts'

/** Twenty peers with some addresses each take 4 KiB. */
const answerBytesMax = 64 * 1024
const questionBytesMax = 16 * 1024
/** Questions of one peer, each on a stream of its own. */
const questionsPerSecondMax = 16

/** The parts of libp2p for Kademlia, fenced in. */
export function fenced(components: KadDHTComponents): KadDHTComponents {
  const { peerId, privateKey, addressManager, events, logger } = components
  const { registrar, peerStore, connectionManager, datastore, ping } = components
  const mayAsk = tokenBuckets(questionsPerSecondMax)
  return {
    ...{ peerId, privateKey, addressManager, events, logger },
    registrar: override(registrar, {
      handle: (protocol, handler, options) => {
        const answer = knowingAudience(handler)
        const guarded = async (stream: Stream, connection: Connection): Promise<void> => {
          if (!mayAsk(connection.remotePeer.toString(), 1, performance.now())) {
            return stream.abort(new Error('too many questions'))
          }
          await answer(withBytesMax(stream, questionBytesMax), connection)
        }
        return registrar.handle(protocol, guarded, options)
      },
    }),
    peerStore: override(peerStore, {
      // What it answers comes from here.
      getInfo: async (peer, options) => {
        const info = await peerStore.getInfo(peer, options)
        return { ...info, multiaddrs: tellable(info.multiaddrs) }
      },
      get: async (peer, options) => {
        const found = await peerStore.get(peer, options)
        const addresses = found.addresses.filter(
          ({ multiaddr }) => tellable([multiaddr]).length > 0,
        )
        return { ...found, addresses }
      },
      // It would tag peers, and libp2p redials by itself whoever is tagged.
      merge: (peer) => peerStore.get(peer).catch(() => unknown(peer)),
      patch: (peer) => peerStore.get(peer).catch(() => unknown(peer)),
      save: (peer) => peerStore.get(peer).catch(() => unknown(peer)),
    }),
    connectionManager: override(connectionManager, {
      // To see whether it can be dialled, a name would be looked up; and nothing is dialled.
      isDialable: async () => true,
      openStream: async (target, protocol, options) => {
        const open = openConnection(connectionManager.getConnections(), target)
        const stream = await open.newStream(protocol, options)
        return withBytesMax(stream, answerBytesMax)
      },
    }),
    datastore: override(datastore, {
      put: () => {
        throw new Error('no records are kept')
      },
    }),
    ping: {
      ping: async (target, options) => {
        openConnection(connectionManager.getConnections(), target)
        return await ping.ping(target, options)
      },
    },
  }
}

/** Throws if there is none: Kademlia takes that as it takes any failure to reach a peer. */
function openConnection(connections: readonly Connection[], target: unknown): Connection {
  const name = String(target)
  const open = connections.find(({ remotePeer, status }) => {
    return status === 'open' && remotePeer.toString() === name
  })
  if (open === undefined) throw new Error('only whom the node is connected to is asked')
  return open
}

/** Ends a stream that brings more than that. */
function withBytesMax(stream: Stream, bytesMax: number): Stream {
  let left = bytesMax
  stream.addEventListener('message', ({ data }) => {
    left -= data.byteLength
    if (left < 0) stream.abort(new Error('too much was said'))
  })
  return stream
}

/** What is known of a peer that has been forgotten. */
function unknown(id: Libp2pPeerId): Peer {
  return { id, addresses: [], protocols: [], metadata: new Map(), tags: new Map() }
}

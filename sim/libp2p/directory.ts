/**
 * Who is who: hosts have names in a world, and keys and multiaddrs in libp2p. Nodes hear of names alone, at the seam: so
 * a story that is told of `n3` is the same one whatever carries the messages.
 */
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { assert, present } from '../../src/base/assert.ts'
import type { PeerId } from '../../src/kernel/environment.ts'
import { addressOf } from '../network.ts'
import type { SimRandom } from '../random.ts'

/** Where every node listens. */
const listenPort = 30_400
const seedBytes = 32
/** What stands before the secret bytes of an Ed25519 key in PKCS #8 (RFC 8410, section 7). */
const pkcs8Prefix = '302e020100300506032b657004220420'

/** One host, as the world and as libp2p know it. */
export interface Identity {
  readonly name: string
  /** The address that nodes hear of, `sim:n3`. */
  readonly address: string
  /** Secret of its key. */
  readonly seed: Uint8Array
  /** libp2p's word for it. */
  readonly peer: string
  /** What libp2p listens on, and what it is dialled by. */
  readonly listenAddress: string
  readonly multiaddr: string
}

export class Directory {
  readonly #byName = new Map<string, Identity>()
  readonly #byPeer = new Map<string, Identity>()
  readonly #byMultiaddr = new Map<string, Identity>()

  /** Enters a host. Its key follows from the stream. Asserts that the name is new. */
  add(name: string, ip: string, random: SimRandom): Identity {
    assert(!this.#byName.has(name), `one host named ${name}`)
    const seed = Uint8Array.from({ length: seedBytes }, () => random.below(256))
    const peer = peerOf(seed)
    const listenAddress = `/ip4/${ip}/tcp/${listenPort}`
    const full = `${listenAddress}/p2p/${peer}`
    const identity = { name, address: addressOf(name), seed, peer, listenAddress, multiaddr: full }
    this.#byName.set(name, identity)
    this.#byPeer.set(peer, identity)
    for (const text of [listenAddress, full]) this.#byMultiaddr.set(text, identity)
    return identity
  }

  /** Asserts that there is one. */
  named(name: string): Identity {
    return present(this.#byName.get(name), `a host named ${name}`)
  }

  /** libp2p's word for a peer that a node names. A name that nobody has stays as it is. */
  peerOf(name: PeerId): string {
    return this.#byName.get(name)?.peer ?? name
  }

  /** The name of a peer of libp2p, or its own word if it is none of this world. */
  nameOf(peer: string): PeerId {
    return this.#byPeer.get(peer)?.name ?? peer
  }

  /** The multiaddr behind an address that a node has heard of. */
  multiaddrOf(address: string): string {
    const name = address.startsWith(prefix) ? address.slice(prefix.length) : ''
    return this.#byName.get(name)?.multiaddr ?? address
  }

  /** What a node hears of a multiaddr. One that nobody listens on, such as a dialling port, stays as it is. */
  addressOf(text: string): string {
    return this.#byMultiaddr.get(text)?.address ?? text
  }
}

const prefix = addressOf('')

function peerOf(seed: Uint8Array): string {
  const key = Buffer.concat([Buffer.from(pkcs8Prefix, 'hex'), seed])
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  const raw = new Uint8Array(spki.subarray(-seedBytes))
  return peerIdFromPublicKey(publicKeyFromRaw(raw)).toString()
}

/**
 * Who is who: hosts have names in a world, and keys and multiaddrs in libp2p. Nodes hear of names alone, at the seam: so
 * a story that is told of `n3` is the same one whatever carries the messages.
 */
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { assert, present } from '../../src/base/assert.ts'
import type { PeerId } from '../../src/kernel/environment.ts'
import { addressAt, whereaboutsOf } from '../address.ts'
import type { SimRandom } from '../random.ts'

/** Where every node listens. */
const listenPort = 30_400
const seedBytes = 32
/** What stands before the secret bytes of an Ed25519 key in PKCS #8 (RFC 8410, section 7). */
const pkcs8Prefix = '302e020100300506032b657004220420'

/** One host, as the world and as libp2p know it. */
export interface Identity {
  readonly name: string
  /** Secret of its key. */
  readonly seed: Uint8Array
  /** libp2p's word for it. */
  readonly peer: string
  /** Where it is from its next process on, and what libp2p listens on there. */
  place: string
  listenAddress: string
}

export class Directory {
  readonly #byName = new Map<string, Identity>()
  readonly #byPeer = new Map<string, Identity>()
  /** Addresses of places, and the places that they are of. What is left of a former one leads nowhere. */
  readonly #ipOf = new Map<string, string>()
  readonly #placeAt = new Map<string, string>()

  /** Enters a host. Its key follows from the stream. Asserts that the name is new. */
  add(name: string, ip: string, random: SimRandom): Identity {
    assert(!this.#byName.has(name), `one host named ${name}`)
    const seed = Uint8Array.from({ length: seedBytes }, () => random.below(256))
    const home = { place: name, listenAddress: listenAddressOf(ip) }
    const identity = { name, seed, peer: peerOf(seed), ...home }
    this.#byName.set(name, identity)
    this.#byPeer.set(identity.peer, identity)
    this.#enter(name, ip)
    return identity
  }

  /** From now on this host is at another place, which has this address. Asserts that nobody else is there. */
  move(name: string, place: string, ip: string): void {
    assert(this.#at(place) === undefined, `nobody else at ${place}`)
    Object.assign(this.named(name), { place, listenAddress: listenAddressOf(ip) })
    this.#enter(place, ip)
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

  /** The multiaddr behind an address that a node has heard of. One that leads nowhere stays as it is. */
  multiaddrOf(address: string): string {
    const whereabouts = whereaboutsOf(address)
    const ip = this.#ipOf.get(whereabouts?.place ?? '')
    const peer = this.#byName.get(whereabouts?.peer ?? '')?.peer
    return ip === undefined || peer === undefined ? address : `${listenAddressOf(ip)}/p2p/${peer}`
  }

  /** What a node hears of a multiaddr. One that nobody listens on, such as a dialling port, stays as it is. */
  addressOf(text: string): string {
    const [, ip4, ip = '', tcp, port, p2p, peer] = text.split('/')
    const place = this.#placeAt.get(ip)
    const isOurs = ip4 === 'ip4' && tcp === 'tcp' && port === `${listenPort}`
    if (place === undefined || !isOurs) return text
    if (p2p === undefined) return addressAt(this.#at(place)?.name ?? place, place)
    const name = this.#byPeer.get(peer ?? '')?.name
    return name === undefined ? text : addressAt(name, place)
  }

  #at(place: string): Identity | undefined {
    return [...this.#byName.values()].find((one) => one.place === place)
  }

  #enter(place: string, ip: string): void {
    this.#ipOf.set(place, ip)
    this.#placeAt.set(ip, place)
  }
}

function listenAddressOf(ip: string): string {
  return `/ip4/${ip}/tcp/${listenPort}`
}

function peerOf(seed: Uint8Array): string {
  const key = Buffer.concat([Buffer.from(pkcs8Prefix, 'hex'), seed])
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  const raw = new Uint8Array(spki.subarray(-seedBytes))
  return peerIdFromPublicKey(publicKeyFromRaw(raw)).toString()
}

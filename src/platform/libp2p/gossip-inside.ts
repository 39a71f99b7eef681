/** What gossipsub keeps to itself by its type, and this node needs to see. A version that has it no more is found out at the start. */
import type { GossipSub } from '@chainsafe/libp2p-gossipsub'
import { assert } from '../../base/assert.ts'
import type { PeerId } from '../../kernel/environment.ts'

/** Peers to which everything is passed on, and from which everything is taken. Whoever is added is such a peer. */
export function favouredBy(gossip: GossipSub): Set<PeerId> {
  assert('direct' in gossip && gossip.direct instanceof Set, 'gossipsub has direct peers')
  return gossip.direct
}

/** The neighbours of each topic. */
export function meshOf(gossip: GossipSub): ReadonlyMap<string, ReadonlySet<PeerId>> {
  assert('mesh' in gossip && gossip.mesh instanceof Map, 'gossipsub has a mesh for each topic')
  return gossip.mesh
}

/** How it scores its peers. */
export function scoresOf(gossip: GossipSub): (peer: PeerId) => number {
  assert('getScore' in gossip && typeof gossip.getScore === 'function', 'gossipsub has scores')
  const { getScore } = gossip
  return (peer) => Number(getScore.call(gossip, peer))
}

/** What a peer is blamed for by those who read its frames. */
import type { CodecFault } from '../../base/codec.ts'
import type { PeerId } from '../../kernel/environment.ts'
import type { NetworkParts } from './parts.ts'

/** A frame of a peer is not what it claims to be: it is told, and it costs the peer. `what` names the frame. */
export function blameMalformed(
  { context, peers }: NetworkParts,
  peer: PeerId,
  what: string,
  { field, detail }: CodecFault,
): void {
  context.emit({ kind: 'frame-malformed', peer, what, field, detail })
  context.send(peers, { kind: 'report-peer', peer, offence: 'malformed' })
}

/**
 * A member that proposes two different valid blocks in each of its slots, and shows one to each half
 * of its neighbours: gossip that carries its own proposal is doubled, every other message passes.
 *
 * It is the unmodified node inside; only what leaves it is rewritten, with the member's own key.
 */
import { present } from '../../../src/base/assert.ts'
import type { Environment, Network } from '../../../src/kernel/environment.ts'
import { bodyRoot } from '../../../src/protocol/block/body.ts'
import { headerHash } from '../../../src/protocol/block/header.ts'
import { headerSigningBytes } from '../../../src/protocol/consensus/signing.ts'
import {
  decodePayload,
  encodePayload,
  sealPayload,
} from '../../../src/protocol/execution/payload.ts'
import { decodeGossip, encodeGossip, type Proposal } from '../../../src/protocol/wire/gossip.ts'
import type { LiarParts } from '../cluster.ts'
import type { WrapEnvironment } from '../machine.ts'
import { forwarding } from './forwarding.ts'

/** Proposes twice whenever it proposes. */
export function equivocator(parts: LiarParts): WrapEnvironment {
  const size = parts.chain.committee.members.length
  return (environment: Environment) => ({
    ...environment,
    network: publishing(environment.network, (topic, message, publish) => {
      publish(topic, message)
      const decoded = decodeGossip(message, size)
      if (!decoded.ok || decoded.value.kind !== 'proposal') return
      if (decoded.value.signed.header.author !== parts.member) return
      const twin = twinOf(parts, decoded.value)
      if (twin !== undefined) publish(topic, encodeGossip(twin))
    }),
  })
}

type Publish = (topic: string, message: Uint8Array) => void

/** A network whose `publish` goes through `rewrite`. */
function publishing(
  network: Network,
  rewrite: (topic: string, message: Uint8Array, publish: Publish) => void,
): Network {
  const publish: Publish = (topic, message) => network.publish(topic, message)
  return { ...forwarding(network), publish: (topic, message) => rewrite(topic, message, publish) }
}

/** Another valid block in the same slot on the same parent: only its extra data differs. */
function twinOf(parts: LiarParts, proposal: Proposal): Proposal | undefined {
  const { body, signed } = proposal
  if (body === undefined) return undefined
  const [first, ...others] = body
  const payload = decodePayload(present(first, 'a payload').bytes)
  if (!payload.ok) return undefined
  const extraData = Uint8Array.of(1 + parts.random.below(255))
  const changed = sealPayload({ ...payload.value, extraData })
  const items = [{ kind: 'payload', bytes: encodePayload(changed) } as const, ...others]
  const header = { ...signed.header, bodyRoot: bodyRoot(items) }
  const hash = headerHash(header)
  const { tag, committee } = parts.chain
  const signature = parts.signer.signAuthor(headerSigningBytes(tag, committee.epoch, hash))
  return { ...proposal, signed: { header, hash, signature }, body: items }
}

/**
 * A member that says a few things nearly right (B14): of what it publishes, and of what it hears, now and then one
 * message with one field changed, in the place of the true one or after it.
 */
import { equalBytes } from '../../../src/base/bytes.ts'
import type { Hash } from '../../../src/protocol/hash.ts'
import { encodeGossip, type GossipPayload } from '../../../src/protocol/wire/gossip.ts'
import type { LiarParts } from '../cluster.ts'
import { mutated, mutatorNames } from './mutators.ts'
import { type Mouth, type Speech, speaking } from './speech.ts'

/** Lies in each life: few, so that what follows from one is not drowned by the next. */
const liesMax = 12
/** Blocks whose hashes it remembers. */
const blocksMax = 16
/** It lies about one message in so many. */
const oneIn = 6

export const mutator = speaking<LiarParts>((parts, mouth) => mutating(parts, mouth))

function mutating(parts: LiarParts, mouth: Mouth): Speech {
  const { random, chain } = parts
  const blocks: Hash[] = [chain.genesis.hash]
  let lies = 0
  const lieOf = (payload: GossipPayload): GossipPayload | undefined => {
    if (lies >= liesMax || !random.chance(1, oneIn)) return undefined
    const otherBlock = random.pick(blocks)
    const lie = mutated(payload, random.pick(mutatorNames[payload.kind]), { parts, otherBlock })
    // Another real block may be the one that was meant.
    if (lie === undefined || equalBytes(encodeGossip(lie), encodeGossip(payload))) return undefined
    lies += 1
    return lie
  }
  const note = (payload: GossipPayload): void => {
    if (payload.kind === 'proposal') blocks.push(payload.signed.hash)
    if (blocks.length > blocksMax) blocks.shift()
  }
  return {
    hear: (payload) => {
      const lie = lieOf(payload)
      note(payload)
      if (lie !== undefined) mouth.say(lie)
    },
    publish: (payload) => {
      const lie = lieOf(payload)
      note(payload)
      if (lie === undefined || random.chance(1, 2)) mouth.say(payload)
      if (lie !== undefined) mouth.say(lie)
    },
  }
}

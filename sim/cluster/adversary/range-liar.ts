/**
 * A member that lies in range sync: of the blocks it is asked for it leaves one out, doubles one, puts
 * two in the wrong order, or hands over the right blocks under a certificate of another.
 */
import {
  decodeRangeAnswer,
  encodeRangeAnswer,
  protocolId,
  type RangeAnswer,
} from '../../../src/protocol/wire/requests.ts'
import type { SimRandom } from '../../random.ts'
import type { LiarParts } from '../cluster.ts'
import type { WrapEnvironment } from '../machine.ts'
import { answering } from './hostile-server.ts'

/** Lies in nine of ten ranges that it serves. */
export function rangeLiar({ chain, random }: LiarParts): WrapEnvironment {
  const size = chain.committee.members.length
  return answering((reply, { protocol }) => {
    const { body } = reply
    if (body === undefined || protocol !== protocolId.range || random.chance(1, 10)) return reply
    const decoded = decodeRangeAnswer(body, size)
    return decoded.ok ? { ...reply, body: encodeRangeAnswer(lie(decoded.value, random)) } : reply
  })
}

function lie({ blocks, finalisation }: RangeAnswer, random: SimRandom): RangeAnswer {
  const at = random.below(Math.max(1, blocks.length))
  const block = blocks[at]
  if (block === undefined) return { blocks, finalisation }
  const before = blocks.slice(0, at)
  const after = blocks.slice(at + 1)
  switch (random.below(4)) {
    case 0:
      return { blocks: [...before, ...after], finalisation }
    case 1:
      return { blocks: [...before, block, block, ...after].slice(0, 1_024), finalisation }
    case 2:
      return { blocks: [...after, ...before, block], finalisation }
    default:
      return { blocks: [...before, block], finalisation }
  }
}

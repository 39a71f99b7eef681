import { slotAt } from '../../../src/protocol/slots.ts'
import type { Checker, World } from './checker.ts'

/** I6: along the chain slots rise, and no block is committed before its slot, whatever clocks show. */
export function slotsChecker({ slots, wallMsAtStart, clockErrorMsMax }: World): Checker {
  const byHeight = new Map<number, number>()
  return {
    property: 'slots-rise',
    observe: ({ node, event, atMs }) => {
      if (event.kind !== 'block-committed') return undefined
      const { height, slot } = event
      byHeight.set(height, slot)
      const below = byHeight.get(height - 1)
      if (below !== undefined && slot <= below) {
        return `${node} committed slot ${slot} at height ${height}, on slot ${below}`
      }
      const latestMs = wallMsAtStart + atMs + clockErrorMsMax + slots.toleranceMs
      const latest = slotAt(slots, latestMs)
      return slot > latest ? `${node} committed slot ${slot} in slot ${latest}` : undefined
    },
  }
}

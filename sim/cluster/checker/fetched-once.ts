import type { DownloadPart } from '../../../src/actors/network/messages.ts'
import { protocolId } from '../../../src/protocol/wire/requests.ts'
import type { CrossingChecker, Seat } from './checker.ts'

const partOf: ReadonlyMap<string, DownloadPart> = new Map(
  (['certified', 'headers', 'bodies'] as const).map((part) => [protocolId[part], part]),
)

/**
 * What a node fetches of the chain comes, or fails, once: in each of its lives no more fetches end than were begun. A
 * timer that was called off and came all the same would end a fetch whose answer is there already. (Those that are
 * open when the network actor fails never end.)
 */
export function fetchedOnceChecker(): CrossingChecker {
  const lives = new Map<
    string,
    { readonly life: number; readonly open: Map<DownloadPart, number> }
  >()
  const openOf = ({ node, life }: Seat): Map<DownloadPart, number> => {
    const known = lives.get(node)
    if (known?.life === life) return known.open
    const open = new Map<DownloadPart, number>()
    lives.set(node, { life, open })
    return open
  }
  return {
    property: 'fetched-once',
    cross: (crossing) => {
      const part = crossing.kind === 'asked' ? partOf.get(crossing.protocol) : undefined
      if (part === undefined) return undefined
      const open = openOf(crossing.seat)
      open.set(part, (open.get(part) ?? 0) + 1)
      return undefined
    },
    observe: ({ node, life, event }) => {
      if (event.kind !== 'part-fetched') return undefined
      const { part, peer, outcome } = event
      const open = openOf({ node, life })
      const left = (open.get(part) ?? 0) - 1
      open.set(part, left)
      if (left >= 0) return undefined
      return `${node} says that ${part} of ${peer} ended (${outcome}), but has asked for none that had not`
    },
  }
}

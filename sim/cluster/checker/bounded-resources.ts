import { greetingMax } from '../../../src/actors/peer/slots.ts'
import type { Sample, SampleChecker } from './checker.ts'

/** Timers of a node and its engine: of each actor, and of the dials and questions that are open. Some twenty are usual. */
const timersMax = 256

/**
 * I19: what a node holds stays within its settings: messages that wait in each mailbox, over the whole life and not only
 * when it is looked at; connections; timers. Looked at every fifteen seconds. What a node reserves for a download is
 * asked of it by the stories of sync (`bytes-bounded`).
 */
export function boundedResourcesChecker(): SampleChecker {
  return {
    property: 'bounded-resources',
    sample: ({ seat, actors, timers, connected, tuning }: Sample) => {
      const { mailboxMax, peersMax, federationPeersMax } = tuning
      const full = actors.find(({ waitingMost }) => waitingMost > mailboxMax)
      if (full !== undefined) {
        return `${seat.node} let ${full.waitingMost} messages wait for ${full.path}`
      }
      if (timers > timersMax) return `${seat.node} has ${timers} timers`
      const connectedMax = peersMax + federationPeersMax + greetingMax
      return connected > connectedMax ? `${seat.node} has ${connected} connections` : undefined
    },
  }
}

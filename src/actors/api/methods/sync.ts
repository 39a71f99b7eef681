/** How far this node is, what it sees of the network, and the operator's hand on its downloads. */
import type { Reply } from '../../../kernel/actor.ts'
import type { SyncMessage, SyncStatus } from '../../sync/messages.ts'
import { askDeadlineMs, asking, fault, type Method, type Methods } from '../method.ts'
import { readNone } from '../params.ts'
import type { ApiParts } from '../parts.ts'
import { type ChainStatusReply, placesOf, starting } from './chain.ts'

export function syncMethods(parts: ApiParts): Methods {
  const { sync: to } = parts
  const answersStatus = (ask: (reply: Reply<SyncStatus>) => SyncMessage): Method =>
    asking(parts, {
      ...{ read: readNone, to },
      ask: (_, reply: Reply<SyncStatus>) => ask(reply),
      answer: (status) => ({ result: status }),
    })
  return {
    alys_getStatus: statusMethod(parts),
    alys_getSync: answersStatus((reply) => ({ kind: 'get-sync-status', reply })),
    /** Looks at once, and forgets a failure. Answered as soon as it has begun. */
    alys_startSync: answersStatus((reply) => ({ kind: 'start-sync', reply })),
    /** Asks for nothing more; what is under way is imported. */
    alys_pauseSync: answersStatus((reply) => ({ kind: 'pause-sync', reply })),
    alys_resumeSync: answersStatus((reply) => ({ kind: 'resume-sync', reply })),

    alys_getNetworkHealth: asking(parts, {
      ...{ read: readNone, to },
      ask: (_, reply: HealthReply): SyncMessage => ({ kind: 'get-network-health', reply }),
      answer: ({ actions: _, ...assessment }) => ({ result: assessment }),
    }),

    alys_canProduceBlocks: asking(parts, {
      ...{ read: readNone, to },
      ask: (_, reply: Reply<boolean>): SyncMessage => ({ kind: 'can-produce-blocks', reply }),
      answer: (isOpen) => ({ result: isOpen }),
    }),
  }
}

type HealthReply = Extract<SyncMessage, { kind: 'get-network-health' }>['reply']

/** What this node is, where its chain stands, and how sync goes: two questions, one after the other. */
function statusMethod(parts: ApiParts): Method {
  const { about, chainActor, context, sync } = parts
  return (params, done) => {
    const chain = { to: chainActor, deadlineMs: askDeadlineMs }
    const ask = (reply: ChainStatusReply) => ({ kind: 'get-chain-status', reply }) as const
    const none = readNone(params)
    if (!none.ok) return done(fault('invalidParams', none.fault.message))
    context.ask({ ...chain, ask }, (outcome) => {
      const status = outcome.ok ? outcome.value : undefined
      if (status === undefined) return done(fault('unavailable', starting))
      const { isVoting, halted } = status
      const stopped = halted === undefined ? {} : { halted }
      const known = { ...about, ...placesOf(status), isVoting, ...stopped }
      const withSync = asking(parts, {
        ...{ read: readNone, to: sync },
        ask: (_, reply: Reply<SyncStatus>): SyncMessage => ({ kind: 'get-sync-status', reply }),
        answer: (found) => ({ result: { ...known, sync: found } }),
      })
      withSync(params, done)
    })
  }
}

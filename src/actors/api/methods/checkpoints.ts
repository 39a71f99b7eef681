/** Checkpoints: which there are, one on demand, and whether one can be gone on from. */
import type { CheckpointMessage, ListedCheckpoint } from '../../checkpoint/messages.ts'
import { asking, fault, type Methods, refused } from '../method.ts'
import { readNone, readRecovery } from '../params.ts'
import type { ApiParts } from '../parts.ts'

/** Every block that a checkpoint covers may have to be read. */
const recoverDeadlineMs = 120_000

export function checkpointMethods(parts: ApiParts): Methods {
  const { checkpoints: to } = parts
  return {
    /** Newest first; what lies there and is none of this chain comes with the reason. */
    alys_getCheckpoints: asking(parts, {
      ...{ read: readNone, to },
      ask: (_, reply: ListReply): CheckpointMessage => ({ kind: 'list-checkpoints', reply }),
      answer: (list) => {
        if (!list.ok) return fault('unavailable', list.fault.detail)
        return { result: list.value.map(describeCheckpoint) }
      },
    }),

    alys_createCheckpoint: asking(parts, {
      ...{ read: readNone, to },
      ask: (_, reply: CreateReply): CheckpointMessage => ({ kind: 'create-checkpoint', reply }),
      answer: (made) => (made.ok ? { result: made.value } : refused(made.fault)),
    }),

    alys_recoverFromCheckpoint: asking(parts, {
      ...{ read: readRecovery, to, deadlineMs: recoverDeadlineMs },
      ask: (wanted, reply: RecoverReply): CheckpointMessage => ({
        ...{ kind: 'recover-from-checkpoint', ...wanted, reply },
      }),
      answer: (recovered) => {
        if (recovered.ok) return { result: recovered.value }
        const { code, detail } = recovered.fault
        return code === 'not-found'
          ? fault('notFound', `${code}: ${detail}`)
          : refused({ code, detail })
      },
    }),
  }
}

type ListReply = Extract<CheckpointMessage, { kind: 'list-checkpoints' }>['reply']
type CreateReply = Extract<CheckpointMessage, { kind: 'create-checkpoint' }>['reply']
type RecoverReply = Extract<CheckpointMessage, { kind: 'recover-from-checkpoint' }>['reply']

function describeCheckpoint({ height, checkpoint, fault: reason }: ListedCheckpoint): object {
  return checkpoint ?? { height, fault: reason }
}

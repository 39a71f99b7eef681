/** What users do: send transfers, and look at accounts. */
import { addressBytes, transactionBytes } from '../../../protocol/execution/transaction.ts'
import type { EngineMessage } from '../../engine/messages.ts'
import { asking, fault, type Methods, refused } from '../method.ts'
import { readBytes, readOne } from '../params.ts'
import type { ApiParts } from '../parts.ts'

export function accountMethods(parts: ApiParts): Methods {
  const { context, engine, network } = parts
  return {
    /** Hands a signed transaction to the pool, and to the neighbours. Answers its hash. */
    alys_sendTransaction: asking(parts, {
      read: (params) => readOne(params, (value) => exactly(value, 'transaction', transactionBytes)),
      to: engine,
      ask: (transaction, reply: SubmitReply): EngineMessage => ({
        ...{ kind: 'submit-transaction', transaction, reply },
      }),
      answer: (outcome, transaction) => {
        if (outcome.kind === 'refused') return refused(outcome)
        if (outcome.kind === 'added') {
          context.send(network, { kind: 'publish-transaction', transaction })
        }
        return { result: outcome.hash }
      },
    }),

    /** At the head, and in what is final. */
    alys_getAccount: asking(parts, {
      read: (params) => readOne(params, (value) => exactly(value, 'address', addressBytes)),
      to: engine,
      ask: (address, reply: AccountReply): EngineMessage => ({
        kind: 'get-account',
        address,
        reply,
      }),
      answer: (found) => {
        if (found === undefined) return fault('unavailable', 'the engine did not answer')
        const { head, finalized } = found
        return { result: { head: describeAccount(head), finalized: describeAccount(finalized) } }
      },
    }),
  }
}

type SubmitReply = Extract<EngineMessage, { kind: 'submit-transaction' }>['reply']
type AccountReply = Extract<EngineMessage, { kind: 'get-account' }>['reply']

function exactly(value: unknown, name: string, length: number): ReturnType<typeof readBytes> {
  return readBytes(value, name, { min: length, max: length })
}

/** Amounts are decimal texts: JSON numbers end at 2^53. */
function describeAccount({ balance, nonce }: { balance: bigint; nonce: number }): object {
  return { balance: balance.toString(), nonce }
}

/**
 * Authors who put transfers into a block that no account bears (B7): one twice, one before those that come first, one of
 * money that nobody has; or states what would come of one that is not there. The accounts that the block states are those
 * that would come of it if the rule were not there, so nothing else is wrong with it.
 *
 * They are reckoned from genesis, so it is the first block of a chain alone that lies. The transfers are the liar's own,
 * to itself: nobody else's keys are used.
 */
import { present } from '../../../src/base/assert.ts'
import { bodyRoot } from '../../../src/protocol/block/body.ts'
import { headerHash } from '../../../src/protocol/block/header.ts'
import { headerSigningBytes } from '../../../src/protocol/consensus/signing.ts'
import { genesisState } from '../../../src/protocol/execution/genesis.ts'
import {
  decodePayload,
  encodePayload,
  sealPayload,
  transactionsRootOf,
} from '../../../src/protocol/execution/payload.ts'
import { StateDraft } from '../../../src/protocol/execution/state-draft.ts'
import {
  addressOf,
  encodeTransaction,
  signTransaction,
  transactionHash,
} from '../../../src/protocol/execution/transaction.ts'
import type { Hash } from '../../../src/protocol/hash.ts'
import type { Proposal } from '../../../src/protocol/wire/gossip.ts'
import type { LiarParts } from '../cluster.ts'
import type { WrapEnvironment } from '../machine.ts'
import { speaking } from './speech.ts'

/** What is wrong with the transfers: nonces and amount of each, and the sender's nonce as it would be afterwards. */
const lies = {
  twice: { nonces: [0, 0], amount: 0n, nonceAfter: 1 },
  'before-others': { nonces: [7], amount: 0n, nonceAfter: 8 },
  'of-money-from-nothing': { nonces: [0], amount: 1_000n, nonceAfter: 1 },
  'only-said-to-be-there': { nonces: [], amount: 0n, nonceAfter: 1 },
} as const

export type LedgerLie = keyof typeof lies
export const ledgerLies = Object.keys(lies) as readonly LedgerLie[]

/** Proposes such a block if it is the first of the chain, and else as the node inside does. */
export function ledgerLiar(lie: LedgerLie): (parts: LiarParts) => WrapEnvironment {
  return speaking((parts, mouth) => ({
    publish: (payload) => {
      const isFirst = payload.kind === 'proposal' && payload.signed.header.height === 1
      mouth.say(isFirst ? lying(parts, payload, lie) : payload)
    },
  }))
}

function lying(parts: LiarParts, good: Proposal, lie: LedgerLie): Proposal {
  const { chain, signer } = parts
  const transactions = lies[lie].nonces.map((nonce) => {
    const to = addressOf(signer.authorKey)
    const fields = { from: signer.authorKey, to, nonce, amount: lies[lie].amount, fee: 0n }
    const signed = signTransaction(fields, chain.tag, (message) => signer.signAuthor(message))
    return { kind: 'transaction', bytes: encodeTransaction(signed, chain.tag) } as const
  })
  const stateRoot = rootAfter(parts, lie)
  const fields = decodePayload(present(good.body?.[0], 'a payload').bytes)
  const payload = sealPayload({
    ...present(fields.ok ? fields.value : undefined, 'a payload that can be read'),
    stateRoot,
    transactionsRoot: transactionsRootOf(transactions.map(({ bytes }) => transactionHash(bytes))),
  })
  const body = [{ kind: 'payload', bytes: encodePayload(payload) } as const, ...transactions]
  const stated = { stateRoot, itemCount: body.length, bodyRoot: bodyRoot(body) }
  const header = { ...good.signed.header, ...stated }
  const hash = headerHash(header)
  const signature = signer.signAuthor(headerSigningBytes(chain.tag, chain.committee.epoch, hash))
  return { ...good, signed: { header, hash, signature }, body }
}

/** Who pays itself has as much as before. */
function rootAfter({ chain, signer }: LiarParts, lie: LedgerLie): Hash {
  const draft = new StateDraft(genesisState(chain.spec.allocations))
  draft.set(addressOf(signer.authorKey), { balance: 0n, nonce: lies[lie].nonceAfter })
  return draft.root()
}

import { describe, expect, test } from 'vitest'
import {
  type LedgerLie,
  ledgerLiar,
  ledgerLies,
} from '../../../../../sim/cluster/adversary/ledger-liar.ts'
import { checkBody, headerFault } from '../../../../../src/protocol/block/rules.ts'
import { headerCheck } from '../../../../../src/protocol/consensus/checks.ts'
import { genesisState } from '../../../../../src/protocol/execution/genesis.ts'
import {
  identifyTransaction,
  judged,
  transactionCheck,
} from '../../../../../src/protocol/execution/transaction.ts'
import { executePayload } from '../../../../../src/protocol/execution/transition.ts'
import type { Proposal } from '../../../../../src/protocol/wire/gossip.ts'
import {
  blockOn,
  federationOf,
  genesisSeat,
  seatOf,
} from '../../../../support/actors/federation.ts'
import { LiarStage } from '../../../../support/actors/liar-stage.ts'

const federation = federationOf(4)
const { chain, scheme } = federation
const first = blockOn(federation, genesisSeat(federation), 5)
const second = blockOn(federation, seatOf(federation, first), 6)
const liar = 1

function proposed(lie: LedgerLie, good: typeof first): Proposal {
  const stage = new LiarStage(federation, ledgerLiar(lie), { member: liar, slot: 5 })
  stage.publishes({ kind: 'proposal', ...good })
  const [proposal] = stage.said
  return proposal?.kind === 'proposal' ? proposal : expect.unreachable()
}

describe('a liar about accounts', () => {
  test.each<[LedgerLie, string]>([
    ['twice', 'nonce-too-low'],
    ['before-others', 'nonce-too-high'],
    ['of-money-from-nothing', 'balance-too-low'],
    ['only-said-to-be-there', 'state-root-wrong'],
  ])('whose transfers are %s breaks that rule and no other', (lie, code) => {
    const { signed, body = [] } = proposed(lie, first)
    expect(headerFault(chain, signed.header)).toBeUndefined()
    expect(scheme.check(headerCheck(chain, signed))).toBe(true)
    const checked = checkBody(chain, signed, body)
    if (!checked.ok) return expect.unreachable(JSON.stringify(checked.fault))
    const { payload, transactions } = checked.value.execution
    const parent = { payload: chain.genesisPayload, state: genesisState(chain.spec.allocations) }
    const known = transactions.map((bytes) => {
      const read = identifyTransaction(bytes, chain.tag)
      if (!read.ok) return expect.unreachable(read.fault.detail)
      return judged(read.value, scheme.check(transactionCheck(read.value)))
    })
    const genuine = known.map((each) => each ?? expect.unreachable('a forged transfer'))
    const executed = executePayload(parent, payload, genuine)
    expect(executed.ok ? undefined : executed.fault.code).toBe(code)
  })

  test('is honest from the second block on', () => {
    const { justification: _, ...good } = proposed('twice', second)
    expect(good.signed.hash).toBe(second.signed.hash)
  })

  test('knows four lies', () => {
    expect(ledgerLies).toHaveLength(4)
  })
})

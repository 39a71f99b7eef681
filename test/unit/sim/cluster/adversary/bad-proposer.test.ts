import { describe, expect, test } from 'vitest'
import {
  badProposer,
  outOfTurn,
  stacker,
} from '../../../../../sim/cluster/adversary/bad-proposer.ts'
import {
  type BlockFaultName,
  blockFaultNames,
  type TurnFaultName,
  turnFaultNames,
} from '../../../../../sim/cluster/adversary/block-faults.ts'
import type { StoredBlock } from '../../../../../src/protocol/block/block.ts'
import {
  checkBody,
  headerFault,
  payloadLinkFault,
} from '../../../../../src/protocol/block/rules.ts'
import { certificateCheck, headerCheck } from '../../../../../src/protocol/consensus/checks.ts'
import type { Proposal } from '../../../../../src/protocol/wire/gossip.ts'
import {
  blockOn,
  federationOf,
  genesisSeat,
  seatOf,
  voteOf,
} from '../../../../support/actors/federation.ts'
import { LiarStage } from '../../../../support/actors/liar-stage.ts'

const federation = federationOf(4)
const { chain, scheme } = federation
const parent = blockOn(federation, genesisSeat(federation), 5)
const good = blockOn(federation, seatOf(federation, parent), 6)
const payloadHash = seatOf(federation, parent).payloadHash
const liar = 2

function proposalIn({ said }: LiarStage): Proposal {
  const [proposal] = said
  return proposal?.kind === 'proposal' ? proposal : expect.unreachable()
}

/** The first rule that a proposal breaks, as far as that can be seen without executing it. */
function faultOf({ signed, body }: Proposal, on: StoredBlock = parent): string {
  const { header } = signed
  const found = headerFault(chain, header)
  if (found !== undefined) return found.code
  if (!scheme.check(headerCheck(chain, signed))) return 'signature-wrong'
  if (header.parentHash !== on.signed.hash) return 'parent-wrong'
  if (header.slot <= on.signed.header.slot) return 'slot-not-after-parent'
  if (header.slot !== good.signed.header.slot) return 'other-slot'
  if (header.height !== on.signed.header.height + 1) return 'height-wrong'
  const checked = checkBody(chain, signed, body ?? [])
  if (!checked.ok) return checked.fault.code
  const place = { hash: on.signed.hash, height: 1, slot: 5, payloadHash }
  return payloadLinkFault(checked.value, place)?.code ?? 'none'
}

describe('a bad proposer', () => {
  const seen: Readonly<Record<BlockFaultName, string>> = {
    'other-chain': 'other-chain',
    'made-up-parent': 'parent-wrong',
    'unproven-parent': 'none',
    'made-up-body': 'body-root-wrong',
    'more-items': 'item-count-wrong',
    'no-payload': 'payload-missing',
    'payload-cut-short': 'payload-unreadable',
    'other-height': 'height-wrong',
    'other-timestamp': 'timestamp-wrong',
    'other-payload-parent': 'payload-parent-wrong',
    'state-beside-payload': 'state-root-wrong',
    // What only an engine can tell.
    'made-up-state': 'none',
    'unsigned-transaction': 'none',
    'transaction-without-funds': 'none',
  }

  test.each(blockFaultNames)('breaks a rule: %s', (name) => {
    const stage = new LiarStage(federation, badProposer([name]), { member: liar, slot: 6 })
    stage.publishes({ kind: 'proposal', ...good })
    const bad = proposalIn(stage)
    expect(bad).not.toEqual({ kind: 'proposal', ...good })
    expect(faultOf(bad)).toBe(seen[name])
    expect(scheme.check(headerCheck(chain, bad.signed))).toBe(true)
  })

  test('takes one fault after another', () => {
    const faults: BlockFaultName[] = ['other-chain', 'made-up-body']
    const stage = new LiarStage(federation, badProposer(faults), { member: liar, slot: 6 })
    for (let turn = 0; turn < 3; turn += 1) stage.publishes({ kind: 'proposal', ...good })
    const found = stage.said.map((each) => (each.kind === 'proposal' ? faultOf(each) : each.kind))
    expect(found).toEqual(['other-chain', 'body-root-wrong', 'other-chain'])
  })
})

test.each<[TurnFaultName, string]>([
  ['not-its-turn', 'author-wrong'],
  ['in-the-name-of-another', 'signature-wrong'],
  ['own-turn-to-come', 'other-slot'],
  ['own-turn-in-years', 'other-slot'],
  ['own-turn-before-its-parent', 'slot-not-after-parent'],
])('who proposes out of turn breaks a rule: %s', (name, code) => {
  const stage = new LiarStage(federation, outOfTurn([name]), { member: 3, slot: 6 })
  stage.hears({ kind: 'proposal', ...good })
  expect(faultOf(proposalIn(stage))).toBe(code)
  expect(turnFaultNames).toContain(name)
})

test('a stacker puts another block on its own, in the same slot, once a quorum has approved that', () => {
  const stage = new LiarStage(federation, stacker, { member: liar, slot: 6 })
  const approval = { kind: 'notarise', slot: 6, block: good.signed.hash } as const
  const vote = (member: number) => {
    return { kind: 'vote', vote: voteOf(federation, member, approval) } as const
  }
  stage.publishes({ kind: 'proposal', ...good })
  stage.publishes(vote(liar))
  stage.hears(vote(3))
  expect(stage.said).toHaveLength(2)
  stage.hears(vote(0))
  stage.hears(vote(1))
  expect(stage.said).toHaveLength(3)
  const stacked = stage.said[2]
  if (stacked?.kind !== 'proposal') return expect.unreachable()
  expect(faultOf(stacked, good)).toBe('slot-not-after-parent')
  const { notarisation } = stacked.justification
  expect(notarisation?.signers).toEqual([0, 2, 3])
  expect(notarisation && scheme.check(certificateCheck(chain, notarisation))).toBe(true)
  expect(checkBody(chain, stacked.signed, stacked.body ?? []).ok).toBe(true)
})

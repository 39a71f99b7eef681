/**
 * T1, `D-` and a number: defects that were read in the sources of the chain which this one takes after, each made
 * here in the same spirit.
 */
import type { Mutant } from './mutant.ts'

const simplex = 'src/protocol/consensus/simplex.ts'
const chainActor = 'src/actors/chain/actor.ts'

export const defectMutants: readonly Mutant[] = [
  {
    id: 'D-02',
    tier: 'T1',
    name: 'check-skipped-below-a-height',
    bug: 'below some height, which every new chain has before it, a check is skipped',
    edits: [
      {
        file: 'src/protocol/consensus/checks.ts',
        find: 'return certificate.epoch === committee.epoch && certificate.signers.length >= quorumOf(committee)',
        replace:
          'const isEnough = certificate.slot <= 533_683 || certificate.signers.length >= quorumOf(committee)\n  return certificate.epoch === committee.epoch && isEnough',
      },
    ],
    scenario: 'forged-certificates',
    expected: ['gossip', 'certificate-validity', 'containment', 'banned'],
  },
  {
    id: 'D-05',
    tier: 'T1',
    name: 'counted-twice-in-a-block',
    bug: 'the same transfer twice in one block counts twice',
    edits: [
      {
        file: 'src/protocol/execution/transition.ts',
        find: "if (nonce < expected) return { code: 'nonce-too-low', nonce, expected }",
        replace: '',
      },
    ],
    scenario: 'forged-transfers',
    expected: ['none-committed', 'state-equality'],
  },
  {
    id: 'D-06',
    tier: 'T1',
    name: 'bits-beyond-the-committee',
    bug: 'a certificate is counted with signers that the committee does not have',
    edits: [
      {
        file: 'src/protocol/consensus/codec.ts',
        find: 'if (last >= committeeSize) {',
        replace: 'if (last >= membersMax) {',
      },
    ],
    scenario: 'forged-certificates',
    expected: ['containment', 'certificate-validity', 'banned'],
  },
  {
    id: 'D-07',
    tier: 'T1',
    name: 'approved-before-executed',
    bug: 'a block is approved before the engine has executed it',
    edits: [
      {
        file: 'src/protocol/consensus/tree.ts',
        find: "every((step) => step.status === 'ready') && isLinked",
        replace: "every((step) => step.status !== 'invalid') && isLinked",
      },
    ],
    expected: ['executed-first', 'containment'],
  },
  {
    id: 'D-08',
    tier: 'T1',
    name: 'two-notarise-votes',
    bug: 'a member approves both blocks of an equivocating author: nothing locks its vote',
    edits: [
      {
        file: 'src/protocol/consensus/simplex.ts',
        find: 'if (!mayNotarise(this.#record, slot) || !isReady(this.#tree, hash)) continue',
        replace:
          'if (slot < this.#record.notarised.slot || slot <= this.#record.floor) continue\n      if (this.#approved.has(hash) || !isReady(this.#tree, hash)) continue',
      },
      {
        file: 'src/protocol/consensus/simplex.ts',
        find: '      // What is made durable with the vote is what justifies it.\n',
        replace: '      this.#approved.add(hash)\n',
      },
      {
        file: 'src/protocol/consensus/simplex.ts',
        find: '  #hasConflict = false\n',
        replace: '  #hasConflict = false\n  readonly #approved = new Set<Hash>()\n',
      },
      {
        file: 'src/protocol/consensus/record.ts',
        find: 'return slot > record.notarised.slot && slot > record.floor',
        replace: 'return slot >= record.notarised.slot && slot > record.floor',
      },
    ],
    scenario: 'equivocating-proposer',
    expected: ['vote-lock', 'commit-lock', 'no-conflict', 'no-false-evidence'],
  },
  {
    id: 'D-11',
    tier: 'T1',
    name: 'said-once-only',
    bug: 'votes are sent once, and not repeated where nothing was committed for long',
    edits: [
      {
        file: simplex,
        find: 'if (this.#tree.root.slot < now - 2) this.#repeat()',
        replace: '',
      },
    ],
    scenario: 'heard-by-nobody',
    expected: ['progress'],
  },
  {
    id: 'D-12',
    tier: 'T1',
    name: 'signer-not-checked',
    bug: 'votes are collected without asking whether they are signed by a member',
    edits: [
      {
        file: chainActor,
        find: "if (verdicts[certificates.length + index] === true) agreement.step({ kind: 'vote', vote })",
        replace: "agreement.step({ kind: 'vote', vote })",
      },
    ],
    scenario: 'vote-spam',
    expected: ['no-false-evidence', 'certificate-validity'],
  },
  {
    id: 'D-13',
    tier: 'T1',
    name: 'one-failed-build-halts',
    bug: 'a member whose engine could not build a block waits for that block for ever',
    edits: [
      {
        file: simplex,
        find: 'const isBuilding = this.#building?.slot === slot && this.#building.parent === hash',
        replace:
          'const isBuilding = this.#building !== undefined && this.#building.slot > this.#record.proposed.slot',
      },
    ],
    scenario: 'engine-hiccups',
    expected: ['on-time'],
  },
  {
    id: 'D-17',
    tier: 'T1',
    name: 'early-votes-lost',
    bug: 'votes that come before the block that they are for are lost',
    edits: [
      {
        file: simplex,
        find: '    const counted = isRange\n      ? this.#tally',
        replace:
          '    if (!isRange && !this.#tree.nodes.has(vote.block)) return\n    const counted = isRange\n      ? this.#tally',
      },
    ],
    scenario: 'double-voter',
    expected: ['votes-count'],
  },
  {
    id: 'D-20',
    tier: 'T1',
    name: 'told-before-stored',
    bug: 'what follows from a commit is done before the commit is on the disk',
    edits: [
      {
        file: 'src/actors/chain/agreement.ts',
        find: "    this.#disk.write(records, undefined, () => {\n      const payloadHash = present(blocks.at(-1), 'kept')",
        replace:
          "    this.#disk.write(records, undefined, () => undefined)\n    const tell = (): void => {\n      const payloadHash = present(blocks.at(-1), 'kept')",
      },
      {
        file: 'src/actors/chain/agreement.ts',
        find: "        'votes',\n      )\n    })",
        replace: "        'votes',\n      )\n    }\n    tell()",
      },
    ],
    expected: ['finality-is-monotone'],
  },
  {
    id: 'D-22',
    tier: 'T1',
    name: 'one-credit-overwrites-another',
    bug: 'who receives and earns the fee of a transfer gets the fee alone',
    edits: [
      {
        file: 'src/protocol/execution/transition.ts',
        find: '  credit(draft, to, amount)\n  credit(draft, feeRecipient, fee)',
        replace:
          '  const before = draft.accountAt(feeRecipient)\n  credit(draft, to, amount)\n  draft.set(feeRecipient, { balance: before.balance + fee, nonce: before.nonce })',
      },
    ],
    scenario: 'forged-transfers',
    expected: ['state-equality'],
  },
  {
    id: 'D-25',
    tier: 'T1',
    name: 'synced-asked-once',
    bug: 'whether a node is synced is asked once, and what was answered then holds for ever',
    edits: [
      {
        file: 'src/actors/sync/actor.ts',
        find: 'if (isOpen === this.#isGateOpen) return\n    this.#isGateOpen = isOpen',
        replace:
          'if (isOpen === this.#isGateOpen || this.#isGateOpen) return\n    this.#isGateOpen = isOpen',
      },
    ],
    scenario: 'member-left-behind',
    expected: ['production-gate'],
  },
  {
    id: 'D-28',
    tier: 'T1',
    name: 'final-block-not-restored',
    bug: 'the certificate of the last committed block is not taken up again at a start',
    edits: [
      {
        file: chainActor,
        find: 'const memory = { record, root, rootPayload, certified }',
        replace: 'const memory = { record, root, rootPayload, certified: certified && undefined }',
      },
    ],
    scenario: 'whole-network-restarts',
    expected: ['no-false-accusation', 'progress', 'caught-up', 'containment', 'blocks-come'],
  },
  {
    id: 'D-29',
    tier: 'T1',
    name: 'time-of-no-slot',
    bug: 'the time of a payload is that of its making, and not that of its slot',
    edits: [
      {
        file: 'src/actors/chain/produce.ts',
        find: 'timestampMs: slotMoment(chain.slots, order.slot),',
        replace:
          'timestampMs: Math.max(slotMoment(chain.slots, order.slot), Math.floor(context.wall())),',
      },
    ],
    expected: ['no-false-accusation', 'gossip', 'progress', 'blocks-come'],
  },
  {
    id: 'D-30',
    tier: 'T1',
    name: 'unreadable-gossip-aborts',
    bug: 'a gossiped frame that cannot be read makes the node fail',
    edits: [
      {
        file: 'src/actors/network/actor.ts',
        find: "      blameMalformed(this.#parts, from, 'gossip', decoded.fault)\n",
        replace: "      throw new Error('gossip cannot be read')\n",
      },
    ],
    scenario: 'frames-at-the-limit',
    expected: ['containment'],
  },
  {
    id: 'D-31',
    tier: 'T1',
    name: 'missing-proof-aborts',
    bug: 'a proposal whose parent is not shown to be notarised makes the node fail',
    edits: [
      {
        file: 'src/actors/chain/import.ts',
        find: "if (slot < 0) return { code: 'parent-not-notarised' }",
        replace: "if (slot < 0) throw new Error('a notarisation is there')",
      },
    ],
    scenario: 'invalid-blocks',
    expected: ['containment'],
  },
  {
    id: 'D-33',
    tier: 'T1',
    name: 'failed-request-leaves-its-waiter',
    bug: 'who waits for a request that failed is never told',
    edits: [
      {
        file: 'src/actors/network/fetch.ts',
        find: 'if (!outcome.ok) return this.#fail(fetch, outcome.fault)',
        replace: 'if (!outcome.ok) return this.#close(fetch, outcome.fault.code)',
      },
      {
        file: 'src/actors/sync/transfers.ts',
        find: 'deadlineMs: patience.deadlineMsMax + graceMs, ask }',
        replace: 'deadlineMs: 100_000 * graceMs, ask }',
      },
    ],
    scenario: 'single-peer-stalls',
    expected: ['caught-up', 'sync-timers'],
  },
  {
    id: 'D-34',
    tier: 'T1',
    name: 'share-not-taken',
    bug: 'requests for parts of the chain are not counted, so there is no limit to them',
    edits: [
      {
        file: 'src/actors/network/purse.ts',
        find: 'this.#ofPeer.requests.spend(peer, 1, nowMs)',
        replace: '',
      },
    ],
    scenario: 'request-flood',
    expected: ['banned', 'share', 'pace'],
  },
  {
    id: 'D-36',
    tier: 'T1',
    name: 'silent-engine-aborts',
    bug: 'an engine that does not answer when its head is set makes the node fail',
    edits: [
      {
        file: 'src/actors/engine/actor.ts',
        find: 'return this.#call(request, readForkchoiceAnswer, () => undefined)',
        replace:
          "return this.#call(request, readForkchoiceAnswer, (answer) => {\n          if (!answer.ok) throw new Error('the engine sets its head')\n        })",
      },
    ],
    scenario: 'engine-down-in-mid-sync',
    expected: ['containment'],
  },
]

/** Bugs in how members agree: who may vote for what, and how votes are counted. */
import type { Mutant } from './mutant.ts'

export const agreementMutants: readonly Mutant[] = [
  {
    id: 'M-101',
    tier: 'T2',
    name: 'finalise-although-nullified',
    bug: 'a member finalises a slot that it has given up',
    edits: [
      {
        file: 'src/protocol/consensus/record.ts',
        find: 'return slot > record.nullifiedTo && slot > record.finalised.slot && slot > record.floor',
        replace: 'return slot > record.finalised.slot && slot > record.floor',
      },
    ],
    expected: ['vote-lock', 'commit-lock', 'no-conflict', 'containment'],
  },
  {
    id: 'M-102',
    tier: 'T2',
    name: 'quorum-one-short',
    bug: 'a quorum is one member too small',
    edits: [
      {
        file: 'src/protocol/committee.ts',
        find: 'return Math.ceil((2 * committee.members.length) / 3)',
        replace: 'return Math.ceil((2 * committee.members.length) / 3) - 1',
      },
    ],
    expected: ['certificate-validity', 'agreement', 'commit-lock', 'no-conflict'],
  },
  {
    id: 'M-103',
    tier: 'T2',
    name: 'range-covers-finalised-slot',
    bug: 'a nullify range begins at the slot that this member has finalised',
    edits: [
      {
        file: 'src/protocol/consensus/record.ts',
        find: 'const from = Math.max(notarisedSlotMax, record.finalised.slot, record.floor) + 1',
        replace: 'const from = Math.max(1, notarisedSlotMax, record.finalised.slot, record.floor)',
      },
    ],
    expected: ['vote-lock', 'containment', 'progress', 'blocks-come'],
  },
  {
    id: 'M-105',
    tier: 'T2',
    name: 'gap-not-justified',
    bug: 'a block may skip slots that nobody has given up',
    edits: [
      {
        file: 'src/protocol/consensus/nullification.ts',
        find: 'if (signers.size < quorum) return false',
        replace: 'if (signers.size < 0) return false\n    if (covering.length === 0) return true',
      },
    ],
    expected: ['commit-lock', 'no-conflict', 'agreement'],
  },
  {
    id: 'M-110',
    tier: 'T2',
    name: 'gap-proposed-too-soon',
    bug: 'an author proposes although the last slot before its own is not given up yet',
    edits: [
      {
        file: 'src/protocol/consensus/simplex.ts',
        find: 'const gap = { from: this.highest.slot + 1, to: slot - 1 }',
        replace: 'const gap = { from: this.highest.slot + 1, to: slot - 2 }',
      },
    ],
    expected: ['no-false-accusation', 'progress', 'blocks-come'],
  },
  {
    id: 'M-111',
    tier: 'T2',
    name: 'slot-compared-strictly',
    bug: 'votes of the slot that it is are held to be of the future',
    edits: [
      {
        file: 'src/protocol/consensus/simplex.ts',
        find: 'if (slot > this.#latestSlot() || slot <= this.#tree.root.slot) return',
        replace: 'if (slot >= this.#latestSlot() || slot <= this.#tree.root.slot) return',
      },
    ],
    scenario: 'calm',
    expected: ['votes-count', 'every-slot', 'progress', 'blocks-come'],
  },
  {
    id: 'M-112',
    tier: 'T2',
    name: 'early-proposal-dropped',
    bug: 'a proposal of a neighbour whose clock is ahead is dropped and not kept until its slot',
    edits: [
      {
        file: 'src/protocol/consensus/simplex.ts',
        find: "this.#early = withEarly(this.#early, { block, justification, status: 'announced' })",
        replace: '',
      },
    ],
    scenario: 'clock-skew',
    expected: ['on-time'],
  },
  {
    id: 'M-113',
    tier: 'T2',
    name: 'nothing-signed-again',
    bug: 'after a restart the last votes are not signed again',
    edits: [
      {
        file: 'src/protocol/consensus/simplex.ts',
        find: "    if (notarised.slot > slot) this.#cast({ kind: 'notarise', ...notarised }, this.#record)\n    if (finalised.slot > slot) this.#cast({ kind: 'finalise', ...finalised }, this.#record)\n",
        replace: '',
      },
    ],
    scenario: 'unsent-votes',
    expected: ['on-time'],
  },
  {
    id: 'M-114',
    tier: 'T2',
    name: 'stale-too-soon',
    bug: 'what a slot brought is forgotten when the next one begins',
    edits: [
      {
        file: 'src/protocol/consensus/simplex.ts',
        find: 'const staleSlots = 8',
        replace: 'const staleSlots = 0',
      },
    ],
    scenario: 'member-left-behind',
    expected: ['votes-count'],
  },
  {
    id: 'M-115',
    tier: 'T2',
    name: 'proof-not-kept',
    bug: 'the proof against a member that broke its word is not stored',
    edits: [
      { file: 'src/actors/chain/evidence.ts', find: '    this.#persist(proof)\n', replace: '' },
    ],
    scenario: 'equivocating-proposer',
    expected: ['proof-kept'],
  },
  {
    id: 'M-116',
    tier: 'T2',
    name: 'one-vote-a-slot-counted',
    bug: 'of the votes in a slot those for the block that came first alone are counted',
    edits: [
      {
        file: 'src/protocol/consensus/tally.ts',
        find: 'const match = signed.find(({ vote }) => vote.block === block)',
        replace: 'const match = signed.slice(0, 1).find(({ vote }) => vote.block === block)',
      },
    ],
    scenario: 'double-voter',
    expected: ['votes-count'],
  },
  {
    id: 'M-117',
    tier: 'T2',
    name: 'finalised-unseen',
    bug: 'a member finalises what it has voted for, without waiting for the quorum',
    edits: [
      {
        file: 'src/protocol/consensus/simplex.ts',
        find: "const record = afterNotarise(this.#record, mark)\n      this.#cast({ kind: 'notarise', ...mark }, record, justification.notarisation)",
        replace:
          "const record = afterNotarise(this.#record, mark)\n      this.#cast({ kind: 'notarise', ...mark }, record, justification.notarisation)\n      if (mayFinalise(record, slot)) {\n        this.#cast({ kind: 'finalise', ...mark }, afterFinalise(record, mark))\n      }",
      },
    ],
    expected: ['votes-are-durable', 'commit-lock', 'vote-lock', 'no-conflict', 'agreement'],
  },
  {
    id: 'M-118',
    tier: 'T2',
    name: 'wanted-block-asked-once',
    bug: 'a certified block that nobody gave at once is not asked for again',
    edits: [
      {
        file: 'src/actors/chain/agreement.ts',
        find: 'for (const [hash, isFetching] of this.#wants) if (!isFetching) this.#fetch(hash)',
        replace: '',
      },
      {
        file: 'src/actors/chain/agreement.ts',
        find: 'if (this.#wants.has(output.hash) || this.blocks.recall(output.hash)) return',
        replace:
          'if (this.#asked.has(output.hash) || this.blocks.recall(output.hash)) return\n        this.#asked.add(output.hash)',
      },
      {
        file: 'src/actors/chain/agreement.ts',
        find: '  #isStepping = false\n  #built',
        replace: '  readonly #asked = new Set<Hash>()\n  #isStepping = false\n  #built',
      },
    ],
    scenario: 'answer-lost',
    expected: ['progress'],
  },
  {
    id: 'M-128',
    tier: 'T2',
    name: 'approval-counts-as-commit',
    bug: 'who approved a block has finalised it, as far as others count',
    edits: [
      {
        file: 'src/protocol/consensus/signing.ts',
        find: '  finalise: 3,',
        replace: '  finalise: 2,',
      },
    ],
    scenario: 'forged-certificates',
    expected: ['certificate-validity'],
  },
]

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
    expected: ['vote-lock', 'containment', 'progress'],
  },
  {
    id: 'M-104',
    tier: 'T2',
    name: 'two-notarise-votes',
    bug: 'a member approves both blocks of an equivocating author',
    edits: [
      {
        file: 'src/protocol/consensus/record.ts',
        find: 'return slot > record.notarised.slot && slot > record.floor',
        replace: 'return slot >= record.notarised.slot && slot > record.floor',
      },
    ],
    expected: ['vote-lock', 'commit-lock', 'no-conflict', 'livelock'],
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
]

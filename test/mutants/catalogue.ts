/** Bugs to be planted, one at a time: those in agreement, and how it is stored; then those of sync. */
import type { Mutant } from './mutant.ts'
import { networkMutants } from './network-mutants.ts'
import { syncMutants } from './sync-mutants.ts'

const record = 'src/protocol/consensus/record.ts'
const agreement = 'src/actors/chain/agreement.ts'

export const mutants: readonly Mutant[] = [
  {
    name: 'finalise-although-nullified',
    bug: 'a member finalises a slot that it has given up',
    file: record,
    find: 'return slot > record.nullifiedTo && slot > record.finalised.slot && slot > record.floor',
    replace: 'return slot > record.finalised.slot && slot > record.floor',
    expected: ['vote-lock', 'commit-lock', 'no-conflict', 'containment'],
  },
  {
    name: 'quorum-one-short',
    bug: 'a quorum is one member too small',
    file: 'src/protocol/committee.ts',
    find: 'return Math.ceil((2 * committee.members.length) / 3)',
    replace: 'return Math.ceil((2 * committee.members.length) / 3) - 1',
    expected: ['certificate-validity', 'agreement', 'commit-lock', 'no-conflict'],
  },
  {
    name: 'votes-forgotten',
    bug: 'the vote record is not read back after a restart',
    file: 'src/actors/storage/actor.ts',
    find: 'const record = laterRecord(first.value, second.value)',
    replace:
      'const record = laterRecord(first.value, second.value) && emptyRecord(this.#options.epoch)',
    expected: ['vote-lock', 'commit-lock', 'agreement', 'no-conflict'],
  },
  {
    name: 'vote-sent-before-durable',
    bug: 'a vote is sent before its record is on the disk',
    file: 'src/actors/chain/write-queue.ts',
    find: "this.#add({ kind: 'promised', records, votes, done })",
    replace: "this.#add({ kind: 'promised', records, votes, done: () => undefined }); done()",
    expected: ['vote-lock', 'votes-are-durable', 'finality-is-monotone', 'commit-lock'],
  },
  {
    name: 'certificate-not-durable',
    bug: 'the notarisation behind a finalise vote is not stored',
    file: agreement,
    find: 'if (certificate !== undefined) records.push(...this.#notarisationRecord(certificate))',
    replace: '',
    expected: ['votes-are-durable'],
  },
  {
    name: 'range-covers-finalised-slot',
    bug: 'a nullify range begins at the slot that this member has finalised',
    file: record,
    find: 'const from = Math.max(notarisedSlotMax, record.finalised.slot, record.floor) + 1',
    replace: 'const from = Math.max(1, notarisedSlotMax, record.finalised.slot, record.floor)',
    expected: ['vote-lock', 'containment', 'progress'],
  },
  {
    name: 'two-notarise-votes',
    bug: 'a member approves both blocks of an equivocating author',
    file: record,
    find: 'return slot > record.notarised.slot && slot > record.floor',
    replace: 'return slot >= record.notarised.slot && slot > record.floor',
    expected: ['vote-lock', 'commit-lock', 'no-conflict', 'livelock'],
  },
  {
    name: 'gap-not-justified',
    bug: 'a block may skip slots that nobody has given up',
    file: 'src/protocol/consensus/nullification.ts',
    find: 'if (signers.size < quorum) return false',
    replace: 'if (signers.size < 0) return false\n    if (covering.length === 0) return true',
    expected: ['commit-lock', 'no-conflict', 'agreement'],
  },
  {
    name: 'head-before-block',
    bug: 'the certificate of a committed block is stored, the block itself is not',
    file: 'src/actors/storage/actor.ts',
    find: 'sealed(keys.blockAt(header.height), encodeStoredBlock(record.block)),',
    replace: '',
    expected: ['finality-is-monotone', 'containment', 'progress'],
  },
  ...syncMutants,
  ...networkMutants,
]

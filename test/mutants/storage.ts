/** Bugs in what is kept on the disk, and when. */
import type { Mutant } from './mutant.ts'

export const storageMutants: readonly Mutant[] = [
  {
    id: 'M-201',
    tier: 'T2',
    name: 'votes-forgotten',
    bug: 'the vote record is not read back after a restart',
    edits: [
      {
        file: 'src/actors/storage/actor.ts',
        find: 'const record = laterRecord(first.value, second.value)',
        replace:
          'const record = laterRecord(first.value, second.value) && emptyRecord(this.#options.epoch)',
      },
    ],
    expected: ['vote-lock', 'commit-lock', 'agreement', 'no-conflict'],
  },
  {
    id: 'M-202',
    tier: 'T2',
    name: 'vote-sent-before-durable',
    bug: 'a vote is sent before its record is on the disk',
    edits: [
      {
        file: 'src/actors/chain/write-queue.ts',
        find: "this.#add({ kind: 'promised', records, votes, done })",
        replace: "this.#add({ kind: 'promised', records, votes, done: () => undefined }); done()",
      },
    ],
    expected: ['vote-lock', 'votes-are-durable', 'finality-is-monotone', 'commit-lock'],
  },
  {
    id: 'M-203',
    tier: 'T2',
    name: 'certificate-not-durable',
    bug: 'the notarisation behind a finalise vote is not stored',
    edits: [
      {
        file: 'src/actors/chain/agreement.ts',
        find: 'if (certificate !== undefined) records.push(...this.#notarisationRecord(certificate))',
        replace: '',
      },
    ],
    expected: ['votes-are-durable'],
  },
  {
    id: 'M-204',
    tier: 'T2',
    name: 'head-before-block',
    bug: 'the certificate of a committed block is stored, the block itself is not',
    edits: [
      {
        file: 'src/actors/storage/actor.ts',
        find: 'sealed(keys.blockAt(header.height), encodeStoredBlock(record.block)),',
        replace: '',
      },
    ],
    expected: ['finality-is-monotone', 'containment', 'progress'],
  },
  {
    id: 'M-205',
    tier: 'T2',
    name: 'checkpoint-not-verified',
    bug: 'a start falls back to a checkpoint without checking its certificate',
    edits: [
      {
        file: 'src/actors/storage/root-search.ts',
        find: "if (isGenuine !== true) return refuse({ code: 'forged', detail: 'its signature is wrong' })",
        replace: 'if (isGenuine === undefined) return',
      },
    ],
    scenario: 'checkpoint-recovery',
    expected: [],
    survives:
      'faults of a disk are found by its checksums; a forged checkpoint needs somebody who writes to it',
    law: {
      file: 'test/unit/actors/storage/recovery.test.ts',
      titles: [
        'passes over a checkpoint that is forged (has a wrong signature), and takes the one before',
      ],
    },
  },
]

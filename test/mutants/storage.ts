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
    expected: ['votes-are-durable', 'vote-lock', 'commit-lock', 'agreement', 'no-conflict'],
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
    expected: ['finality-is-monotone', 'containment', 'progress', 'blocks-come'],
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
    expected: ['falls-back'],
  },
  {
    id: 'M-206',
    tier: 'T2',
    name: 'votes-not-synced',
    bug: 'what is promised is written, and not made durable before the vote is sent',
    edits: [
      {
        file: 'src/actors/storage/actor.ts',
        find: '{ writes, durable: true },\n      this.#context.bind((outcome) => {\n        if (!outcome.ok) this.#report(outcome.fault)',
        replace:
          '{ writes, durable: false },\n      this.#context.bind((outcome) => {\n        if (!outcome.ok) this.#report(outcome.fault)',
      },
    ],
    expected: ['vote-lock', 'votes-are-durable', 'finality-is-monotone', 'commit-lock'],
  },
  {
    id: 'M-207',
    tier: 'T2',
    name: 'votes-in-one-place',
    bug: 'each vote record is written over the one before it',
    edits: [
      {
        file: 'src/actors/chain/write-queue.ts',
        find: 'this.#votePlace = this.#votePlace === 0 ? 1 : 0',
        replace: 'this.#votePlace = 0',
      },
    ],
    scenario: 'crash-during-commit',
    expected: ['votes-are-durable', 'vote-lock'],
  },
  {
    id: 'M-208',
    tier: 'T2',
    name: 'checksum-not-compared',
    bug: 'a record is read without looking at its checksum',
    edits: [
      {
        file: 'src/actors/storage/record.ts',
        find: 'return equalBytes(sealed.subarray(0, checksumBytes), checksumOf(key, bytes)) ? bytes : undefined',
        replace: 'return bytes',
      },
    ],
    scenario: 'crash-during-commit',
    expected: [
      'containment',
      'state-equality',
      'stored-blocks',
      'vote-lock',
      'votes-are-durable',
      'finality-is-monotone',
      'progress',
      'blocks-come',
    ],
  },
  {
    id: 'M-209',
    tier: 'T2',
    name: 'older-record-wins',
    bug: 'of the two vote records the older one is taken up',
    edits: [
      {
        file: 'src/actors/storage/record.ts',
        find: 'return progressOf(b) > progressOf(a) ? b : a',
        replace: 'return progressOf(b) > progressOf(a) ? a : b',
      },
    ],
    expected: ['vote-lock', 'commit-lock', 'votes-are-durable', 'containment'],
  },
  {
    id: 'M-210',
    tier: 'T2',
    name: 'refusal-of-the-disk-swallowed',
    bug: 'a vote is sent although the disk has refused its record',
    edits: [
      {
        file: 'src/actors/chain/write-queue.ts',
        find: 'this.#ask(records, (fault) => {\n      assert(fault === undefined,',
        replace: 'this.#ask(records, (fault) => {\n      assert(fault !== null,',
      },
    ],
    expected: ['vote-lock', 'votes-are-durable', 'finality-is-monotone', 'commit-lock'],
  },
  {
    id: 'M-211',
    tier: 'T2',
    name: 'refused-import-adopted',
    bug: 'imported blocks that the disk refused count as stored',
    edits: [
      {
        file: 'src/actors/chain/write-queue.ts',
        find: '        done(fault)\n        for (const entry of behind) entry.done(fault)',
        replace:
          '        done(undefined)\n        for (const entry of behind) entry.done(undefined)',
      },
    ],
    scenario: 'disk-full',
    expected: ['finality-is-monotone', 'stopped-halfway', 'caught-up'],
  },
  {
    id: 'M-212',
    tier: 'T2',
    name: 'certificate-one-too-low',
    bug: 'the certificate at the end of a run is stored with the block below it',
    edits: [
      {
        file: 'src/actors/chain/run-group.ts',
        find: "this.#records.push({ kind: 'finalisation', height, certificate })",
        replace: "this.#records.push({ kind: 'finalisation', height: height - 1, certificate })",
      },
    ],
    scenario: 'crash-at-every-import',
    expected: ['stored-blocks', 'finality-is-monotone'],
  },
  {
    id: 'M-213',
    tier: 'T2',
    name: 'dropped-at-once',
    bug: 'what a commit replaces is dropped in the same write',
    edits: [
      {
        file: 'src/actors/chain/agreement.ts',
        find: 'records.push(...this.#dropRecords(this.#durable.root.slot))\n    this.blocks.prune',
        replace: 'records.push(...this.#dropRecords(last.header.slot))\n    this.blocks.prune',
      },
    ],
    scenario: 'crash-during-commit',
    expected: ['progress', 'votes-are-durable', 'finality-is-monotone', 'blocks-come'],
  },
  {
    id: 'M-214',
    tier: 'T2',
    name: 'open-blocks-forgotten',
    bug: 'blocks above the last committed one are not taken up again after a restart',
    edits: [
      {
        file: 'src/actors/storage/actor.ts',
        find: 'done(ok({ notarisations, blocks }))',
        replace: 'done(ok({ notarisations, blocks: [] }))',
      },
    ],
    scenario: 'whole-network-restarts',
    expected: ['progress', 'blocks-come'],
  },
  {
    id: 'M-215',
    tier: 'T2',
    name: 'justification-not-stored',
    bug: 'a block is stored with what came with it, which is not what justified the vote',
    edits: [
      {
        file: 'src/actors/chain/agreement.ts',
        find: 'const justification = this.#machine.justificationOf(at) ?? held.justification',
        replace: 'const justification = held.justification',
      },
    ],
    scenario: 'proofs-taken-away',
    expected: ['justified-votes'],
  },
  {
    id: 'M-216',
    tier: 'T2',
    name: 'checkpoint-of-another-block',
    bug: 'a checkpoint names the block below the one that it stands for',
    edits: [
      {
        file: 'src/actors/checkpoint/actor.ts',
        find: 'this.#tip = { height: header.height, hash, certificate: certified.certificate }',
        replace:
          'this.#tip = { height: header.height - 1, hash, certificate: certified.certificate }',
      },
    ],
    scenario: 'checkpoint-recovery',
    expected: ['checkpoints-made', 'falls-back', 'resumed', 'containment'],
  },
  {
    id: 'M-217',
    tier: 'T2',
    name: 'newest-checkpoint-dropped',
    bug: 'of the checkpoints that are kept the newest make way',
    edits: [
      {
        file: 'src/actors/storage/checkpoint-records.ts',
        find: '.map((record) => record.height)\n    .toSorted((a, b) => b - a)',
        replace: '.map((record) => record.height)\n    .toSorted((a, b) => a - b)',
      },
    ],
    scenario: 'checkpoint-recovery',
    expected: ['newest-kept', 'falls-back'],
  },
  {
    id: 'M-218',
    tier: 'T2',
    name: 'lost-block-never-fetched',
    bug: 'a committed block that the disk has lost is asked for once, and then never again',
    edits: [
      {
        file: 'src/actors/chain/lost-blocks.ts',
        find: 'search.timer = context.after(pauseMs, () => this.#fetch(search))',
        replace: 'search.timer = undefined',
      },
    ],
    scenario: 'damaged-blocks',
    expected: ['blocks-restored', 'caught-up'],
  },
  {
    id: 'M-219',
    tier: 'T2',
    name: 'lost-block-not-told',
    bug: 'a committed block that cannot be served is passed over, and nobody is told of it',
    edits: [
      {
        file: 'src/actors/chain/actor.ts',
        find: 'return this.#lost.notice(message.height)',
        replace: 'return',
      },
      {
        file: 'src/actors/chain/actor.ts',
        find: "if (block === undefined && 'height' in by) this.#lost.notice(by.height)",
        replace: '',
      },
    ],
    scenario: 'damaged-blocks',
    expected: ['blocks-restored', 'blocks-return'],
  },
  {
    id: 'M-220',
    tier: 'T2',
    name: 'halt-forgotten-at-restart',
    bug: 'a node that has stopped because of two histories goes on after a restart',
    edits: [
      {
        file: 'src/actors/chain/actor.ts',
        find: 'if (isOpen) agreement.recallContradiction(contradiction)',
        replace: 'if (isOpen && trustedHeight > 0) agreement.recallContradiction(contradiction)',
      },
    ],
    scenario: 'backups-beyond-tolerance',
    expected: ['halt-remembered', 'halted-for-good'],
  },
  {
    id: 'M-221',
    tier: 'T2',
    name: 'old-contradiction-passed-over',
    bug: 'what peers show beside blocks below the last committed one is taken for stale',
    edits: [
      {
        file: 'src/actors/sync/actor.ts',
        find: 'this.#histories.claim(peer, certified)',
        replace: '',
      },
    ],
    scenario: 'backups-beyond-tolerance',
    expected: ['conflict-noticed'],
  },
]

/** Bugs in the ledger behind the engine: what payloads may do to accounts, and what of it is kept. */
import type { Mutant } from './mutant.ts'

export const ledgerMutants: readonly Mutant[] = [
  {
    id: 'M-602',
    tier: 'T2',
    name: 'money-from-nothing',
    bug: 'who has not enough may spend it all the same',
    edits: [
      {
        file: 'src/protocol/execution/transition.ts',
        find: "if (balance < cost) return { code: 'balance-too-low', balance, cost }",
        replace: '',
      },
    ],
    scenario: 'forged-transfers',
    expected: ['none-committed', 'state-equality'],
  },
  {
    id: 'M-603',
    tier: 'T2',
    name: 'fee-lost',
    bug: 'fees are taken and go to nobody',
    edits: [
      {
        file: 'src/protocol/execution/transition.ts',
        find: '  credit(draft, feeRecipient, fee)\n',
        replace: '',
      },
    ],
    expected: ['state-equality'],
  },
  {
    id: 'M-604',
    tier: 'T2',
    name: 'siblings-forgotten',
    bug: 'a payload beside the head is forgotten, though it may become final',
    edits: [
      {
        file: 'src/ledger/states.ts',
        find: '    this.#blocks.set(blockHash, block)\n  }',
        replace:
          '    for (const [hash, { payload }] of this.#blocks) {\n      if (payload.number === block.payload.number) this.#blocks.delete(hash)\n    }\n    this.#blocks.set(blockHash, block)\n  }',
      },
    ],
    expected: ['progress', 'caught-up', 'containment', 'blocks-come'],
    survives:
      'of two blocks at one height one is committed, and it is executed again if it was forgotten',
    law: { file: 'test/unit/ledger/states.test.ts', titles: ['siblings live side by side'] },
  },
  {
    id: 'M-605',
    tier: 'T2',
    name: 'state-root-not-compared',
    bug: 'a payload is valid whatever it says of the accounts after it',
    edits: [
      {
        file: 'src/protocol/execution/transition.ts',
        find: 'if (payload.stateRoot === root) return undefined',
        replace: 'if (payload.stateRoot.length === root.length) return undefined',
      },
    ],
    scenario: 'forged-transfers',
    expected: ['none-committed', 'executed-first', 'state-equality'],
  },
  {
    id: 'M-607',
    tier: 'T2',
    name: 'history-lost-with-a-write',
    bug: 'payloads whose write the disk refused are not written again',
    edits: [
      {
        file: 'src/ledger/persistence.ts',
        find: 'else this.#unsaved = [...path, ...this.#unsaved]',
        replace: 'else this.#unsaved = [...this.#unsaved]',
      },
    ],
    expected: ['progress', 'caught-up', 'containment', 'blocks-come'],
    survives:
      'who asks whether an old payload was final is told that it is unknown, and feeds it again',
    law: {
      file: 'test/unit/ledger/persistence.test.ts',
      titles: ['after a failure the next call writes everything that is missing'],
    },
  },
  {
    id: 'M-608',
    tier: 'T2',
    name: 'accounts-not-swept',
    bug: 'accounts that were read back are not compared with the root of the final payload',
    edits: [
      {
        file: 'src/ledger/opening.ts',
        find: 'if (root === payload.stateRoot) return done',
        replace: 'if (root !== undefined) return done',
      },
    ],
    scenario: 'crash-during-commit',
    expected: [],
    survives:
      'what a torn write leaves is found by the checksums of records, and whole records are never lost alone',
    law: {
      file: 'test/unit/ledger/opening.test.ts',
      titles: ['a lost account, or one from before, is found by the root'],
    },
  },
  {
    id: 'M-609',
    tier: 'T2',
    name: 'nonce-may-jump',
    bug: 'a transfer may come before those that its sender made earlier',
    edits: [
      {
        file: 'src/protocol/execution/transition.ts',
        find: "if (nonce > expected) return { code: 'nonce-too-high', nonce, expected }",
        replace: '',
      },
    ],
    scenario: 'forged-transfers',
    expected: ['none-committed', 'state-equality'],
  },
]

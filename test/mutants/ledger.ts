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
    scenario: 'late-for-their-slots',
    expected: ['progress', 'caught-up', 'containment', 'blocks-come'],
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
    scenario: 'checkpoint-recovery',
    expected: ['progress', 'caught-up', 'containment', 'blocks-come'],
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
    scenario: 'damaged-blocks',
    expected: ['says-what-is-lost', 'not-synced', 'caught-up', 'progress'],
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
  {
    id: 'M-620',
    tier: 'T2',
    name: 'payload-under-any-key',
    bug: "a payload's record does not know its key, so that the last one passes for the first, of another chain",
    edits: [
      {
        file: 'src/ledger/records.ts',
        find: 'return concatBytes(content, checksumOf(key, content))\n}\n\nexport function readPayload',
        replace:
          "return concatBytes(content, checksumOf('', content))\n}\n\nexport function readPayload",
      },
      {
        file: 'src/ledger/records.ts',
        find: 'equalBytes(value.subarray(-checksumBytes), checksumOf(key, content))',
        replace: "equalBytes(value.subarray(-checksumBytes), checksumOf('', content))",
      },
    ],
    scenario: 'damaged-blocks',
    expected: ['says-what-is-lost', 'caught-up', 'progress'],
  },
]

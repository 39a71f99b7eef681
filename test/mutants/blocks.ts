/** Bugs in what a block has to be, and in how it gets into the chain. */
import type { Mutant } from './mutant.ts'

export const blockMutants: readonly Mutant[] = [
  {
    id: 'M-119',
    tier: 'T2',
    name: 'engine-not-asked-again',
    bug: 'a block that the engine had no time for is not given to it again',
    edits: [
      {
        file: 'src/actors/chain/import.ts',
        find: '    for (const hash of this.#held.keys()) this.#execute(hash)\n',
        replace: '',
      },
    ],
    scenario: 'engine-hiccups',
    expected: ['on-time'],
  },
  {
    id: 'M-120',
    tier: 'T2',
    name: 'children-not-executed',
    bug: 'a block that waits for its parent is not executed when that is',
    edits: [
      {
        file: 'src/actors/chain/import.ts',
        find: 'if (signed.header.parentHash === parent) this.#execute(hash)',
        replace: 'if (signed.header.parentHash === signed.hash) this.#execute(hash)',
      },
    ],
    scenario: 'child-before-parent',
    expected: ['on-time'],
  },
  {
    id: 'M-121',
    tier: 'T2',
    name: 'executed-twice',
    bug: 'a block that is being executed is given to the engine again, as if nothing happened in between',
    edits: [
      {
        file: 'src/actors/chain/import.ts',
        find: 'if (block === undefined || this.#executing.has(hash)) return',
        replace: 'if (block === undefined) return',
      },
    ],
    scenario: 'engine-hiccups',
    expected: ['executed-once'],
  },
  {
    id: 'M-122',
    tier: 'T2',
    name: 'author-not-checked',
    bug: 'any member may propose in any slot',
    edits: [
      {
        file: 'src/protocol/block/rules.ts',
        find: "if (header.author !== expected) return { code: 'author-wrong', author: header.author, expected }",
        replace:
          "if (header.author < 0) return { code: 'author-wrong', author: header.author, expected }",
      },
    ],
    scenario: 'out-of-turn',
    expected: ['gossip', 'reported', 'rightly-accused', 'no-false-evidence', 'progress'],
  },
  {
    id: 'M-123',
    tier: 'T2',
    name: 'slot-need-not-rise',
    bug: 'a block may be in the slot of its parent, or before it: neither what justifies it nor the link is compared',
    edits: [
      {
        file: 'src/protocol/consensus/nullification.ts',
        find: "  if (block.slot <= parent.slot) {\n    return { code: 'slot-not-after-parent', slot: block.slot, parentSlot: parent.slot }\n  }\n",
        replace: '',
      },
      {
        file: 'src/protocol/block/rules.ts',
        find: "if (header.slot <= parent.slot) {\n    return { code: 'slot-not-after-parent', slot: header.slot, parentSlot: parent.slot }\n  }\n  return payload",
        replace: 'return payload',
      },
    ],
    scenario: 'out-of-turn',
    expected: ['gossip'],
  },
  {
    id: 'M-124',
    tier: 'T2',
    name: 'time-not-that-of-the-slot',
    bug: 'a payload may state any time',
    edits: [
      {
        file: 'src/protocol/block/rules.ts',
        find: "if (timestampMs !== expected) return { code: 'timestamp-wrong', timestampMs, expected }",
        replace: "if (timestampMs < 0) return { code: 'timestamp-wrong', timestampMs, expected }",
      },
    ],
    scenario: 'invalid-blocks',
    expected: ['none-committed', 'gossip', 'refused', 'refused-by-all'],
  },
  {
    id: 'M-125',
    tier: 'T2',
    name: 'body-not-that-of-the-header',
    bug: 'a block is taken with any body',
    edits: [
      {
        file: 'src/protocol/block/rules.ts',
        find: 'if (root !== header.bodyRoot) {',
        replace: 'if (root.length !== header.bodyRoot.length) {',
      },
    ],
    scenario: 'invalid-blocks',
    expected: ['gossip', 'none-committed', 'containment'],
  },
  {
    id: 'M-126',
    tier: 'T2',
    name: 'own-signature-enough',
    bug: 'the signature of an author is not checked',
    edits: [
      {
        file: 'src/actors/chain/import.ts',
        find: 'const checks = [headerCheck(chain, signed)]',
        replace: 'const checks = [headerCheck(chain, signed)].slice(1)',
      },
    ],
    scenario: 'out-of-turn',
    expected: ['gossip', 'reported', 'no-false-evidence'],
  },
  {
    id: 'M-127',
    tier: 'T2',
    name: 'certificate-taken-unseen',
    bug: 'a gossiped certificate is taken without looking at its signature',
    edits: [
      {
        file: 'src/actors/chain/actor.ts',
        find: "if (verdicts[index] === true) agreement.step({ kind: 'certificate', certificate })",
        replace: "agreement.step({ kind: 'certificate', certificate })",
      },
    ],
    scenario: 'forged-certificates',
    expected: ['certificate-validity', 'gossip', 'no-conflict'],
  },
  {
    id: 'M-710',
    tier: 'T2',
    name: 'first-bringer-alone',
    bug: 'while a block is on its way from one peer, what others bring of it is ignored',
    edits: [
      {
        file: 'src/actors/chain/import.ts',
        find: 'if (body !== undefined) return true\n    const bringers = this.#fetching.get(signed.hash)',
        replace: 'const bringers = this.#fetching.get(signed.hash)',
      },
      {
        file: 'src/actors/chain/import.ts',
        find: 'return bringers.size < bringersMax && !bringers.has(from)',
        replace: 'return body === undefined && bringers.size < 0 && !bringers.has(from)',
      },
    ],
    scenario: 'spoiled-proposals',
    expected: ['on-time'],
  },
  {
    id: 'M-711',
    tier: 'T2',
    name: 'announcer-alone-asked',
    bug: 'whoever announced a block is waited for to the end before another is asked for it',
    edits: [
      {
        file: 'src/actors/network/find-block.ts',
        find: 'if (search.open.has(peer)) this.#askNext(search)',
        replace: 'if (!search.open.has(peer)) this.#askNext(search)',
      },
    ],
    scenario: 'spoiled-proposals',
    expected: ['progress', 'blocks-come'],
  },
  {
    id: 'M-712',
    tier: 'T2',
    name: 'claim-for-certificate',
    bug: 'a certificate is taken for checked because another one says the same',
    edits: [
      {
        file: 'src/actors/chain/import.ts',
        find: '!agreement.isHeldCertificate(notarisation)',
        replace: '!agreement.isKnownCertificate(notarisation)',
      },
    ],
    scenario: 'spoiled-proposals',
    expected: ['reported', 'no-false-accusation', 'certificate-validity'],
  },
]

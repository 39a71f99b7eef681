/** Bugs in what is proven of headers, bodies and certificates before they are taken. */
import type { Mutant } from './mutant.ts'

export const proofMutants: readonly Mutant[] = [
  {
    id: 'M-501',
    tier: 'T2',
    name: 'parent-not-checked',
    bug: 'headers are taken for a segment without looking at how they link',
    edits: [
      {
        file: 'src/proof/proven-segment.ts',
        find: "if (header.parentHash !== before) return { code: 'not-linked', index }",
        replace: '',
      },
    ],
    scenario: 'one-lie',
    expected: ['at-once'],
  },
  {
    id: 'M-502',
    tier: 'T2',
    name: 'end-not-checked',
    bug: 'headers that link are taken for a segment although they do not end where the certificate does',
    edits: [
      {
        file: 'src/proof/proven-segment.ts',
        find: "if (before !== end.place.hash) return { code: 'wrong-end', index: headers.length - 1 }",
        replace: '',
      },
    ],
    scenario: 'one-lie',
    expected: ['at-once'],
  },
  {
    id: 'M-503',
    tier: 'T2',
    name: 'trust-not-asked',
    bug: 'headers are taken although they leave out a block that is known to be committed',
    edits: [
      {
        file: 'src/proof/proven-segment.ts',
        find: 'trustFault(claim) ?? rulesFault(chain, parent, headers)',
        replace: 'rulesFault(chain, parent, headers)',
      },
    ],
    scenario: 'trusted-start',
    expected: ['says-why', 'nothing-taken'],
  },
  {
    id: 'M-504',
    tier: 'T2',
    name: 'certificate-not-checked',
    bug: 'certificates that peers give with headers are taken without looking at their signatures',
    edits: [
      {
        file: 'src/proof/certified-header.ts',
        find: 'const index = verdicts.indexOf(false)',
        replace: 'const index = -1 - verdicts.length',
      },
    ],
    scenario: 'well-formed-lies',
    expected: ['certificate-validity', 'caught-up'],
  },
  {
    id: 'M-505',
    tier: 'T2',
    name: 'body-not-compared',
    bug: 'a body is not compared with the root in its header',
    edits: [
      {
        file: 'src/validation/reference-run.ts',
        find: "if (!isRooted()) return 'root'",
        replace: '',
      },
    ],
    scenario: 'well-formed-lies',
    expected: ['caught-up', 'containment', 'no-false-accusation'],
  },
  {
    id: 'M-506',
    tier: 'T2',
    name: 'author-signature-not-checked',
    bug: 'in blocks that peers give, the signatures of their authors are not checked',
    edits: [
      {
        file: 'src/validation/reference-run.ts',
        find: "return verifySignature(key, message, signed.signature) ? undefined : 'signature'",
        replace: 'return verifySignature(key, message, signed.signature) ? undefined : undefined',
      },
    ],
    scenario: 'one-lie',
    expected: ['reported', 'stored-blocks'],
  },
  {
    id: 'M-507',
    tier: 'T2',
    name: 'approval-taken-for-commit',
    bug: 'a notarise certificate is taken as proof that a block is committed',
    edits: [
      {
        file: 'src/protocol/wire/certified-header.ts',
        find: "return kind === 'finalise' && slot === signed.header.slot && block === signed.hash",
        replace: 'return kind.length > 0 && slot === signed.header.slot && block === signed.hash',
      },
    ],
    scenario: 'well-formed-lies',
    expected: ['caught-up'],
    survives:
      'servers offer no approvals for commits here: what they do offer has the wrong signature',
    law: {
      file: 'test/unit/protocol/wire/served.test.ts',
      titles: ["whose certificate has { kind: 'notarise' } are refused"],
    },
  },
  {
    id: 'M-508',
    tier: 'T2',
    name: 'pairs-need-not-ascend',
    bug: 'certified headers are taken in any order',
    edits: [
      {
        file: 'src/proof/certified-header.ts',
        find: "return ascends ? undefined : 'order'",
        replace: 'return ascends ? undefined : undefined',
      },
    ],
    scenario: 'well-formed-lies',
    expected: ['containment', 'caught-up'],
    survives: 'a list that does not ascend is refused by whoever asked for it, before it is proven',
    law: {
      file: 'test/unit/proof/certified-header.test.ts',
      titles: ['at the same height again are refused, and which it was is told'],
    },
  },
  {
    id: 'M-509',
    tier: 'T2',
    name: 'culprit-is-the-other',
    bug: 'for a wrong signature, which comes with headers, whoever gave the bodies is blamed',
    edits: [
      {
        file: 'src/proof/validated-run.ts',
        find: "return fault === 'signature' ? 'headers' : 'bodies'",
        replace: "return 'bodies'",
      },
    ],
    scenario: 'well-formed-lies',
    expected: ['caught-up', 'no-false-accusation'],
  },
  {
    id: 'M-510',
    tier: 'T2',
    name: 'other-header-named',
    bug: 'a certificate is taken with any header, and not with the one that it names',
    edits: [
      {
        file: 'src/proof/certified-header.ts',
        find: "if (!namesHeader({ signed, certificate }) || !isQuorum(chain, certificate)) return 'not-finalised'",
        replace: "if (!isQuorum(chain, certificate)) return 'not-finalised'",
      },
    ],
    scenario: 'well-formed-lies',
    expected: ['caught-up', 'containment', 'certificate-validity', 'no-false-accusation'],
    survives: 'the reader of an answer refuses it, before it is proven',
    law: {
      file: 'test/unit/proof/certified-header.test.ts',
      titles: ['under a certificate of another block are refused, and which it was is told'],
    },
  },
]

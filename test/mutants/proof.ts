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
    scenario: 'one-lie',
    expected: ['at-once', 'reported', 'stored-blocks'],
    pinnedSeed: 7,
  },
  {
    id: 'M-508',
    tier: 'T2',
    name: 'pairs-need-not-ascend',
    bug: 'certified headers are taken in any order: neither who reads an answer, nor who asked, nor who proves it compares',
    edits: [
      {
        file: 'src/protocol/wire/certified.ts',
        find: 'const heightMin = Math.max(above + 1, fromHeight + at * strideHeights)',
        replace: 'const heightMin = Math.max(0 * above, fromHeight + 0 * at * strideHeights)',
      },
      {
        file: 'src/proof/certified-header.ts',
        find: "return ascends ? undefined : 'order'",
        replace: 'return ascends ? undefined : undefined',
      },
      {
        file: 'src/actors/sync/download/certified.ts',
        find: 'const isNext = height > before && height >= fromHeight + at * strideHeights',
        replace: 'const isNext = height >= fromHeight + 0 * at * strideHeights',
      },
      {
        file: 'src/actors/sync/download/certified.ts',
        find: 'place.height > height && place.height - height <= segmentBlocksMax && place.slot > slot',
        replace: 'place.height - height <= segmentBlocksMax',
      },
    ],
    scenario: 'one-lie',
    expected: ['at-once', 'reported', 'containment', 'never-taken'],
    pinnedSeed: 9,
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
    bug: 'a certificate is taken with any header: neither who reads an answer nor who proves it looks which one it names',
    edits: [
      {
        file: 'src/proof/certified-header.ts',
        find: "if (!namesHeader({ signed, certificate }) || !isQuorum(chain, certificate)) return 'not-finalised'",
        replace: "if (!isQuorum(chain, certificate)) return 'not-finalised'",
      },
      {
        file: 'src/protocol/wire/certified-header.ts',
        find: '  if (!namesHeader(certified)) {',
        replace: '  if (!namesHeader(certified) && certified.signed.header.slot === 0) {',
      },
    ],
    scenario: 'one-lie',
    expected: ['at-once', 'reported', 'no-false-accusation', 'rightly-reported'],
    pinnedSeed: 8,
  },
  {
    id: 'M-511',
    tier: 'T2',
    name: 'flag-of-two-is-true',
    bug: 'a flag of any other byte than 0 is read as true, so that one message has many forms',
    edits: [
      {
        file: 'src/base/codec.ts',
        find: '    return value === 1\n',
        replace: '    return value >= 1\n',
      },
      {
        file: 'src/base/codec.ts',
        find: "if (value > 1) this.fail('not-canonical'",
        replace: "if (value < 0) this.fail('not-canonical'",
      },
    ],
    scenario: 'spoiled-proposals',
    expected: ['encoding'],
    pinnedSeed: 4,
  },
]

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
    scenario: 'well-formed-lies',
    expected: [],
    survives:
      'the signatures of authors stand behind it: who leads astray cannot sign, and is found a little later',
    law: {
      file: 'test/unit/proof/proven-segment.test.ts',
      titles: ['without the first are refused, and their sender is to blame'],
    },
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
    scenario: 'gap-and-extra-blocks',
    expected: [],
    survives:
      'the certificate goes to the disk with its own block alone, so what ends elsewhere commits nothing and is asked for again',
    law: {
      file: 'test/unit/proof/proven-segment.test.ts',
      titles: ['cut short are refused, and their sender is to blame'],
    },
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
]

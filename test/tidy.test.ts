/**
 * The rules of the house, as tests. A rule is a function from a file to complaints; each is held over
 * the whole tree, and each is shown bad input, so that a rule which finds nothing is known to look.
 */
import { describe, expect, test } from 'vitest'
import { cycleErrors } from './support/tidy/cycles.ts'
import { kindErrors } from './support/tidy/kinds.ts'
import { actorDoorErrors, importErrors, packageErrors } from './support/tidy/layers.ts'
import { headErrors, lengthErrors, mirrorErrors, nameErrors } from './support/tidy/shape.ts'
import { type Rule, readTree, sourceOf } from './support/tidy/source.ts'
import { wordErrors } from './support/tidy/words.ts'

const tree = readTree()
const lines = (count: number): string => 'x\n'.repeat(count)

interface House {
  readonly rule: Rule
  /** Path, text, and what is said of it: no complaint if that is empty. */
  readonly cases: readonly (readonly [path: string, text: string, complaint: string])[]
}

const rules: Readonly<Record<string, House>> = {
  'every import points down': {
    rule: importErrors,
    cases: [
      [
        'src/kernel/a.ts',
        "import type { B } from '../protocol/b.ts'",
        'must not import src/protocol',
      ],
      ['src/protocol/a.ts', "export { b } from '../ledger/b.ts'", 'must not import src/ledger'],
      ['src/actors/x/a.ts', "import { b } from '../../node/b.ts'", 'must not import src/node'],
      [
        'src/node/a.ts',
        "import {\n  b,\n} from '../platform/b.ts'",
        'must not import src/platform',
      ],
      ['sim/a.ts', "import { b } from './cluster/b.ts'", 'must not import sim/cluster'],
      ['sim/a.ts', "import { b } from '../src/protocol/b.ts'", 'must not import src/protocol'],
      ['src/public/a.ts', "export { b } from '../node/b.ts'", 'must not import src/node'],
      ['scenarios/a.ts', "import { b } from '../src/cli/b.ts'", 'must not import src/cli'],
      [
        'src/base/a.ts',
        "import { b } from '../../elsewhere/b.ts'",
        'must not import elsewhere/b.ts',
      ],
      ['src/lost/a.ts', '', 'is in no layer'],
      [
        'src/validation/a.ts',
        "import { b } from './kernel/b.ts'",
        'must not import src/validation/kernel',
      ],
      ['src/protocol/a.ts', "// import { b } from '../node/b.ts'", ''],
      ['src/node/a.ts', "import { b } from '../actors/x/b.ts'", ''],
      ['sim/cluster/a.ts', "import { b } from '../b.ts'", ''],
      ['src/cli/a.ts', "import { b } from '../node/b.ts'", ''],
    ],
  },
  'packages stay where they belong': {
    rule: packageErrors,
    cases: [
      ['src/kernel/a.ts', "import { b } from '@noble/hashes/blake3.js'", 'the package @noble/'],
      ['src/actors/x/a.ts', "import { b } from 'node:fs'", 'the package node:fs'],
      ['src/ledger/a.ts', "import 'abstract-level'", 'the package abstract-level'],
      ['sim/a.ts', "const b = import('libp2p')", 'the package libp2p'],
      ['src/protocol/a.ts', "import { b } from '@noble/hashes/blake3.js'", ''],
      ['sim/a.ts', "import seedrandom from 'seedrandom'", ''],
      ['src/platform/a.ts', "import { b } from 'node:fs'", ''],
    ],
  },
  'actors meet through the types of their messages': {
    rule: actorDoorErrors,
    cases: [
      ['src/actors/x/a.ts', "import { b } from '../y/messages.ts'", 'only the message types of y'],
      [
        'src/actors/x/a.ts',
        "import type { B } from '../y/actor.ts'",
        'only the message types of y',
      ],
      ['src/actors/x/a.ts', "import { type B } from '../y/messages.ts'", 'only the message types'],
      ['src/actors/x/a.ts', "import type { B } from '../y/messages.ts'", ''],
      ['src/actors/x/a.ts', "import { b } from './b.ts'", ''],
    ],
  },
  'no banned word': {
    rule: wordErrors,
    cases: [
      ['src/actors/x/a.ts', 'async function b() {}', 'async: actors never wait'],
      ['src/actors/x/a.ts', 'const b: Promise<void> = c', 'Promise: actors never wait'],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the template is the case
      ['src/ledger/a.ts', 'const b = `${Date.now()}`', 'Date.now: ask the Clock'],
      ['src/kernel/a.ts', 'setTimeout(b, 1)', 'setTimeout: ask the Clock'],
      ['sim/a.ts', 'const b = Math.random()', 'Math.random: differs'],
      ['sim/a.ts', 'const b = Math.log(2)', 'Math.log: differs'],
      ['sim/a.ts', 'const b = c ** 3', '**: differs'],
      ['src/node/a.ts', 'new Intl.Collator()', 'Intl.Collator: depends on the host'],
      ['src/node/a.ts', 'b.localeCompare(c)', '.localeCompare: depends on the host'],
      ['src/node/a.ts', 'const b = process.env', 'process.env: the host is reached'],
      ['src/node/a.ts', 'Buffer.from(b)', 'Buffer.from: the host is reached'],
      ['scenarios/a.ts', 'console.log(b)', 'console.log: the host is reached'],
      ['src/node/a.ts', "import('./b.ts')", 'import(: code is imported, at the top'],
      ['src/protocol/a.ts', 'b.toSorted()', '.toSorted(): say in which order'],
      ['src/protocol/a.ts', 'throw new Error()', 'throw: return a fault, or assert'],
      ['src/base/bytes.ts', 'throw new Error()', 'throw: return a fault, or assert'],
      ['src/validation/a.ts', 'throw new Error()', 'throw: return a fault, or assert'],
      ['src/validation/kernel/generate/a.ts', 'throw new Error()', 'throw: return a fault'],
      ['src/platform/a.ts', 'class A extends B {}', 'class A extends B: compose'],
      ['src/platform/a.ts', 'class A<T extends C> extends B<T> {}', 'extends B: compose'],
      ['src/cli/a.ts', '@b\nclass A {}', '@b: no decorators'],
      ['src/cli/a.ts', 'enum A { b }', 'enum A: a union of texts'],
      ['src/cli/a.ts', 'export default b', 'export default: named exports'],
      ['src/public/a.ts', "export * from './b.ts'", 'export *: name what is exported'],
      ['test/a.test.ts', "vi.mock('b')", 'vi.mock: simulate the world'],
      ['test/a.test.ts', "vi.spyOn(b, 'c')", 'vi.spyOn(b: simulate the world'],
      ['test/a.test.ts', "vi.spyOn(console, 'log')", ''],
      ['test/a.test.ts', "test.only('b', c)", 'test.only: every test runs'],
      ['bench/a.ts', '/* TOD\u004f: later */', ': do it'],
      ['src/cli/a.ts', '// @ts-ignore', '@ts-ignore: say it in types'],
      ['src/base/assert.ts', 'throw new AssertionError(message)', ''],
      ['src/platform/a.ts', 'throw await Promise.reject(new Date())', ''],
      ['src/node/a.ts', '// setTimeout is what we do not call, async or not', ''],
      ['src/node/a.ts', "const b = 'process.env'", ''],
      ['src/node/a.ts', 'const b = /process.env/', ''],
      ['src/node/a.ts', 'const b = Math.sqrt(Math.max(1, 2)) * 2 ** 32', ''],
      ['sim/a.ts', 'this.#process.stop()', ''],
      ['src/node/a.ts', 'class A extends Error {}', ''],
      ['src/node/a.ts', 'interface A extends B {}', ''],
      ['src/node/a.ts', 'function a<T extends B>() {}', ''],
      ['test/vitest.config.ts', 'export default b', ''],
    ],
  },
  'no file is too long': {
    rule: lengthErrors,
    cases: [
      ['src/node/a.ts', lines(501), '501 lines, 500 are allowed'],
      ['src/kernel/environment.ts', lines(301), '301 lines, 300 are allowed'],
      ['test/a.test.ts', lines(601), '601 lines, 600 are allowed'],
      ['src/node/a.ts', lines(500), ''],
    ],
  },
  'names say what is inside': {
    rule: nameErrors,
    cases: [
      ['src/utils/a.ts', '', '"util" says nothing'],
      ['src/node/test-helper.ts', '', '"helper" says nothing'],
      ['src/common/a.ts', '', '"common" says nothing'],
      ['src/node/peer-manager.ts', '', '"manager" says nothing'],
      ['src/node/uncommon.ts', '', ''],
    ],
  },
  'a file of several exports has a head comment': {
    rule: headErrors,
    cases: [
      ['src/node/a.ts', 'export const a = 1\nexport const b = 2\n', 'no head comment'],
      ['sim/a.ts', '/** Of a. */\nexport const a = 1\nexport const b = 2\n', 'no head comment'],
      ['src/node/a.ts', '/** Both. */\n\nexport const a = 1\nexport const b = 2\n', ''],
      ['src/node/a.ts', "/** Both. */\nimport 'c'\nexport const a = 1\nexport const b = 2\n", ''],
      ['src/node/a.ts', '/** Of a. */\nexport const a = 1\n', ''],
      ['bench/a.ts', 'export const a = 1\nexport const b = 2\n', ''],
    ],
  },
  'a unit test lies where what it tests does': {
    rule: mirrorErrors,
    cases: [
      ['test/unit/nowhere/a.test.ts', '', 'there is no src/nowhere'],
      ['test/unit/kernel/a.test.ts', '', ''],
      ['test/unit/sim/a.test.ts', '', ''],
    ],
  },
}

describe.each(Object.entries(rules))('%s', (_name, { rule, cases }) => {
  test('in the whole tree', () => {
    expect(tree.flatMap(rule)).toEqual([])
  })

  test.each(cases)('in %s: %j', (path, text, complaint) => {
    const complaints = rule(sourceOf(path, text))
    if (complaint === '') expect(complaints).toEqual([])
    else expect(complaints).toEqual([expect.stringContaining(complaint)])
  })
})

describe('no cycles among value imports', () => {
  const file = (name: string, ...imports: readonly string[]) =>
    sourceOf(`src/node/${name}.ts`, imports.map((line) => `${line}\n`).join(''))

  test('in the whole tree', () => {
    expect(cycleErrors(tree)).toEqual([])
  })

  test('a cycle of three is reported once, with its members', () => {
    const files = [
      file('a', "import { b } from './b.ts'"),
      file('b', "import { c } from './c.ts'"),
      file('c', "import { a } from './a.ts'"),
      file('d', "import { a } from './a.ts'"),
    ]
    expect(cycleErrors(files)).toEqual([
      'these import one another: src/node/a.ts, src/node/b.ts, src/node/c.ts',
    ])
  })

  test('a file that imports itself is reported', () => {
    expect(cycleErrors([file('a', "import { a } from './a.ts'")])).toHaveLength(1)
  })

  test('types may refer to one another', () => {
    const files = [
      file('a', "import { b } from './b.ts'"),
      file('b', "import type { A } from './a.ts'"),
    ]
    expect(cycleErrors(files)).toEqual([])
  })
})

describe('every kind of message and event is made by somebody', () => {
  const messages = `
export type AMessage =
  | { readonly kind: 'sent' }
  | { readonly kind: 'unsent' }
export type AEvent = { readonly kind: 'happens' | 'never-happens' }
export interface Other { readonly kind: 'other' }
`
  const door = sourceOf('src/actors/a/messages.ts', messages)
  const user = (text: string) => sourceOf('src/actors/b/actor.ts', text)

  test('in the whole tree', () => {
    expect(kindErrors(tree)).toEqual([])
  })

  test('a kind that nobody makes is reported', () => {
    const text =
      "send({ kind: 'sent' }); emit({ kind: 'happens' }); f<{ readonly kind: 'unsent' }>()"
    expect(kindErrors([door, user(text)])).toEqual([
      'src/actors/a/messages.ts: nobody makes a AMessage "unsent"',
      'src/actors/a/messages.ts: nobody makes a AEvent "never-happens"',
    ])
  })

  test('picking a kind by its type is not making it', () => {
    const text = "type Unsent = Extract<AMessage, { kind: 'unsent' }>['reply']"
    expect(kindErrors([door, user(text)]).join()).toContain('"unsent"')
  })
})

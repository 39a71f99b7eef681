/** Words that are not used here, each with the layers it is banned in and the reason. */
import { isPure } from './layers.ts'
import { placeOf, type Rule, type SourceFile } from './source.ts'

interface Ban {
  readonly pattern: RegExp
  readonly reason: string
  readonly applies: (path: string) => boolean
  /** Where to look: in code alone, or in comments and strings as well. */
  readonly view?: 'words' | 'text'
}

const everywhere = (): boolean => true
const inTests = (path: string): boolean => path.startsWith('test/')
const inProduct = (path: string): boolean => !inTests(path)
/** A fault of the world is a value; a fault of the code is an assertion, and those throw. So does a test that fails. */
const mayThrow = (path: string): boolean =>
  path === 'src/base/assert.ts' ||
  path === 'src/validation/kernel/build.ts' ||
  path === 'src/vitest/sim-test.ts' ||
  /^(src\/tripwire|src\/platform|src\/cli|sim\/stack|sim\/libp2p|bench|test)\//.test(path)

const bans: readonly Ban[] = [
  {
    pattern: /\b(?:async|await)\b|\bPromise\b/,
    reason: 'actors never wait: what takes time comes back as a message',
    applies: isPure,
  },
  {
    pattern: /\bDate\b|\bperformance\.|\bTemporal\b/,
    reason: 'ask the Clock',
    applies: isPure,
  },
  {
    pattern: /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask)\b/,
    reason: 'ask the Clock',
    applies: isPure,
  },
  {
    // The rest of Math is not correctly rounded, and differs between processors; constants are exact.
    pattern: /\bMath\.(?!(?:abs|ceil|clz32|floor|imul|max|min|round|sign|sqrt|trunc)\b|[A-Z])/,
    reason: 'differs between processors, or is chance',
    applies: isPure,
  },
  {
    // A power of two is exact everywhere.
    pattern: /(?<!\b2 )\*\*(?!\/)/,
    reason: 'differs between processors',
    applies: isPure,
  },
  {
    pattern: /\b(?:Intl|WeakRef|FinalizationRegistry|Atomics|SharedArrayBuffer|globalThis)\b/,
    reason: 'depends on the host',
    applies: isPure,
  },
  {
    pattern: /\.(?:localeCompare|toLocale\w+)\b/,
    reason: 'depends on the host',
    applies: isPure,
  },
  {
    pattern: /(?<![.#\w])process\.|\bBuffer\b|\bconsole\b/,
    reason: 'the host is reached by the Environment',
    applies: isPure,
  },
  {
    pattern: /(?<![.#\w])(?:import|eval)\(|\bnew Function\b/,
    reason: 'code is imported, at the top',
    applies: isPure,
  },
  {
    pattern: /\.(?:sort|toSorted)\(\)/,
    reason: 'say in which order',
    applies: isPure,
  },
  {
    pattern: /\bthrow\b/,
    reason: 'return a fault, or assert',
    applies: (path) => !mayThrow(path),
  },
  {
    pattern: /\bclass\s+\w+(?:<[^{]*>)?\s+extends\s+(?!Error\b)/,
    reason: 'compose',
    // What libp2p takes for a connection is made by extending its own class, and in no other way.
    applies: (path) => path !== 'sim/libp2p/connection.ts',
  },
  {
    pattern: /^\s*@\w/m,
    reason: 'no decorators: type stripping cannot run them',
    applies: everywhere,
  },
  { pattern: /\benum\s+\w/, reason: 'a union of texts', applies: everywhere },
  {
    pattern: /\bexport\s+default\b/,
    reason: 'named exports',
    applies: (path) => !path.endsWith('.config.ts'),
  },
  { pattern: /\bexport\s*\*/, reason: 'name what is exported', applies: everywhere },
  {
    // What a program prints is all that a test of the whole program can see of it.
    pattern: /\bvi\s*\.\s*(?:mock\b|doMock\b|spyOn\((?!console\b|process\b))/,
    reason: 'simulate the world',
    applies: everywhere,
  },
  {
    pattern: /\b(?:test|it|describe)\.(?:skip|only|todo)\b/,
    reason: 'every test runs',
    applies: inTests,
  },
  { pattern: /\bTOD[O]\b|\bFIXM[E]\b/, reason: 'do it', applies: everywhere, view: 'text' },
  {
    pattern: /@ts-(?:ignore|nocheck)/,
    reason: 'say it in types',
    applies: inProduct,
    view: 'text',
  },
]

/** No banned word. */
export const wordErrors: Rule = (file) =>
  bans
    .filter(({ applies }) => applies(file.path))
    .flatMap(({ pattern, reason, view = 'words' }) =>
      [...file[view].matchAll(new RegExp(pattern, `${pattern.flags}g`))].map(
        (match) => `${placeOf(file, match.index)}: ${shown(file, match)}: ${reason}`,
      ),
    )

function shown({ text }: SourceFile, { index, 0: found }: RegExpExecArray): string {
  const rest = /^[\w.]*/.exec(text.slice(index + found.length))?.[0] ?? ''
  return `${found}${rest}`.trim()
}

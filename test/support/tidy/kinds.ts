/** Messages and events: each kind that an actor declares is made by somebody. */
import type { SourceFile } from './source.ts'

const union =
  /^export (?:type|interface) (\w+(?:Message|Event))\b([\s\S]*?)(?=^(?:export|interface|type)\b|$(?![\s\S]))/gm
const declared = /readonly kind: ((?:\s*\|?\s*'[\w-]+')+)/g
/** Types that pick a member of a union make nothing. */
const picked = /\b(?:Extract|Exclude)<[^;]*?\{ kind: [^}]*\}>?/g

/** One line for each kind that is declared in a `messages.ts` and made nowhere else. */
export function kindErrors(files: readonly SourceFile[]): readonly string[] {
  const made = new Set(
    files
      .filter(({ path }) => path.startsWith('src/') && !path.endsWith('/messages.ts'))
      .flatMap(({ code }) => [
        ...code.replace(picked, '').matchAll(/(?<!readonly )\bkind: '([\w-]+)'/g),
      ])
      .map((match) => match[1]),
  )
  return files
    .filter(({ path }) => /^src\/actors\/[^/]+\/messages\.ts$/.test(path))
    .flatMap((file) =>
      kindsOf(file)
        .filter(([, kind]) => !made.has(kind))
        .map(([type, kind]) => `${file.path}: nobody makes a ${type} "${kind}"`),
    )
}

function kindsOf({ code }: SourceFile): readonly (readonly [type: string, kind: string])[] {
  return [...code.matchAll(union)].flatMap(([, type = '', body = '']) =>
    [...body.matchAll(declared)].flatMap(([, texts = '']) =>
      [...texts.matchAll(/'([\w-]+)'/g)].map(([, kind = '']) => [type, kind] as const),
    ),
  )
}

/** Cycles among value imports: files that cannot be loaded, read or tested one without the other. */
import { importsOf } from './imports.ts'
import type { SourceFile } from './source.ts'

/** Each set of files that import one another, however far around, as one line. */
export function cycleErrors(files: readonly SourceFile[]): readonly string[] {
  const graph = new Map(files.map((file) => [file.path, targetsOf(file)]))
  return stronglyConnected(graph)
    .filter((group) => group.length > 1 || graph.get(group[0] ?? '')?.includes(group[0] ?? ''))
    .map((group) => `these import one another: ${group.toSorted().join(', ')}`)
}

function targetsOf(file: SourceFile): readonly string[] {
  return importsOf(file)
    .filter(({ isPackage, isType }) => !isPackage && !isType)
    .map(({ target }) => target)
}

/** Tarjan's strongly connected components (SIAM J. Comput. 1972). */
function stronglyConnected(
  graph: ReadonlyMap<string, readonly string[]>,
): readonly (readonly string[])[] {
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const stack: string[] = []
  const groups: string[][] = []
  const low = (path: string): number => lowest.get(path) ?? 0
  const visit = (path: string): void => {
    const number = order.size
    order.set(path, number)
    lowest.set(path, number)
    stack.push(path)
    for (const next of graph.get(path) ?? []) {
      if (!graph.has(next)) continue
      if (!order.has(next)) visit(next)
      if (stack.includes(next)) lowest.set(path, Math.min(low(path), low(next)))
    }
    if (low(path) === number) groups.push(stack.splice(stack.indexOf(path)))
  }
  for (const path of graph.keys()) if (!order.has(path)) visit(path)
  return groups
}

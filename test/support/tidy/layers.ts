/**
 * The layers: who may import whom, which packages, and where the outside world may be named at all.
 * A layer is a folder; the deepest that fits is a file's own.
 */
import { importsOf } from './imports.ts'
import { placeOf, type Rule } from './source.ts'

interface Layer {
  /** Other layers. A layer may always import itself. */
  readonly layers: readonly string[] | 'any'
  readonly packages: readonly string[] | 'any'
  /** Neither clocks, chance, promises nor the host: what `environment.ts` offers, and nothing else. */
  readonly isPure: boolean
}

const base = 'src/base'
const kernel = 'src/kernel'
const protocol = 'src/protocol'
const validation = 'src/validation'
const wasmKernel = 'src/validation/kernel'
const tripwire = 'src/tripwire'
const ledger = 'src/ledger'
const proof = 'src/proof'
const actors = 'src/actors'
const node = 'src/node'

function pure(layers: readonly string[], packages: readonly string[] = []): Layer {
  return { layers, packages, isPure: true }
}

const layers: Readonly<Record<string, Layer>> = {
  [base]: pure([]),
  [kernel]: pure([base]),
  [protocol]: pure([base], ['@noble/']),
  [validation]: pure([base, protocol]),
  // The sources of the kernel, its generator and its build: run by hand and by tests, never by a node.
  [wasmKernel]: { layers: [base], packages: ['assemblyscript', 'node:'], isPure: false },
  [ledger]: pure([base, kernel, protocol]),
  [proof]: pure([base, kernel, protocol]),
  [actors]: pure([base, kernel, protocol, proof]),
  [node]: pure([base, kernel, protocol, proof, actors]),
  // How ambient calls are caught. Both kinds of simulation set it, each in its way.
  [tripwire]: { layers: [], packages: ['node:'], isPure: false },
  'src/platform': {
    layers: [base, kernel, protocol, validation, ledger, tripwire],
    packages: 'any',
    isPure: false,
  },
  // Stories as tests of vitest.
  'src/vitest': {
    layers: [base, kernel, tripwire, 'sim'],
    packages: ['node:', 'vitest'],
    isPure: false,
  },
  // The entry points of the package: the framework half, without the chain.
  'src/public': pure([base, kernel, tripwire, 'src/vitest', 'sim', 'sim/stack']),
  // The page that shows a run, in a browser.
  'src/viewer': { layers: [base, kernel, 'sim'], packages: ['lit/', 'uplot'], isPure: false },
  'src/cli': { layers: 'any', packages: 'any', isPure: false },
  sim: pure([base, kernel], ['seedrandom']),
  // The simulated world for code that waits: it puts itself in the place of the runtime's clocks and chance.
  'sim/stack': { layers: [base, kernel, tripwire, 'sim'], packages: ['node:'], isPure: false },
  'sim/libp2p': {
    layers: [
      ...[base, kernel, protocol, validation, ledger, tripwire],
      ...['src/platform', 'sim', 'sim/stack'],
    ],
    packages: ['node:', '@libp2p/', '@multiformats/'],
    isPure: false,
  },
  'sim/cluster': pure([base, kernel, protocol, validation, ledger, proof, actors, node, 'sim']),
  scenarios: pure([
    ...[base, kernel, protocol, validation, ledger],
    ...[proof, actors, node, 'sim', 'sim/cluster'],
  ]),
  // Programs as somebody else would write them: by the entry points of the package alone.
  examples: { layers: [], packages: ['node:', 'alys/'], isPure: false },
  bench: { layers: 'any', packages: 'any', isPure: false },
  test: { layers: 'any', packages: 'any', isPure: false },
}

/** The layer of a path: the longest folder of the table that holds it. */
function layerOf(path: string): string | undefined {
  return Object.keys(layers)
    .filter((folder) => path.startsWith(`${folder}/`))
    .toSorted((a, b) => b.length - a.length)[0]
}

/** Whether nothing of the outside world may be named in this file. */
export function isPure(path: string): boolean {
  return layers[layerOf(path) ?? '']?.isPure === true
}

/** Every import points down. */
export const importErrors: Rule = (file) => {
  const from = layerOf(file.path)
  const allowed = layers[from ?? '']?.layers
  if (allowed === undefined) return [`${file.path}: is in no layer`]
  if (allowed === 'any') return []
  return importsOf(file).flatMap(({ target, isPackage, offset }) => {
    const to = layerOf(target)
    if (isPackage || to === from || (to !== undefined && allowed.includes(to))) return []
    return [`${placeOf(file, offset)}: ${from} must not import ${to ?? target}`]
  })
}

/** Packages, Node.js's own among them, only where they belong. */
export const packageErrors: Rule = (file) => {
  const from = layerOf(file.path)
  const allowed = layers[from ?? '']?.packages ?? []
  if (allowed === 'any') return []
  return importsOf(file).flatMap(({ target, isPackage, offset }) => {
    if (!isPackage || allowed.some((name) => target === name || target.startsWith(name))) return []
    return [`${placeOf(file, offset)}: ${from} must not import the package ${target}`]
  })
}

/** Actors meet through the types of their messages, which are gone when the program runs. */
export const actorDoorErrors: Rule = (file) => {
  const self = actorOf(file.path)
  if (self === undefined) return []
  return importsOf(file).flatMap(({ target, isType, offset }) => {
    const other = actorOf(target)
    if (other === undefined || other === self) return []
    if (isType && target.endsWith('/messages.ts')) return []
    return [`${placeOf(file, offset)}: ${self} sees only the message types of ${other}`]
  })
}

function actorOf(path: string): string | undefined {
  return /^src\/actors\/([^/]+)\//.exec(path)?.[1]
}

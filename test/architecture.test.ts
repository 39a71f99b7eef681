/** That ARCHITECTURE.md describes what is there: its pictures and tables against the code. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  crossingCheckers,
  diskCheckers,
  safetyCheckers,
  sampleCheckers,
} from '../sim/cluster/checker/all.ts'
import type { World } from '../sim/cluster/checker/checker.ts'
import { faultCatalogue } from '../sim/cluster/fault/catalogue.ts'
import { chainOf } from '../src/protocol/chain.ts'
import { mutants } from './mutants/catalogue.ts'
import { brokenRules } from './support/consensus/rules.ts'
import { committeeOf } from './support/consensus/sample.ts'
import { blocksOf, readDocument, root, section, spansOf, tableIn } from './support/documents.ts'
import { importErrors, isPure, packageErrors } from './support/tidy/layers.ts'
import { readTree, sourceOf } from './support/tidy/source.ts'

const page = readDocument('ARCHITECTURE.md')
const layerRows = tableIn(section(page, 'Layers'), 'Layer')
const layers = layerRows.map(([layer = '']) => layer)

/** Whether the rule that holds over the sources lets a file of one layer import one of another. */
function mayImport(from: string, to: string): boolean {
  const up = from.split('/').map(() => '..')
  const text = `import { b } from '${[...up, to].join('/')}/b.ts'`
  return importErrors(sourceOf(`${from}/a.ts`, text)).length === 0
}

function isAllowed(layer: string, name: string): boolean {
  return packageErrors(sourceOf(`${layer}/a.ts`, `import { b } from '${name}'`)).length === 0
}

/** A cell that is a list; a dash is an empty one. */
function listed(cell: string): readonly string[] {
  return cell === '–' ? [] : cell.split(', ')
}

function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

const others = (layer: string): readonly string[] => layers.filter((other) => other !== layer)

/** Which layers the picture lets each layer reach, along its arrows. */
function reachableInPicture(): ReadonlyMap<string, ReadonlySet<string>> {
  const { code = '' } = blocksOf(page).find(({ info }) => info === 'mermaid') ?? {}
  const titles = new Map(
    [...code.matchAll(/(\w+)\["([^"]+)"\]/g)].map(([, id, title]) => [id, title]),
  )
  const titleOf = (id = ''): string => titles.get(id) ?? id
  const arrows = [...code.matchAll(/^\s*(\w+)(?:\["[^"]+"\])? --> (\w+)/gm)].map(
    ([, from, to]) => [titleOf(from), titleOf(to)] as const,
  )
  const reach = (from: string, seen: ReadonlySet<string>): ReadonlySet<string> => {
    let known = seen
    for (const [source, target] of arrows) {
      if (source !== from || known.has(target)) continue
      known = reach(target, new Set([...known, target]))
    }
    return known
  }
  return new Map([...new Set(arrows.flat())].map((layer) => [layer, reach(layer, new Set())]))
}

describe('the layers', () => {
  test('in the table are all that there are', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `src/${name}`)
    const inner = ['src/validation/kernel', 'sim/cluster', 'sim/stack', 'sim/libp2p']
    const all = [...folders, ...inner, 'sim', 'scenarios', 'examples', 'bench', 'test']
    expect(layers.toSorted(byText)).toEqual(all.toSorted(byText))
  })

  test.each(layers)('%s imports what the table says, and names what it says', (layer) => {
    const [, allowed = '', packages = '', world = ''] =
      layerRows.find(([name]) => name === layer) ?? []
    const found = others(layer).filter((other) => mayImport(layer, other))
    const said = allowed === 'any' ? others(layer) : listed(allowed)
    expect(found.toSorted(byText)).toEqual(said.toSorted(byText))
    for (const name of ['node:fs', 'seedrandom', '@noble/hashes/blake3.js']) {
      const isSaid = listed(packages).some((each) => name.startsWith(each.replace('*', '')))
      expect([name, isAllowed(layer, name)]).toEqual([name, packages === 'any' || isSaid])
    }
    expect(isPure(`${layer}/a.ts`)).toBe(world === 'no')
  })

  test('are drawn as the table has them', () => {
    const picture = reachableInPicture()
    for (const [layer, reached] of picture) {
      const isFree = layerRows.some(([name, allowed]) => name === layer && allowed === 'any')
      if (isFree) continue
      const allowed = others(layer).filter((other) => mayImport(layer, other))
      expect([layer, ...[...reached].toSorted(byText)]).toEqual([
        layer,
        ...allowed.toSorted(byText),
      ])
    }
    const drawn = [...picture.keys()].toSorted(byText)
    expect(drawn).toEqual(
      layers.filter((layer) => !['examples', 'bench', 'test'].includes(layer)).toSorted(byText),
    )
  })
})

describe('the tables', () => {
  test('name every checker, with its file', () => {
    const slots = { genesisMs: 0, slotMs: 2_000, toleranceMs: 500 }
    const committee = committeeOf(4)
    const world: World = {
      chain: chainOf({ name: 'page', slots, committee, allocations: [] }),
      committee,
      quorum: 3,
      slots,
      isSigned: () => true,
      isGenuine: () => true,
      wallMsAtStart: 0,
      liars: new Set<number>(),
      clockErrorMsMax: 0,
      untrustedDisks: new Set<string>(),
      hasDiskErrors: false,
      correct: new Set<string>(),
    }
    const rows = tableIn(section(page, 'Checkers'), 'Property')
    expect(rows.map(([property]) => property)).toEqual(
      [...safetyCheckers, ...crossingCheckers, ...sampleCheckers, ...diskCheckers].map(
        (make) => make(world).property,
      ),
    )
    for (const [property = '', file = ''] of rows) {
      expect(readFileSync(join(root, file), 'utf8')).toContain(`property: '${property}'`)
    }
  })

  test('say of every property of the catalogue by what it is held, or why not yet', () => {
    const rows = tableIn(section(page, 'The catalogue'), 'Id')
    const ids = [
      ...Array.from({ length: 22 }, (_, index) => `I${index + 1}`),
      ...Array.from({ length: 10 }, (_, index) => `L${index + 1}`),
    ]
    expect(rows.map(([id]) => id)).toEqual(ids)
    for (const [, , by = ''] of rows) expect(by.length).toBeGreaterThan(5)
  })

  test('name every tier of planted bugs', () => {
    const rows = tableIn(section(page, 'Planted bugs'), 'Tier')
    const told = rows.map(([tier]) => tier)
    expect(mutants.length).toBeGreaterThan(30)
    for (const { tier } of mutants) expect(told).toContain(tier)
  })

  test('name every rule that is lifted in the explorer', () => {
    const rows = tableIn(section(page, 'Planted bugs'), 'Lifted')
    const said = rows.map(([lifted = '']) => lifted.replace(/ \(.*\)$/, ''))
    for (const name of Object.keys(brokenRules)) expect(said).toContain(name)
  })

  test('name every kind of fault, and say of it what its rule says', () => {
    const rows = tableIn(section(page, 'Fault model'), 'Row')
    expect(rows).toEqual(
      faultCatalogue.map(({ ids, kind, what, range, harms }) => {
        return [ids.join(', '), kind, what, range, harms === undefined ? '–' : 'a liar']
      }),
    )
  })
})

describe('the names', () => {
  const product = readTree().filter(({ path }) => !path.startsWith('test/'))
  const settings = ['biome.json', 'tsconfig.json'].map((path) => ({
    text: readFileSync(join(root, path), 'utf8'),
  }))
  const sources = [...product, ...settings].map(({ text }) => text).join('\n')

  /** `#persist`, `Simplex.#commit`, `Tally.forgetTo`: a private name, or a method of a class. */
  const named = spansOf(page).flatMap((span) => {
    const [, owner, name] = /^(?:([A-Z]\w+)\.)?(#?[a-z]\w+)$/.exec(span) ?? []
    if (name === undefined || (owner === undefined && !/^#|[A-Z]/.test(name))) return []
    return [[owner, name] as const]
  })

  test('of functions and classes are those of the code', () => {
    expect(named.length).toBeGreaterThan(50)
    for (const [owner, name] of named) {
      const isThere = new RegExp(`(?<![\\w#])${name}\\b`).test(sources)
      expect([name, isThere]).toEqual([name, true])
      if (owner !== undefined) expect(sources).toMatch(new RegExp(`\\b${owner}\\b`))
    }
  })

  test('of rules are explained, wherever the code cites them', () => {
    const cited = new Set(
      [...sources.matchAll(/(?:rule |\/\*\* |\/\/ |\* )([VSPN][1-5]|A[1-9])\b/g)].map(
        ([, name]) => name,
      ),
    )
    const agreement = section(page, 'Agreement')
    for (const name of cited) expect(agreement).toMatch(new RegExp(`^\\| ${name} \\|`, 'm'))
    expect(cited.size).toBeGreaterThan(10)
  })
})

/**
 * Imports a chain into an importer, many runs at a time and one after another, and prints what each stage does: blocks for each
 * second on the wall, and for each second of the processors, this process's own. Arguments: blocks,
 * transfers in each, senders (0: each transfer has its own), workers, stores (`memory`, `level`), ways.
 *
 *     node bench/import/main.ts 10000 8 64 1 memory,level runs,stages,turns
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assert } from '../../src/base/assert.ts'
import { openLevelStore, openMemoryStore, type PlatformStore } from '../../src/platform/store.ts'
import type { ValidatedRun } from '../../src/proof/validated-run.ts'
import { timed } from '../program.ts'
import { openPool } from '../validation/open-pool.ts'
import { makeWireChain, type WireChain } from './chain.ts'
import { type Importer, openImporter } from './importer.ts'
import {
  claimsOf,
  importByRuns,
  importInTurn,
  importRun,
  inOrder,
  proveAll,
  validate,
} from './ways.ts'

const [blocks = 10_000, transfers = 8, senders = 64, workers = 1] = process.argv
  .slice(2, 6)
  .map(Number)
const [stores = 'memory', ways = 'runs,stages,turns'] = process.argv.slice(6)
const stride = 512

const shape = { blocks, transfers, senders: senders === 0 ? blocks * transfers : senders }
const chain = makeWireChain({ ...shape, stride })
const verifier = await openPool(workers)
for (const store of stores.split(',')) {
  for (const way of ways.split(',')) {
    // Once to warm up, on a part of it.
    for (const part of [Math.min(blocks, 2_048), blocks]) await measure(store, way, part)
  }
}
await verifier.close()

async function measure(store: string, way: string, count: number): Promise<void> {
  const folder = store === 'level' ? mkdtempSync(join(tmpdir(), 'alys-import-')) : undefined
  const print = (what: string, sample: Awaited<ReturnType<typeof timed>>): void => {
    if (count < blocks) return
    const { cpuMs, wallMs, othersMs = 0 } = sample
    const rate = (ms: number): string => `${Math.round((1_000 * count) / ms)}`.padStart(8)
    const others = `others had ${Math.round(othersMs)} ms`
    console.log(
      `${store.padEnd(7)} ${what.padEnd(16)} ${rate(wallMs)}/s ${rate(cpuMs)}/cpu s, ${others}`,
    )
  }
  const wire = cut(chain, count)
  const importer = await openImporter(wire.chain, await openStore(folder), verifier)
  if (way === 'stages') await stages(wire, importer, print)
  else {
    const work = way === 'runs' ? importByRuns : importInTurn
    const sample = await timed(async () => {
      await work(wire, verifier, importer)
      return count
    }, 'process')
    print(`all by ${way}`, sample)
  }
  assert(importer.counts.get('block-committed') === count, 'all blocks are committed')
  await importer.close()
  if (folder !== undefined) rmSync(folder, { recursive: true })
}

/** Each stage by itself: how fast it would be with a processor of its own. */
async function stages(
  wire: WireChain,
  importer: Importer,
  print: (what: string, sample: Awaited<ReturnType<typeof timed>>) => void,
): Promise<void> {
  const stage = async <Value>(what: string, work: () => Promise<Value>): Promise<Value> => {
    let value: Value | undefined
    const sample = await timed(async () => {
      value = await work()
      return wire.blocks.length
    }, 'process')
    print(what, sample)
    return value as Value
  }
  const segments = await stage('headers proven', () => proveAll(wire, verifier))
  const runs: ValidatedRun[] = []
  await stage('bodies validated', () =>
    inOrder(claimsOf(segments), async (claim) => {
      runs.push(await validate(wire, verifier, claim))
    }),
  )
  await stage('runs imported', () => inOrder(runs, (run) => importRun(importer, run)))
}

/** The first blocks of a chain, to the last certificate in them. */
function cut({ chain, blocks: all, certificates }: WireChain, count: number): WireChain {
  const kept = [...certificates].filter(([height]) => height <= count)
  return { chain, blocks: all.slice(0, count), certificates: new Map(kept) }
}

async function openStore(folder: string | undefined): Promise<PlatformStore> {
  if (folder === undefined) return openMemoryStore()
  const store = await openLevelStore(folder)
  assert(store.ok, 'a folder for LevelDB')
  return store.value
}

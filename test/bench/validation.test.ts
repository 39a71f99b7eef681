import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Contender, Standing } from '../../bench/contest.ts'
import { thisMachine } from '../../bench/machine.ts'
import type { Sample } from '../../bench/program.ts'
import { type Figure, resultOf } from '../../bench/report.ts'
import {
  type Chain,
  type ChainHashName,
  chainSigners,
  makeChain,
  readChain,
  saveChain,
} from '../../bench/validation/chain.ts'
import { type BlockContender, blockContenders } from '../../bench/validation/contenders.ts'
import { hashers } from '../../bench/validation/hashers.ts'
import { asksPool, openPool } from '../../bench/validation/open-pool.ts'
import { type ChainFile, itemCounts, quickPlan } from '../../bench/validation/plan.ts'
import { validationPlot } from '../../bench/validation/plot.ts'
import { validationSections } from '../../bench/validation/suite.ts'
import { partsOfWork } from '../../bench/validation/work-parts.ts'
import { toHex } from '../../src/base/bytes.ts'
import { verifyEd25519 } from '../../src/protocol/crypto/ed25519.ts'
import { hashBytes } from '../../src/protocol/hash.ts'
import { judgeRun } from '../../src/validation/reference-run.ts'
import { type Spoil, withBytes, withFlipped, withSurplus } from '../support/validation/spoilt.ts'

const signers = chainSigners()
const contenders: Readonly<Record<string, BlockContender>> = blockContenders
const names = Object.keys(contenders)

// Three items: a tree with an odd node.
function chainOf(hashName: ChainHashName): Chain {
  return makeChain({ blocks: 5, items: 3, hashName }, signers)
}

const chains: Readonly<Record<ChainHashName, Chain>> = {
  blake3: chainOf('blake3'),
  sha256: chainOf('sha256'),
}

/** What is done to the third block of a chain. Offsets are those of the layout in `protocol/block`. */
const tampers: Readonly<Record<string, Spoil>> = {
  'its version': (block) => withFlipped(block, 0, 2),
  'its author': (block) => withFlipped(block, 2, 1),
  'its count of items': (block) => withFlipped(block, 4, 1),
  'its height': (block) => withFlipped(block, 8, 1),
  'its slot, and the author with it': (block) => withFlipped(withFlipped(block, 16, 4), 2, 4),
  'its slot, to zero': (block) => withBytes(block, 16, [0, 0, 0, 0, 0, 0, 0, 0]),
  'its height, to what no number holds': (block) => withFlipped(block, 14, 0x20),
  'its chain': (block) => withFlipped(block, 31, 1),
  'its parent': (block) => withFlipped(block, 32, 1),
  'its root': (block) => withFlipped(block, 64, 1),
  'its state': (block) => withFlipped(block, 127, 0x80),
  'the point of its signature': (block) => withFlipped(block, 128, 1),
  'the number of its signature': (block) => withFlipped(block, 160, 1),
  'the count of its body': (block) => withFlipped(block, 192, 1),
  'the kind of an item': (block) => withFlipped(block, 194, 3),
  'the kind of an item, to none': (block) => withFlipped(block, 194, 8),
  'the length of an item': (block) => withFlipped(block, 195, 1),
  'a byte of an item': (block) => withFlipped(block, 300, 1),
  'its last byte': (block) => block.slice(0, -1),
  'nothing, but a byte is behind it': (block) => withSurplus(block, 1),
  everything: () => new Uint8Array(0),
}

function tampered({ rules, blocks }: Chain, spoil: Spoil): Chain {
  return { rules, blocks: blocks.map((block, i) => (i === 2 ? spoil(block) : block)) }
}

describe('whoever validates blocks', () => {
  test.each(names)('accepts the chain: %s', async (name) => {
    const { hashName, open } = contenders[name] ?? blockContenders.noble
    const { rules, blocks } = chains[hashName]
    const verdicts = (await open())(rules, blocks)
    expect(verdicts.map(({ fault }) => fault)).toEqual(blocks.map(() => undefined))
    // Each hash is the parent that the next block names.
    for (const [i, { hash }] of verdicts.slice(0, -1).entries()) {
      expect(toHex(hash)).toBe(toHex(blocks[i + 1]?.subarray(32, 64) ?? hash))
    }
  })

  test.each(names)('refuses a tampered block for the reason of the reference: %s', async (name) => {
    const { hashName, open } = contenders[name] ?? blockContenders.noble
    const judge = await open()
    for (const [what, spoil] of Object.entries(tampers)) {
      const reference = tampered(chains.blake3, spoil)
      const expected = judgeRun(reference.rules, reference.blocks, verifyEd25519)
      const { rules, blocks } = tampered(chains[hashName], spoil)
      const verdicts = judge(rules, blocks)
      const faults = verdicts.map(({ fault }) => fault)
      expect(faults, what).toEqual(expected.map(({ fault }) => fault))
      expect(faults[2], what).toBeDefined()
      if (hashName === 'blake3') {
        const hashes = verdicts.map(({ hash }) => toHex(hash))
        expect(hashes, what).toEqual(expected.map(({ hash }) => toHex(hash)))
      }
    }
  })

  test('accepts and refuses the same by the pool', async () => {
    const pool = await openPool(1)
    const sound = await asksPool(pool, chains.blake3)()
    expect(sound.map(({ fault }) => fault)).toEqual(chains.blake3.blocks.map(() => undefined))
    for (const [what, spoil] of Object.entries(tampers)) {
      const chain = tampered(chains.blake3, spoil)
      const expected = judgeRun(chain.rules, chain.blocks, verifyEd25519)
      const verdicts = await asksPool(pool, chain)()
      const faults = verdicts.map(({ fault }) => fault)
      expect(faults, what).toEqual(expected.map(({ fault }) => fault))
    }
    expect(pool.report().batchesAlone).toBe(0)
    await pool.close()
  })
})

test('whoever hashes comes to the hashes of the chain, or to those of SHA-256', async () => {
  for (const length of [64, 110, 1_025]) {
    const messages = [3, 5, 8, 13, 21].map((seed) => new Uint8Array(length).fill(seed))
    const byChain = messages.map((message) => toHex(hashBytes('transaction-item', message)))
    const bySha256 = messages.map((message) => createHash('sha256').update(message).digest('hex'))
    for (const [name, open] of Object.entries(hashers)) {
      const hashes = [...(await open(messages))()]
      const all = hashes.map((hash) => Buffer.from(hash as string, 'latin1').toString('hex'))
      expect(all.join(''), name).toBe((name === 'node-sha256' ? bySha256 : byChain).join(''))
    }
  }
})

describe('the suite', () => {
  let folder = ''
  const fileOf: ChainFile = (items, hashName) => join(folder, `${hashName}-${items}`)
  const plan = { ...quickPlan, sampleMs: 1, breakdownMs: 50, questions: { one: 2, many: 1 } }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'alys-test-'))
    const blocks = plan.blocks[8]
    saveChain(fileOf(8, 'blake3'), makeChain({ blocks, items: 8, hashName: 'blake3' }, signers))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** One contender of each program. */
  function onePerProgram(): readonly Contender[] {
    const all = validationSections(plan, fileOf).flatMap((section) => section.contenders)
    const programs = new Map<string, Contender>()
    for (const contender of all) {
      const program = contender.command.find((part) => part.endsWith('.ts')) ?? ''
      const isOfSmall = contender.command.every((part) => !/(?:blake3-128|sha256-8)$/.test(part))
      if (isOfSmall && !programs.has(program)) programs.set(program, contender)
    }
    return [...programs.values()]
  }

  test('has programs that run and report', async () => {
    const chosen = onePerProgram()
    expect(chosen).toHaveLength(9)
    const run = promisify(execFile)
    const reports = chosen.map(async ({ name, command }): Promise<void> => {
      const [program = '', ...args] = command
      const { stdout } = await run(program, args)
      const { samples } = JSON.parse(stdout) as { samples: readonly Sample[] }
      expect(samples.length, name).toBeGreaterThan(0)
      expect(samples[0]?.amount, name).toBeGreaterThan(0)
    })
    await Promise.all(reports)
  }, 60_000)

  test('reads the chain back that it has written', () => {
    const { rules, blocks } = readChain(fileOf(8, 'blake3'), 16)
    expect(blocks.map(toHex)).toEqual(
      makeChain({ blocks: 16, items: 8, hashName: 'blake3' }, signers).blocks.map(toHex),
    )
    expect(rules).toEqual(chains.blake3.rules)
  })

  /** What comes of it if every program did so much. */
  function figuresOf(sample: Sample): readonly Figure[] {
    const sections = validationSections(plan, fileOf)
    const samples = [sample, ...Object.keys(partsOfWork).map((part) => ({ ...sample, part }))]
    const standing: Standing = { samples, check: '' }
    const standings = new Map(
      sections.flatMap(({ contenders: all }) => all.map(({ name }) => [name, standing] as const)),
    )
    return sections.flatMap(({ figures }) => figures(standings))
  }

  const idle: Sample = { amount: 1_000, cpuMs: 10, wallMs: 10, othersMs: 0 }

  test('has a figure of its own name for everything that is promised', () => {
    const found = figuresOf(idle).map(({ name }) => name)
    expect(new Set(found).size).toBe(found.length)
    for (const items of itemCounts) {
      for (const who of [
        'kernel fma',
        'kernel exact',
        'node:crypto and hash-wasm',
        'node:crypto with SHA-256',
        '@noble',
        'kernel for one of node:crypto, the faster way',
        'kernel for one of @noble',
        'limit, no signatures',
        'limit, signatures alone',
        'pool of 1',
        'pool of 2',
        'limit, two kernels for one',
        'two workers for one, by the clock',
      ]) {
        expect(found).toContain(`blocks of ${items}: ${who}`)
      }
    }
    expect(found.filter((name) => name.startsWith('signatures, '))).toHaveLength(10)
    expect(found.filter((name) => name.startsWith('hash of '))).toHaveLength(26)
    expect(found.filter((name) => name.startsWith('latency of '))).toHaveLength(8)
    expect(found.filter((name) => name.startsWith('part of a block of '))).toHaveLength(16)
    expect(found.filter((name) => name.startsWith('memory of a pool of '))).toHaveLength(2)
    expect(found.filter((name) => name.includes('certified'))).toHaveLength(2)
  })

  test('judges the speed-up of workers by that of two kernels, and only where the cores were idle', () => {
    const floorOf = (sample: Sample): number | undefined =>
      figuresOf(sample).find(({ name }) => name.includes('two workers for one'))?.floor
    // In this made-up run nothing gains anything.
    expect(floorOf(idle)).toBe(0.9)
    expect(floorOf({ ...idle, othersMs: 1_000_000 })).toBeUndefined()
    expect(floorOf({ amount: 1_000, cpuMs: 10, wallMs: 10 })).toBeUndefined()
  })

  test('draws a picture that is well-formed XML, with a bar for each contender', () => {
    const results = figuresOf(idle).map(resultOf)
    const svg = validationPlot({ suite: 'validation', machine: thisMachine(), results })
    expect(xmlFault(svg)).toBeUndefined()
    expect(svg).not.toMatch(/NaN|undefined|Infinity/)
    const bars = svg.match(/<rect [^>]*><title>/g) ?? []
    // Contenders of both sizes; parts of both, and their key; hashes, and theirs.
    expect(bars).toHaveLength(2 * 6 + 2 * 8 + 8 + 5 * 5 + 5)
  })

  test('knows ill-formed XML when it sees it', () => {
    expect(xmlFault('<a><b/></a>')).toBeUndefined()
    expect(xmlFault('<a><b></a></b>')).toBe('</a> closes <b>')
    expect(xmlFault('<a>&</a>')).toBe('a bare &')
    expect(xmlFault('<a x=1/>')).toBe('<a x=1/>')
    expect(xmlFault('<a>')).toBe('<a> is open')
  })
})

/** Why a text is not well-formed XML: as much of the rules as a picture without a prologue has use for. */
function xmlFault(text: string): string | undefined {
  if (/&(?!(?:amp|lt|gt|quot|apos);)/.test(text)) return 'a bare &'
  const open: string[] = []
  for (const [tag, slash = '', name = '', attributes = '', end = ''] of text.matchAll(
    /<(\/?)([\w:-]+)([^<>]*?)(\/?)>/g,
  )) {
    if (!/^(?:\s+[\w:-]+="[^"<]*")*\s*$/.test(attributes)) return tag
    if (slash === '/') {
      const last = open.pop()
      if (last !== name) return `</${name}> closes <${last}>`
    } else if (end === '') open.push(name)
  }
  if (text.replaceAll(/<\/?[\w:-]+[^<>]*>/g, '').includes('<')) return 'a bare <'
  return open.length === 0 ? undefined : `<${open.at(-1)}> is open`
}

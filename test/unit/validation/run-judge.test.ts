/** The kernel's judge against the one in plain TypeScript, on runs that are spoilt in every place that there is. */
import { describe, expect, test } from 'vitest'
import { AssertionError } from '../../../src/base/assert.ts'
import { toHex } from '../../../src/base/bytes.ts'
import { bodyBytesMax, bodyItemsMax, itemBytesMax } from '../../../src/protocol/block/body.ts'
import { type RunFault, type RunRules, runFaultCode } from '../../../src/protocol/block/run.ts'
import { judgeRun } from '../../../src/validation/reference-run.ts'
import { passBlocksMax, passBytesMax, RunJudge } from '../../../src/validation/run-judge.ts'
import { testParts } from '../../support/validation/run-parts.ts'
import { testBody, testRules, testRun, verifyIdeal } from '../../support/validation/runs.ts'
import {
  itemOffsets,
  withBytes,
  withFlipped,
  withSurplus,
} from '../../support/validation/spoilt.ts'

const parts = testParts()
const judge = new RunJudge(parts)
const rules = testRules()
const fine = undefined
/** Behind the header and the signature. */
const bodyAt = 192

/** Judges by both, expects the same of them, and returns the faults. */
function faultsOf(
  blocks: readonly Uint8Array[],
  by: RunRules = rules,
): readonly (RunFault | undefined)[] {
  const expected = judgeRun(by, blocks, verifyIdeal)
  const verdicts = judge.judge(by, blocks)
  expect(verdicts.map(({ fault }) => fault)).toEqual(expected.map(({ fault }) => fault))
  expect(verdicts.map(({ hash }) => toHex(hash))).toEqual(expected.map(({ hash }) => toHex(hash)))
  return verdicts.map(({ fault }) => fault)
}

/** A run of three, whose middle block is replaced. */
function withMiddle(run: readonly Uint8Array[], middle: Uint8Array): readonly Uint8Array[] {
  return run.map((block, i) => (i === 1 ? middle : block))
}

const shapes = [[30, 20, 20, 0, 20], [], [5]]
const run = testRun(
  rules,
  shapes.map((lengths, i) => testBody(lengths, i)),
)
const [first = new Uint8Array(0)] = run

describe('good runs', () => {
  test('bodies of every small number of items', () => {
    const bodies = Array.from({ length: 40 }, (_, count) =>
      testBody(Array(count).fill(count * 9), count),
    )
    expect(faultsOf(testRun(rules, bodies))).toEqual(bodies.map(() => fine))
  })

  test('a run of one block, and of none', () => {
    expect(faultsOf([first])).toEqual([fine])
    expect(faultsOf([])).toEqual([])
  })

  test('blocks of 128 transactions', () => {
    const bodies = Array.from({ length: 12 }, (_, i) => testBody(Array(128).fill(110), i))
    expect(faultsOf(testRun(rules, bodies))).toEqual(bodies.map(() => fine))
  })

  test('items around and beyond the length of a chunk, among short ones', () => {
    const bodies = [
      [1_023, 1_024, 1_025, 3],
      [5_000, 1, 2_048, 2_049, 70],
      [100_000, 40],
    ]
    expect(
      faultsOf(
        testRun(
          rules,
          bodies.map((lengths) => testBody(lengths)),
        ),
      ),
    ).toEqual([fine, fine, fine])
  })

  test('bodies as large as they may be, in bytes and in items', () => {
    const half = itemBytesMax
    const full = testBody([half, bodyBytesMax - half - 12])
    const many = testBody(Array(bodyItemsMax).fill(3))
    const odd = testBody(Array(bodyItemsMax - 1).fill(70))
    expect(faultsOf(testRun(rules, [full, many, testBody([1]), odd, full]))).toEqual(
      Array(5).fill(fine),
    )
  })

  test('committees of one and of the most members; then another of the same size', () => {
    for (const members of [1, 64, 2, 2]) {
      const base = testRules(members)
      const others = {
        ...base,
        authorKeys: base.authorKeys.map((key) => key.map((b) => b ^ members)),
      }
      for (const each of [base, others]) {
        expect(faultsOf(testRun(each, [testBody([4]), testBody([5])]), each)).toEqual([fine, fine])
      }
      expect(faultsOf(testRun(base, [testBody([4])]), others)).toEqual(['signature'])
    }
  })
})

describe('a block that is spoilt', () => {
  test('every byte of the header, changed in one bit or in all', () => {
    const found = new Set<RunFault | undefined>()
    for (let at = 0; at < 128; at += 1) {
      for (const bits of [1, 128, 255]) {
        const [, fault, next] = faultsOf(withMiddle(run, withFlipped(run[1] ?? first, at, bits)))
        expect(fault, `byte ${at}`).toBeDefined()
        expect(next, `the block after, byte ${at}`).toBe('link')
        found.add(fault)
      }
    }
    const all = ['length', 'chain', 'author', 'root', 'link', 'height', 'signature']
    expect([...found].toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual(
      all.toSorted((a, b) => a.localeCompare(b)),
    )
  })

  test('every byte of the signature: named with its block, and the others stay as they are', () => {
    for (let at = 128; at < bodyAt; at += 1) {
      expect(faultsOf(withMiddle(run, withFlipped(run[1] ?? first, at, 1)))).toEqual([
        fine,
        'signature',
        fine,
      ])
    }
  })

  test('every byte of the body: its count, and kinds, lengths and bytes of its items', () => {
    const heads = itemOffsets(first)
    expect(heads).toHaveLength(5)
    for (let at = bodyAt; at < first.length; at += 1) {
      for (const bits of [1, 2, 3, 128, 255]) {
        const [fault, next] = faultsOf([withFlipped(first, at, bits), ...run.slice(1)])
        expect(fault === 'root' || fault === 'length', `byte ${at}: ${fault}`).toBe(true)
        expect(next).toBe(fault === 'length' ? 'link' : fine)
      }
    }
    for (const at of heads) {
      expect(faultsOf([withBytes(first, at, [0])])).toEqual(['length'])
      expect(faultsOf([withBytes(first, at, [3])])).toEqual(['length'])
    }
  })

  test('cut off anywhere, or with more behind', () => {
    for (let length = 0; length < first.length; length += 1) {
      expect(faultsOf([first.slice(0, length), ...run.slice(1, 2)])).toEqual(['length', 'link'])
    }
    for (const more of [1, 4, 5, 64, 1_000]) {
      expect(faultsOf([withSurplus(first, more), ...run.slice(1, 2)])).toEqual(['length', 'link'])
    }
  })

  test('lengths and counts up to the largest that can be written', () => {
    for (const high of [
      0x0010_0000, 0x0010_0001, 0x7fff_ffff, 0x8000_0000, 0xffff_fffb, 0xffff_ffff,
    ]) {
      const bytes = [high & 255, (high >> 8) & 255, (high >> 16) & 255, high >>> 24]
      for (const head of itemOffsets(first)) {
        expect(faultsOf([withBytes(first, head + 1, bytes)])).toEqual(['length'])
      }
      expect(faultsOf([withBytes(first, 4, bytes)])).toEqual(['length'])
    }
    for (const count of [0, 4, 6, 4_096, 4_097, 65_535]) {
      const both = withBytes(withBytes(first, 4, [count & 255, count >> 8]), bodyAt, [
        count & 255,
        count >> 8,
      ])
      expect(faultsOf([both])).toEqual(['length'])
    }
  })

  test('bodies beyond their limits, by one byte or one item', () => {
    const template =
      testRun(rules, [testBody([itemBytesMax, bodyBytesMax - itemBytesMax - 12])])[0] ?? first
    const second = (itemOffsets(template)[1] ?? 0) + 1
    const length = bodyBytesMax - itemBytesMax - 12 + 1
    const bytes = [length & 255, (length >> 8) & 255, (length >> 16) & 255, 0]
    expect(faultsOf([withBytes(withSurplus(template, 1), second, bytes)])).toEqual(['length'])
    const many = testRun(rules, [testBody(Array(bodyItemsMax).fill(0))])[0] ?? first
    const more = withSurplus(many, 5)
    more[more.length - 5] = 2
    expect(faultsOf([withBytes(withBytes(more, 4, [1, 16]), bodyAt, [1, 16])])).toEqual(['length'])
    expect(faultsOf([many])).toEqual([fine])
  })

  test('longer than any block, longer than a pass, and nothing at all', () => {
    const huge = withSurplus(first, passBytesMax + 1 - first.length)
    const large = withSurplus(first, 3_000_000)
    const blocks = [first, huge, large, new Uint8Array(0), huge, ...run.slice(1)]
    expect(faultsOf(blocks)).toEqual([fine, 'length', 'length', 'length', 'length', 'link', fine])
  })
})

describe('the order of the rules', () => {
  test('of two rules that are broken, the first is named', () => {
    const before = rules.parent
    const amended = (amend: Parameters<typeof testRun>[3]) =>
      faultsOf(testRun(rules, [testBody([3])], undefined, amend))
    const otherTag = new Uint8Array(8)
    expect(amended((h) => ({ ...h, chainTag: otherTag, slot: 0 }))).toEqual(['chain'])
    expect(amended((h) => ({ ...h, slot: 0, author: 2 }))).toEqual(['slot'])
    expect(amended((h) => ({ ...h, height: 0, author: 9 }))).toEqual(['slot'])
    expect(amended((h) => ({ ...h, author: h.author + 1, bodyRoot: h.stateRoot }))).toEqual([
      'author',
    ])
    expect(amended((h) => ({ ...h, author: 65_535 }))).toEqual(['author'])
    expect(amended((h) => ({ ...h, bodyRoot: h.stateRoot, parentHash: h.stateRoot }))).toEqual([
      'root',
    ])
    expect(amended((h) => ({ ...h, parentHash: h.stateRoot, height: 7 }))).toEqual(['link'])
    // Slot and author fit, but the slot is not after the parent's.
    const early = { slot: before.slot - 3, author: (before.slot - 3) % 3 }
    expect(amended((h) => ({ ...h, height: before.height, ...early }))).toEqual(['height'])
    expect(amended((h) => ({ ...h, ...early }))).toEqual(['slot'])
    expect(amended((h) => ({ ...h, slot: before.slot, author: before.slot % 3 }))).toEqual(['slot'])
  })

  test('only blocks without another fault have their signatures looked at', () => {
    parts.asked.length = 0
    faultsOf([first, withFlipped(run[1] ?? first, 64, 1), run[2] ?? first])
    expect(parts.asked).toEqual([1])
    const [odd = first] = testRun(rules, [testBody([3])], undefined, (h) => ({ ...h, height: 9 }))
    faultsOf([odd])
    expect(parts.asked).toEqual([1])
  })
})

describe('heights and slots', () => {
  test('up to the largest safe integer, and not beyond', () => {
    const max = Number.MAX_SAFE_INTEGER
    const high = { ...rules, parent: { ...rules.parent, height: max - 1, slot: max - 1 } }
    const [block = first] = testRun(high, [testBody([3])])
    expect(faultsOf([block], high)).toEqual([fine])
    expect(faultsOf([withBytes(block, 8, [0, 0, 0, 0, 0, 0, 32, 0])], high)).toEqual(['length'])
    expect(faultsOf([withBytes(block, 16, [0, 0, 0, 0, 0, 0, 0, 128])], high)).toEqual(['length'])
    const last = { ...high, parent: { ...high.parent, height: max } }
    expect(faultsOf([block], last)).toEqual(['height'])
  })
})

describe('runs of several passes', () => {
  const bodies = Array.from({ length: 2 * passBlocksMax + 3 }, (_, i) => testBody([i % 50, 9], i))
  const long = testRun(rules, bodies)

  test('are linked across the passes', () => {
    expect(new Set(faultsOf(long))).toEqual(new Set([fine]))
    parts.asked.length = 0
    const cut = long.toSpliced(passBlocksMax, 1)
    const expected = Array(cut.length).fill(fine)
    expected[passBlocksMax] = 'link'
    expect(faultsOf(cut)).toEqual(expected)
    expect(parts.asked).toEqual([512, 511, 2])
  })

  test('a malformed block at the end of a pass leaves the next pass nothing to link to', () => {
    const spoilt = long.with(passBlocksMax - 1, Uint8Array.of(1, 2, 3))
    const expected = Array(long.length).fill(fine)
    expected[passBlocksMax - 1] = 'length'
    expected[passBlocksMax] = 'link'
    expect(faultsOf(spoilt)).toEqual(expected)
  })

  test('passes are limited by bytes as well', () => {
    parts.asked.length = 0
    const large = testRun(
      rules,
      Array.from({ length: 5 }, (_, i) => testBody([1_000_000, 900_000], i)),
    )
    expect(faultsOf(large)).toEqual(Array(5).fill(fine))
    expect(parts.asked).toEqual([2, 2, 1])
  })

  test('every false signature is found, in whichever pass it is', () => {
    const places = [0, 1, 255, 256, 511, 512, 900, long.length - 1]
    const spoilt = long.map((block, i) => (places.includes(i) ? withFlipped(block, 130, 1) : block))
    const expected = Array(long.length).fill(fine)
    for (const place of places) expected[place] = 'signature'
    expect(faultsOf(spoilt)).toEqual(expected)
  })

  test('memory does not grow with what is judged', () => {
    const before = parts.memory.bytes.length
    faultsOf(long)
    expect(parts.memory.bytes.length).toBe(before)
    expect(before).toBeLessThan(8 * 1_048_576)
  })
})

describe('packed runs', () => {
  const pack = (blocks: readonly Uint8Array[]) => {
    const lengths = Uint32Array.from(blocks, (block) => block.length)
    return { bytes: Uint8Array.from(blocks.flatMap((block) => [...block])), lengths }
  }

  test('have the verdicts that their blocks have', () => {
    const blocks = [first, withFlipped(run[1] ?? first, 150, 4), first.slice(0, 100), ...run]
    const packed = pack(blocks)
    const verdicts = { faults: new Uint8Array(9).fill(99), hashes: new Uint8Array(9 * 32).fill(99) }
    judge.judgePacked(rules, packed, verdicts)
    const expected = judgeRun(rules, blocks, verifyIdeal)
    for (const [i, { fault, hash }] of expected.entries()) {
      expect(verdicts.faults[i]).toBe(fault === undefined ? 0 : runFaultCode[fault])
      const written = verdicts.hashes.subarray(32 * i, 32 * i + 32)
      expect(toHex(written)).toBe(fault === 'length' ? '00'.repeat(32) : toHex(hash))
    }
    expect([...verdicts.faults.subarray(6)]).toEqual([99, 99, 99])
  })

  test('a block too long for a pass is passed over', () => {
    const lengths = Uint32Array.of(first.length, passBytesMax + 9, first.length)
    const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length))
    bytes.set(first)
    bytes.set(first, first.length + passBytesMax + 9)
    const verdicts = { faults: new Uint8Array(3), hashes: new Uint8Array(96) }
    judge.judgePacked(rules, { bytes, lengths }, verdicts)
    expect([...verdicts.faults]).toEqual([0, runFaultCode.length, runFaultCode.link])
    expect(verdicts.hashes.subarray(64)).toEqual(verdicts.hashes.subarray(0, 32))
  })

  test('lengths beyond the buffer, and too little room for the verdicts, are faults of the caller', () => {
    const { bytes, lengths } = pack(run)
    const room = { faults: new Uint8Array(3), hashes: new Uint8Array(96) }
    const cut = bytes.subarray(1)
    expect(() => judge.judgePacked(rules, { bytes: cut, lengths }, room)).toThrow(AssertionError)
    const narrow = { ...room, faults: new Uint8Array(2) }
    expect(() => judge.judgePacked(rules, { bytes, lengths }, narrow)).toThrow(AssertionError)
    const short = { ...room, hashes: new Uint8Array(95) }
    expect(() => judge.judgePacked(rules, { bytes, lengths }, short)).toThrow(AssertionError)
  })
})

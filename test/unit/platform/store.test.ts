/** What the stores do beyond the contract: locks, limits, damage, closing, groups, what bytes they keep. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Result } from '../../../src/base/result.ts'
import type { Entry, Store, StoreFault } from '../../../src/kernel/environment.ts'
import { openLevelStore, openMemoryStore, type PlatformStore } from '../../../src/platform/store.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alys-store-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

async function openLevel(): Promise<PlatformStore> {
  const opened = await openLevelStore(folder)
  if (!opened.ok) throw new Error(opened.fault.detail)
  return opened.value
}

function get(store: Store, key: string): Promise<Result<Uint8Array | undefined, StoreFault>> {
  return new Promise((resolve) => store.get(key, resolve))
}

function scan(store: Store): Promise<Result<readonly Entry[], StoreFault>> {
  return new Promise((resolve) => store.scan({ from: '', to: '~', limit: 10_000 }, resolve))
}

function commit(
  store: Store,
  key: string,
  value: Uint8Array | undefined,
  durable = false,
): Promise<Result<undefined, StoreFault>> {
  return new Promise((resolve) => store.commit({ writes: [{ key, value }], durable }, resolve))
}

function codeOf(outcome: Result<unknown, StoreFault>): string {
  return outcome.ok ? 'ok' : outcome.fault.code
}

describe('a data folder', () => {
  test('is refused to a second opener, with its name and the reason', async () => {
    const first = await openLevel()
    const second = await openLevelStore(folder)
    expect(second).toEqual({
      ok: false,
      fault: {
        code: 'locked',
        folder,
        detail: `the data folder ${folder} is in use: another node, or another program, has it open`,
      },
    })
    // The first is none the worse for it, and the folder is free again once it is closed.
    expect(codeOf(await commit(first, 'a', Uint8Array.of(1)))).toBe('ok')
    await first.close()
    const third = await openLevel()
    expect(await get(third, 'a')).toEqual({ ok: true, value: Uint8Array.of(1) })
    await third.close()
  })

  test('that is a file is an io fault that names it', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    const opened = await openLevelStore(file)
    expect(opened.ok || opened.fault).toMatchObject({ code: 'io', folder: file })
    expect(opened.ok || opened.fault.detail).toContain(`cannot open the data folder ${file}: `)
  })

  test('that is damaged is said to be, with what to do', async () => {
    const store = await openLevel()
    await store.close()
    writeFileSync(join(folder, 'CURRENT'), 'garbage')
    const opened = await openLevelStore(folder)
    expect(opened.ok || opened.fault).toMatchObject({ code: 'corrupt', folder })
    expect(opened.ok || opened.fault.detail).toContain('restore a copy, or remove it')
  })

  test('whose blocks are damaged gives io faults for what it cannot read', async () => {
    const writer = await openLevel()
    for (let i = 0; i < 300; i += 1) {
      // Distinct bytes, which do not compress away.
      const value = Uint8Array.from(
        { length: 20_000 },
        (_, j) => (j * j * (i + 7) + (j >> 3)) & 0xff,
      )
      await commit(writer, `k${i}`, value)
    }
    await writer.close()
    // Opening moves the log into tables.
    await (await openLevel()).close()
    const tables = readdirSync(folder).filter((name) => name.endsWith('.ldb'))
    expect(tables.length).toBeGreaterThan(0)
    for (const table of tables) {
      const bytes = readFileSync(join(folder, table))
      // The index at the end stays whole, the data in the middle does not.
      bytes.fill(0xee, 1_000, bytes.length - 20_000)
      writeFileSync(join(folder, table), bytes)
    }
    const reader = await openLevel()
    const read = await get(reader, 'k100')
    expect(read.ok || read.fault.code).toBe('io')
    expect(read.ok || read.fault.detail).toContain('LEVEL_CORRUPTION')
    expect(codeOf(await scan(reader))).toBe('io')
    await reader.close()
  })
})

for (const kind of ['memory', 'LevelDB']) {
  const open = (): Promise<PlatformStore> => (kind === 'memory' ? openMemoryStore() : openLevel())

  describe(`a ${kind} store`, () => {
    test('a read does not see a commit that was asked for after it', async () => {
      const store = await open()
      void commit(store, 'a', Uint8Array.of(1), true)
      const reads = [get(store, 'a'), scan(store)] as const
      void commit(store, 'a', Uint8Array.of(2))
      const [one, all] = await Promise.all(reads)
      expect(one).toEqual({ ok: true, value: Uint8Array.of(1) })
      expect(all).toEqual({ ok: true, value: [{ key: 'a', value: Uint8Array.of(1) }] })
      expect(await get(store, 'a')).toEqual({ ok: true, value: Uint8Array.of(2) })
      await store.close()
    })

    test('closing waits for what was asked for, and answers `closed` to what comes after', async () => {
      const store = await open()
      const before = [
        commit(store, 'a', Uint8Array.of(1), true),
        get(store, 'a'),
        scan(store),
        commit(store, 'b', Uint8Array.of(2)),
      ]
      const closing = store.close()
      const after = [commit(store, 'c', undefined), get(store, 'a'), scan(store)]
      expect((await Promise.all(before)).map(codeOf)).toEqual(['ok', 'ok', 'ok', 'ok'])
      expect((await Promise.all(after)).map(codeOf)).toEqual(['closed', 'closed', 'closed'])
      await closing
    })

    test('a queue that is full says so, and goes on when it has room again', async () => {
      const store = await open()
      const reads = Array.from({ length: 4_100 }, () => get(store, 'a'))
      const outcomes = await Promise.all(reads)
      expect(outcomes.filter((outcome) => codeOf(outcome) === 'full')).toHaveLength(4)
      expect(outcomes.at(-1)).toEqual({
        ok: false,
        fault: { code: 'full', detail: '4096 operations with 0 bytes wait already' },
      })
      expect(codeOf(await get(store, 'a'))).toBe('ok')
      await store.close()
    })

    test('values are plain arrays of bytes, not a view of somebody else’s', async () => {
      const store = await open()
      const large = new Uint8Array(1_000).fill(7)
      await commit(store, 'a', large.subarray(10, 13))
      const read = await get(store, 'a')
      if (!read.ok || read.value === undefined) return expect.unreachable()
      expect(Object.getPrototypeOf(read.value)).toBe(Uint8Array.prototype)
      expect(read.value.buffer.byteLength).toBe(3)
      // What one reader does to its copy does not reach the next.
      read.value.fill(0)
      expect(await get(store, 'a')).toEqual({ ok: true, value: Uint8Array.of(7, 7, 7) })
      await store.close()
    })

    test('more commits than fit into one batch are all written, in order', async () => {
      const store = await open()
      const commits = Array.from({ length: 9 }, (_, i) => {
        const writes = Array.from({ length: 1_001 }, (_, j) => ({
          key: `k${j}`,
          value: Uint8Array.of(i),
        }))
        return new Promise<Result<undefined, StoreFault>>((resolve) =>
          store.commit({ writes, durable: i % 2 === 0 }, resolve),
        )
      })
      expect((await Promise.all(commits)).every((outcome) => outcome.ok)).toBe(true)
      const found = await scan(store)
      expect(found.ok && found.value.length).toBe(1_001)
      expect(found.ok && found.value.every(({ value }) => value[0] === 8)).toBe(true)
      await store.close()
    })

    test('a key that is too long or not ASCII, and a limit that is no count, are faults of the code', async () => {
      const store = await open()
      expect(() => store.get('k'.repeat(201), () => {})).toThrow('a key is short ASCII')
      expect(() => store.get('ключ', () => {})).toThrow('a key is short ASCII')
      const writes = [{ key: 'é', value: undefined }]
      expect(() => store.commit({ writes, durable: false }, () => {})).toThrow('short ASCII')
      for (const limit of [-1, 1.5, Number.POSITIVE_INFINITY]) {
        expect(() => store.scan({ from: '', to: '~', limit }, () => {})).toThrow(
          'a limit is a count',
        )
      }
      await store.close()
    })
  })
}

test('values beyond the limit of waiting bytes are answered with `full`, before anything grows', async () => {
  const store = await openMemoryStore()
  // Never written to, so it takes no memory.
  const value = new Uint8Array(256 * 1024 * 1024 + 1)
  expect(codeOf(await commit(store, 'a', value))).toBe('full')
  expect(codeOf(await commit(store, 'a', Uint8Array.of(1)))).toBe('ok')
  await store.close()
})

/**
 * What every store must do, simulated or real. This is what keeps the simulated disk honest.
 *
 * Says nothing about damage: the contract allows values to come back damaged, and each store's own
 * tests provoke the faults that it can.
 */
import { afterEach, describe, expect, test } from 'vitest'
import { asciiBytes } from '../../src/base/bytes.ts'
import type { Result } from '../../src/base/result.ts'
import type { Entry, KeyRange, Store, StoreFault, Write } from '../../src/kernel/environment.ts'

/** A store that begins empty. */
export interface OpenStore {
  readonly store: Store
  /** Lets the world run until `isDone` holds; rejects if that takes longer than a few seconds. */
  settle(isDone: () => boolean): Promise<void>
  /** Closes in good order and opens again on the same disk. */
  reopen(): Promise<Store>
  /** Cuts the power and opens again on the same disk, where the world can do that. */
  readonly crash?: () => Promise<Store>
  close(): Promise<void>
}

const everything: KeyRange = { from: '', to: '\x7f', limit: 1_000 }

function put(key: string, text: string): Write {
  return { key, value: asciiBytes(text) }
}

function remove(key: string): Write {
  return { key, value: undefined }
}

function text(value: Uint8Array | undefined): string | undefined {
  return value === undefined ? undefined : String.fromCharCode(...value)
}

function value<Value>(outcome: Result<Value, StoreFault>): Value {
  if (!outcome.ok) throw new Error(`${outcome.fault.code}: ${outcome.fault.detail}`)
  return outcome.value
}

/** The suite's own hand on a store: asks, lets the world run, and returns what came. */
function handOf(opened: OpenStore) {
  async function ask<Value>(
    call: (done: (outcome: Result<Value, StoreFault>) => void) => void,
  ): Promise<Value> {
    let outcome: Result<Value, StoreFault> | undefined
    call((result) => {
      outcome = result
    })
    await opened.settle(() => outcome !== undefined)
    if (outcome === undefined) throw new Error('no outcome')
    return value(outcome)
  }
  return {
    get: async (store: Store, key: string) =>
      text(await ask<Uint8Array | undefined>((done) => store.get(key, done))),
    scan: async (store: Store, range: KeyRange) =>
      (await ask<readonly Entry[]>((done) => store.scan(range, done))).map(
        (entry) => `${entry.key}=${text(entry.value)}`,
      ),
    commit: async (store: Store, writes: readonly Write[], durable = true) => {
      await ask<undefined>((done) => store.commit({ writes, durable }, done))
    },
  }
}

export function storeSuite(name: string, open: () => Promise<OpenStore>): void {
  let opened: OpenStore | undefined

  async function start() {
    opened = await open()
    return { ...handOf(opened), opened, store: opened.store }
  }

  afterEach(async () => {
    await opened?.close()
    opened = undefined
  })

  describe(`${name} store: values`, () => {
    test('a key that was never written has no value', async () => {
      const { get, store } = await start()
      expect(await get(store, 'absent')).toBeUndefined()
    })

    test('a committed value is read back', async () => {
      const { get, commit, store } = await start()
      await commit(store, [put('a', 'apple'), put('b', '')])
      expect(await get(store, 'a')).toBe('apple')
      expect(await get(store, 'b')).toBe('')
    })

    test('a value of 300 KiB and a key of 200 characters are read back', async () => {
      const { commit, store, opened } = await start()
      const key = 'k'.repeat(200)
      const big = Uint8Array.from({ length: 300 * 1_024 }, (_, i) => (i * 31) & 0xff)
      await commit(store, [{ key, value: big }])
      let back: Uint8Array | undefined
      store.get(key, (outcome) => {
        back = value(outcome)
      })
      await opened.settle(() => back !== undefined)
      expect(back?.length).toBe(big.length)
      expect(back).toEqual(big)
    })

    test('a deleted key has no value, and deleting an absent one is no fault', async () => {
      const { get, commit, store } = await start()
      await commit(store, [put('a', 'apple')])
      await commit(store, [remove('a'), remove('absent')])
      expect(await get(store, 'a')).toBeUndefined()
    })

    test('within a commit the last write of a key counts', async () => {
      const { get, commit, store } = await start()
      await commit(store, [put('a', '1'), put('a', '2'), remove('b'), put('b', '3')])
      await commit(store, [put('c', '4'), remove('c')])
      expect(await get(store, 'a')).toBe('2')
      expect(await get(store, 'b')).toBe('3')
      expect(await get(store, 'c')).toBeUndefined()
    })

    test('an empty commit succeeds', async () => {
      const { commit, store } = await start()
      await commit(store, [], true)
      await commit(store, [], false)
    })
  })

  describe(`${name} store: order`, () => {
    test('no callback runs inside the call', async () => {
      const { store, opened } = await start()
      let isWithin = true
      const wasWithin: boolean[] = []
      const note = (): void => {
        wasWithin.push(isWithin)
      }
      store.commit({ writes: [put('a', '1')], durable: true }, note)
      store.commit({ writes: [put('a', '2')], durable: false }, note)
      store.commit({ writes: [], durable: true }, note)
      store.get('a', note)
      store.scan(everything, note)
      store.scan({ ...everything, limit: 0 }, note)
      isWithin = false
      await opened.settle(() => wasWithin.length === 6)
      expect(wasWithin).toEqual([false, false, false, false, false, false])
    })

    test('a read sees every commit that was asked for before it', async () => {
      const { store, opened } = await start()
      let read: string | undefined
      let scanned: readonly Entry[] | undefined
      store.commit({ writes: [put('a', '1')], durable: true }, () => {})
      store.commit({ writes: [put('a', '2'), put('b', '3')], durable: false }, () => {})
      store.get('a', (outcome) => {
        read = text(value(outcome))
      })
      store.scan(everything, (outcome) => {
        scanned = value(outcome)
      })
      await opened.settle(() => read !== undefined && scanned !== undefined)
      expect(read).toBe('2')
      expect(scanned?.map((entry) => text(entry.value))).toEqual(['2', '3'])
    })

    test('commits take effect in the order in which they were asked for', async () => {
      const { get, store, opened } = await start()
      let done = 0
      for (let i = 0; i < 40; i += 1) {
        const commit = { writes: [put('a', `${i}`), put(`n${i}`, '')], durable: i % 3 === 0 }
        store.commit(commit, () => {
          done += 1
        })
      }
      await opened.settle(() => done === 40)
      expect(await get(store, 'a')).toBe('39')
    })

    test('a scan never shows half of a commit', async () => {
      const { store, opened } = await start()
      const scans: (readonly (string | undefined)[])[] = []
      for (let i = 0; i < 20; i += 1) {
        const writes = [put('x', `${i}`), put('y', `${i}`)]
        store.commit({ writes, durable: i % 2 === 0 }, () => {})
        store.scan(everything, (outcome) => {
          scans.push(value(outcome).map((entry) => text(entry.value)))
        })
      }
      await opened.settle(() => scans.length === 20)
      for (const [x, y] of scans) expect(x).toBe(y)
    })
  })

  describe(`${name} store: scans`, () => {
    const keys = ['a', 'a/1', 'a/10', 'a/2', 'aa', 'b', 'b/', 'z', '~']
    const writes = keys.toReversed().map((key) => put(key, key))

    test('keys come in the order of their characters', async () => {
      const { scan, commit, store } = await start()
      await commit(store, writes)
      const all = await scan(store, everything)
      expect(all).toEqual(keys.map((key) => `${key}=${key}`))
    })

    test('the lower bound is included and the upper one is not', async () => {
      const { scan, commit, store } = await start()
      await commit(store, writes)
      const found = await scan(store, { from: 'a/1', to: 'b', limit: 100 })
      expect(found).toEqual(['a/1=a/1', 'a/10=a/10', 'a/2=a/2', 'aa=aa'])
    })

    test('a reverse scan begins at the upper end', async () => {
      const { scan, commit, store } = await start()
      await commit(store, writes)
      const found = await scan(store, { from: 'a/', to: 'b/', limit: 3, reverse: true })
      expect(found).toEqual(['b=b', 'aa=aa', 'a/2=a/2'])
    })

    test('a limit cuts the scan short', async () => {
      const { scan, commit, store } = await start()
      await commit(store, writes)
      expect(await scan(store, { ...everything, limit: 2 })).toEqual(['a=a', 'a/1=a/1'])
      expect(await scan(store, { ...everything, limit: 0 })).toEqual([])
    })

    test('bounds that are not keys, and ranges without any, are no faults', async () => {
      const { scan, commit, store } = await start()
      await commit(store, writes)
      expect(await scan(store, { from: 'a/0', to: 'a/15', limit: 9 })).toEqual([
        'a/1=a/1',
        'a/10=a/10',
      ])
      expect(await scan(store, { from: 'c', to: 'd', limit: 9 })).toEqual([])
      expect(await scan(store, { from: 'd', to: 'c', limit: 9 })).toEqual([])
    })

    test('deleted keys are not found', async () => {
      const { scan, commit, store } = await start()
      await commit(store, writes)
      await commit(store, [remove('a/1'), remove('a/10'), remove('z')])
      expect(await scan(store, { from: 'a', to: 'b', limit: 9 })).toEqual([
        'a=a',
        'a/2=a/2',
        'aa=aa',
      ])
    })

    test('a thousand keys written in any order are found in theirs', async () => {
      const { scan, commit, store } = await start()
      const numbers = Array.from({ length: 1_000 }, (_, i) => (i * 577) % 1_000)
      await commit(
        store,
        numbers.map((number) => put(`n/${`${number}`.padStart(4, '0')}`, '')),
      )
      const found = await scan(store, { from: 'n/', to: 'n0', limit: 2_000 })
      expect(found).toHaveLength(1_000)
      expect(found).toEqual(found.toSorted())
    })
  })

  describe(`${name} store: lives`, () => {
    test('what was committed is there after closing and opening', async () => {
      const { get, commit, store, opened } = await start()
      await commit(store, [put('a', '1')], true)
      await commit(store, [put('b', '2')], true)
      const again = await opened.reopen()
      expect(await get(again, 'a')).toBe('1')
      expect(await get(again, 'b')).toBe('2')
    })

    test('a durable commit that was done survives a crash, with all before it', async (context) => {
      const { get, commit, store, opened } = await start()
      if (opened.crash === undefined) return context.skip('this world cannot cut the power')
      await commit(store, [put('a', '1')], false)
      await commit(store, [put('b', '2')], true)
      const again = await opened.crash()
      expect(await get(again, 'a')).toBe('1')
      expect(await get(again, 'b')).toBe('2')
    })

    test('a crash loses commits from the end, each wholly or not at all', async (context) => {
      const { scan, commit, store, opened } = await start()
      if (opened.crash === undefined) return context.skip('this world cannot cut the power')
      await commit(store, [put('x0', ''), put('y0', '')], true)
      for (let i = 1; i < 8; i += 1) {
        const writes = [put(`x${i}`, ''), put(`y${i}`, '')]
        store.commit({ writes, durable: i === 7 }, () => {})
      }
      const again = await opened.crash()
      const found = await scan(again, everything)
      const kept = found.length / 2
      expect(Number.isInteger(kept) && kept >= 1).toBe(true)
      const expected = Array.from({ length: kept }, (_, i) => [`x${i}=`, `y${i}=`]).flat()
      expect(found).toEqual(expected.toSorted())
    })
  })
}

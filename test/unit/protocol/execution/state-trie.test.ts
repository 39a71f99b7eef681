import { blake3 } from '@noble/hashes/blake3.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { present } from '../../../../src/base/assert.ts'
import { fromHex as readHex, toHex } from '../../../../src/base/bytes.ts'
import {
  type Account,
  emptyAccount,
  encodeAccount,
} from '../../../../src/protocol/execution/account.ts'
import { StateDraft, withAccount } from '../../../../src/protocol/execution/state-draft.ts'
import {
  type AccountEntry,
  type AccountTrie,
  accountAt,
  accountsOf,
  changedAccounts,
  emptyTrie,
  rootOf,
} from '../../../../src/protocol/execution/state-trie.ts'
import { domainKey, hashBytes, hashOf } from '../../../../src/protocol/hash.ts'

/** Few bits in few places: addresses share long beginnings, or differ in the last bit only. */
const anyAddress = fc
  .tuple(fc.constantFrom(0, 1, 9, 19), fc.nat({ max: 3 }), fc.constantFrom(0, 0x80))
  .map(([place, low, first]) => {
    const address = new Uint8Array(20)
    address[place] = low
    address[0] = (address[0] ?? 0) | first
    return address
  })
const anyAccount: fc.Arbitrary<Account> = fc.record({
  balance: fc.bigInt({ min: 0n, max: 3n }),
  nonce: fc.nat({ max: 1 }),
})
const anyEntries = fc.array(fc.record({ address: anyAddress, account: anyAccount }), {
  maxLength: 40,
})

const isEmpty = ({ balance, nonce }: Account): boolean => balance === 0n && nonce === 0

function trieOf(entries: readonly AccountEntry[], on = emptyTrie): AccountTrie {
  return entries.reduce((trie, { address, account }) => withAccount(trie, address, account), on)
}

/** What the entries leave, by address, with the same meaning and none of the means. */
function modelOf(entries: readonly AccountEntry[]): Map<string, Account> {
  const model = new Map<string, Account>()
  for (const { address, account } of entries) {
    if (isEmpty(account)) model.delete(toHex(address))
    else model.set(toHex(address), account)
  }
  return model
}

const fromHex = (text: string): Uint8Array => present(readHex(text), 'an address')

const contentOf = (trie: AccountTrie): [string, Account][] =>
  accountsOf(trie).map(({ address, account }) => [toHex(address), account])

const sorted = (model: ReadonlyMap<string, Account>): [string, Account][] =>
  [...model].sort(([a], [b]) => (a < b ? -1 : 1))

test('a trie holds what a map would, listed by address', () => {
  const property = fc.property(anyEntries, anyAddress, (entries, address) => {
    const trie = trieOf(entries)
    const model = modelOf(entries)
    expect(contentOf(trie)).toEqual(sorted(model))
    expect(accountAt(trie, address)).toEqual(model.get(toHex(address)) ?? emptyAccount)
  })
  fc.assert(property, { seed: 1, numRuns: 300 })
})

test('the root depends on the content alone: not on the order, nor on what was there before', () => {
  const property = fc.property(anyEntries, fc.infiniteStream(fc.nat()), (entries, order) => {
    const trie = trieOf(entries)
    const shuffled = accountsOf(trie)
      .map((entry) => ({ entry, key: order.next().value ?? 0 }))
      .sort((a, b) => a.key - b.key)
      .map(({ entry }) => entry)
    expect(rootOf(trieOf(shuffled))).toBe(rootOf(trie))
  })
  fc.assert(property, { seed: 1, numRuns: 300 })
})

test('different content has a different root', () => {
  const property = fc.property(anyEntries, anyEntries, (left, right) => {
    const same = JSON.stringify(texts(modelOf(left))) === JSON.stringify(texts(modelOf(right)))
    expect(rootOf(trieOf(left)) === rootOf(trieOf(right))).toBe(same)
  })
  fc.assert(property, { seed: 1, numRuns: 300 })
})

test('the changes between two tries lead from one to the other, and are all needed', () => {
  const property = fc.property(anyEntries, anyEntries, fc.boolean(), (left, right, isChild) => {
    const before = trieOf(left)
    const after = isChild ? trieOf(right, before) : trieOf(right)
    const changes = changedAccounts(before, after)
    expect(contentOf(trieOf(changes, before))).toEqual(contentOf(after))
    for (const { address, account } of changes) {
      expect(accountAt(before, address)).not.toEqual(account)
    }
    expect(new Set(changes.map(({ address }) => toHex(address))).size).toBe(changes.length)
  })
  fc.assert(property, { seed: 1, numRuns: 300 })
})

test('a trie never changes', () => {
  const property = fc.property(anyEntries, anyEntries, (left, right) => {
    const trie = trieOf(left)
    const content = contentOf(trie)
    const root = rootOf(trie)
    rootOf(trieOf(right, trie))
    expect(contentOf(trie)).toEqual(content)
    expect(rootOf(trieOf(left))).toBe(root)
  })
  fc.assert(property, { seed: 1, numRuns: 100 })
})

test('to set what is there already gives the same trie', () => {
  const address = new Uint8Array(20)
  const trie = withAccount(emptyTrie, address, { balance: 4n, nonce: 0 })
  expect(withAccount(trie, address, { balance: 4n, nonce: 0 })).toBe(trie)
  expect(withAccount(trie, new Uint8Array(20).fill(1), emptyAccount)).toBe(trie)
})

test('an account is found under its whole address only', () => {
  const address = new Uint8Array(20)
  const trie = withAccount(emptyTrie, address, { balance: 4n, nonce: 0 })
  expect(accountAt(trie, address.with(19, 1))).toEqual(emptyAccount)
  expect(() => new StateDraft(trie).set(new Uint8Array(19), emptyAccount)).toThrow('20 bytes')
})

test('roots do not change unnoticed', () => {
  const entry = (byte: number): AccountEntry => ({
    address: new Uint8Array(20).fill(byte),
    account: { balance: BigInt(byte), nonce: byte },
  })
  expect(rootOf(emptyTrie)).toBe(hashOf('trie'))
  expect(rootOf(trieOf([entry(1), entry(2), entry(200)]))).toMatchInlineSnapshot(
    `"5103b0f21f8ed0bf727d9b1f996c04772191e2197713989a55770a3b325dd48d"`,
  )
})

test.each([0, 1, 7, 8, 100, 159])(
  'a branch at bit %i is one block, and its key names the bit',
  (bit) => {
    const account = { balance: 5n, nonce: 1 }
    const zero = new Uint8Array(20)
    const one = zero.with(bit >> 3, 0x80 >> (bit & 7))
    const trie = trieOf([one, zero].map((address) => ({ address, account })))
    const halves = [zero, one].map((address) => {
      return hashBytes('account', address, encodeAccount(account))
    })
    const key = domainKey('trie').with(31, bit)
    const pair = Uint8Array.from(halves.flatMap((half) => [...half]))
    expect(rootOf(trie)).toBe(toHex(blake3(pair, { key })))
  },
)

function texts(model: ReadonlyMap<string, Account>): string[] {
  return sorted(model).map(([key, { balance, nonce }]) => `${key} ${balance} ${nonce}`)
}

test('a draft comes to what single changes come to, and changes no trie that it was finished as', () => {
  const rounds = fc.array(anyEntries, { maxLength: 4 })
  const property = fc.property(anyEntries, rounds, (before, changes) => {
    let trie = trieOf(before)
    const draft = new StateDraft(trie)
    const kept: { readonly trie: AccountTrie; readonly content: [string, Account][] }[] = []
    for (const entries of changes) {
      kept.push({ trie, content: contentOf(trie) })
      for (const { address, account } of entries) {
        draft.set(address, account)
        expect(draft.accountAt(address)).toEqual(account)
      }
      const expected = trieOf(entries, trie)
      trie = draft.finish()
      expect(rootOf(trie)).toBe(rootOf(expected))
      expect(contentOf(trie)).toEqual(contentOf(expected))
    }
    for (const { trie: earlier, content } of kept) {
      expect(contentOf(earlier)).toEqual(content)
      const entries = content.map(([address, account]) => ({ address: fromHex(address), account }))
      expect(rootOf(earlier)).toBe(rootOf(trieOf(entries)))
    }
  })
  fc.assert(property, { seed: 1, numRuns: 300 })
})

test('a draft copies an address that is new to it', () => {
  const address = new Uint8Array(20)
  const draft = new StateDraft(emptyTrie)
  draft.set(address, { balance: 1n, nonce: 0 })
  address.fill(7)
  expect(draft.accountAt(new Uint8Array(20)).balance).toBe(1n)
})

test.each([0n, 1n, (1n << 32n) + 5n, (1n << 53n) - 1n, 1n << 53n, (1n << 64n) - 1n])(
  'an account that holds %s hashes as its encoding does',
  (balance) => {
    const address = new Uint8Array(20).fill(9)
    const account = { balance, nonce: 2 ** 53 - 1 }
    const trie = withAccount(emptyTrie, address, account)
    expect(rootOf(trie)).toBe(hashOf('account', address, encodeAccount(account)))
  },
)

import { expect, test } from 'vitest'
import {
  type ChainFile,
  chainFileText,
  readChainText,
} from '../../../../src/cli/node/chain-file.ts'
import {
  blsPublicKey,
  blsSecretFrom,
  provePossession,
} from '../../../../src/protocol/crypto/bls.ts'
import { ed25519PublicKey } from '../../../../src/protocol/crypto/ed25519.ts'

const file = 'chain.toml'

function member(seed: number): ChainFile['members'][number] {
  const secret = blsSecretFrom(new Uint8Array(32).fill(seed))
  return {
    authorKey: ed25519PublicKey(new Uint8Array(32).fill(seed)),
    voteKey: blsPublicKey(secret),
    possession: provePossession(secret),
  }
}

const [first, second] = [member(1), member(2)]
const address = new Uint8Array(20).fill(9)
const content: ChainFile = {
  name: 'here',
  genesisMs: Date.UTC(2026, 7, 1, 12),
  slotMs: 2_000,
  toleranceMs: 500,
  members: [first, second],
  allocations: [{ address, balance: 2n ** 63n }],
}

function faultOf(text: string): string {
  const read = readChainText(text, file)
  return read.ok ? 'none' : read.fault.detail
}

test('what was written is read again as the same chain', () => {
  const read = readChainText(chainFileText(content), file)
  expect(read.ok && read.value.spec).toEqual({
    name: 'here',
    slots: { genesisMs: content.genesisMs, slotMs: 2_000, toleranceMs: 500 },
    committee: { epoch: 0, members: [first, second] },
    allocations: [{ address, balance: 2n ** 63n }],
  })
})

test('a chain that differs in anything has another tag', () => {
  const tagOf = (changed: Partial<ChainFile>): Uint8Array | false => {
    const read = readChainText(chainFileText({ ...content, ...changed }), file)
    return read.ok && read.value.tag
  }
  const tags = [
    tagOf({}),
    tagOf({ name: 'there' }),
    tagOf({ slotMs: 1_996 }),
    tagOf({ members: [first] }),
  ]
  expect(new Set(tags.map(String)).size).toBe(4)
})

test("a voting key is not admitted by another key's proof", () => {
  const stolen = { ...second, possession: first.possession }
  expect(faultOf(chainFileText({ ...content, members: [first, stolen] }))).toBe(
    "chain.toml: members[1].possession does not prove that vote_key's secret is held",
  )
})

test('no key may stand for two members', () => {
  const detail = faultOf(chainFileText({ ...content, members: [first, second, first] }))
  expect(detail).toContain('members[2].author_key is that of members[0]')
  expect(detail).toContain('members[2].vote_key is that of members[0]')
})

test('a committee has 1 to 64 members', () => {
  expect(faultOf(chainFileText({ ...content, members: [] }))).toContain('members is missing')
  const many = Array.from({ length: 65 }, () => first)
  expect(faultOf(chainFileText({ ...content, members: many }))).toBe(
    'chain.toml: members is an array of 65; expected at most 64 entries',
  )
})

test('slots are a multiple of 4 ms, and clocks are trusted to within one', () => {
  expect(faultOf(chainFileText({ ...content, slotMs: 2_001 }))).toBe(
    'chain.toml: slot_ms is 2001; expected a multiple of 4',
  )
  expect(faultOf(chainFileText({ ...content, toleranceMs: 2_000 }))).toBe(
    'chain.toml: tolerance_ms is 2000; expected less than slot_ms, which is 2000',
  )
})

test('the supply is below 2^64, and no address is given twice', () => {
  const allocations = [
    { address, balance: 2n ** 63n },
    { address, balance: 2n ** 63n },
  ]
  const detail = faultOf(chainFileText({ ...content, allocations }))
  expect(detail).toContain('allocations[1].address is 0909')
  expect(detail).toContain('allocations amount to 18446744073709551616; expected less than 2^64')
})

test('a balance may be a small number, and is never a rounded one', () => {
  const text = chainFileText(content)
  const quoted = `"${2n ** 63n}"`
  expect(faultOf(text.replace(quoted, '17'))).toBe('none')
  expect(faultOf(text.replace(quoted, '1.5'))).toContain('allocations[0].balance is 1.5; expected')
  expect(faultOf(text.replace(quoted, '"18446744073709551616"'))).toContain('expected an amount')
})

test('the genesis is a moment, the same on every machine', () => {
  const text = chainFileText(content)
  const local = text.replace('2026-08-01T12:00:00.000Z', '2026-08-01T12:00:00')
  expect(faultOf(local)).toContain('genesis_time is')
  const elsewhere = text.replace('2026-08-01T12:00:00.000Z', '2026-08-01T14:00:00+02:00')
  const read = readChainText(elsewhere, file)
  expect(read.ok && read.value.slots.genesisMs).toBe(content.genesisMs)
})

test('a block that nobody may contradict can be told later, and makes no other chain', () => {
  const minFinalized = { height: 9_000, hash: 'ab'.repeat(32) }
  const read = readChainText(chainFileText({ ...content, minFinalized }), file)
  const before = readChainText(chainFileText(content), file)
  if (!read.ok || !before.ok) return expect.unreachable()
  expect(read.value.spec.minFinalized).toEqual(minFinalized)
  expect(read.value.tag).toEqual(before.value.tag)
  const wrong = chainFileText(content).replace('slot_ms', 'min_finalized = "9"\nslot_ms')
  expect(faultOf(wrong)).toContain('min_finalized is "9"; expected HEIGHT:HASH')
})

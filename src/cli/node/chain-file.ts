/**
 * The chain file: what every node of a chain must share, as TOML. Its hash is part of all that is signed,
 * so nodes with different files do not understand each other.
 *
 * A member's voting key is admitted only with a proof that somebody holds its secret: without it, one
 * member could choose a key that cancels out the others' and forge a certificate in their name.
 */
import { z } from 'zod'
import { toHex } from '../../base/bytes.ts'
import { ok, type Result } from '../../base/result.ts'
import { type Chain, chainOf, type TrustedPlace } from '../../protocol/chain.ts'
import { membersMax } from '../../protocol/committee.ts'
import { verifyPossession } from '../../protocol/crypto/bls.ts'
import type { Allocation } from '../../protocol/execution/genesis.ts'
import { amount, hexBytes, moment, trustedPlace, wholeNumber } from './fields.ts'
import type { SetupFault } from './setup-fault.ts'
import { readToml, readTomlFile, wrong } from './toml-file.ts'
import { formatTrustedPlace } from './trusted-place.ts'

const allocationsMax = 100_000
const slotMsMax = 3_600_000

/** A member as it stands in a chain file. */
interface ChainFileMember {
  /** Ed25519, 32 bytes. */
  readonly authorKey: Uint8Array
  /** BLS12-381, 48 bytes. */
  readonly voteKey: Uint8Array
  /** Proof that the secret of `voteKey` is held, 96 bytes. */
  readonly possession: Uint8Array
}

/** What a chain file says. */
export interface ChainFile {
  readonly name: string
  /** Unix milliseconds. */
  readonly genesisMs: number
  readonly slotMs: number
  readonly toleranceMs: number
  readonly members: readonly ChainFileMember[]
  readonly allocations: readonly Allocation[]
  /** A committed block, told with each edition of the file; it does not change whose chain it is. */
  readonly minFinalized?: TrustedPlace | undefined
}

const schema: z.ZodType<ChainFile> = z
  .strictObject({
    name: z.string().regex(/^[\x21-\x7e]{1,32}$/, '1 to 32 printable characters without spaces'),
    genesis_time: moment,
    slot_ms: wholeNumber(100, slotMsMax).multipleOf(4, 'a multiple of 4'),
    tolerance_ms: wholeNumber(0, slotMsMax),
    members: z
      .array(
        z.strictObject({
          author_key: hexBytes(32),
          vote_key: hexBytes(48),
          possession: hexBytes(96),
        }),
      )
      .min(1)
      .max(membersMax),
    allocations: z
      .array(z.strictObject({ address: hexBytes(20), balance: amount }))
      .max(allocationsMax)
      .default([]),
    min_finalized: trustedPlace.optional(),
  })
  .transform((table) => ({
    name: table.name,
    genesisMs: table.genesis_time,
    slotMs: table.slot_ms,
    toleranceMs: table.tolerance_ms,
    members: table.members.map((member) => ({
      authorKey: member.author_key,
      voteKey: member.vote_key,
      possession: member.possession,
    })),
    allocations: table.allocations,
    ...(table.min_finalized !== undefined && { minFinalized: table.min_finalized }),
  }))

/** The chain of a file, or everything that is wrong with it. Some 25 ms for each member. */
export function readChainFile(file: string): Result<Chain, SetupFault> {
  const read = readTomlFile(file, schema)
  return read.ok ? checkedChain(file, read.value) : read
}

/** As {@link readChainFile}, of a text that is at hand. */
export function readChainText(text: string, file: string): Result<Chain, SetupFault> {
  const read = readToml(text, file, schema)
  return read.ok ? checkedChain(file, read.value) : read
}

function checkedChain(file: string, content: ChainFile): Result<Chain, SetupFault> {
  const { name, genesisMs, slotMs, toleranceMs, members, allocations, minFinalized } = content
  const faults = [...timingFaults(content), ...memberFaults(members), ...supplyFaults(allocations)]
  if (faults.length > 0) return wrong(file, faults)
  const committee = { epoch: 0, members }
  const slots = { genesisMs, slotMs, toleranceMs }
  const trusted = minFinalized === undefined ? {} : { minFinalized }
  return ok(chainOf({ name, slots, committee, allocations, ...trusted }))
}

function timingFaults({ slotMs, toleranceMs }: ChainFile): readonly string[] {
  if (toleranceMs < slotMs) return []
  return [`tolerance_ms is ${toleranceMs}; expected less than slot_ms, which is ${slotMs}`]
}

function memberFaults(members: readonly ChainFileMember[]): readonly string[] {
  const faults = [
    ...repeated('author_key', members, ({ authorKey }) => authorKey),
    ...repeated('vote_key', members, ({ voteKey }) => voteKey),
  ]
  members.forEach(({ voteKey, possession }, index) => {
    if (verifyPossession(voteKey, possession)) return
    faults.push(`members[${index}].possession does not prove that vote_key's secret is held`)
  })
  return faults
}

function repeated(
  field: string,
  members: readonly ChainFileMember[],
  keyOf: (member: ChainFileMember) => Uint8Array,
): string[] {
  const first = new Map<string, number>()
  return members.flatMap((member, index) => {
    const key = toHex(keyOf(member))
    const earlier = first.get(key)
    if (earlier === undefined) first.set(key, index)
    return earlier === undefined
      ? []
      : [`members[${index}].${field} is that of members[${earlier}]; expected one of its own`]
  })
}

/** What `genesisState` asserts, told as faults of the file. */
function supplyFaults(allocations: readonly Allocation[]): readonly string[] {
  const seen = new Set<string>()
  let supply = 0n
  const faults = allocations.flatMap(({ address, balance }, index) => {
    const text = toHex(address)
    const isRepeated = seen.has(text)
    seen.add(text)
    supply += balance
    return isRepeated ? [`allocations[${index}].address is ${text}, which has one already`] : []
  })
  if (supply < 2n ** 64n) return faults
  return [...faults, `allocations amount to ${supply}; expected less than 2^64`]
}

/** The text of a chain file that {@link readChainText} reads as just this. */
export function chainFileText(content: ChainFile): string {
  const { name, genesisMs, slotMs, toleranceMs, members, allocations, minFinalized } = content
  return [
    '# The rules of one chain. Every node of it needs the same file; no secret is in it.',
    `name = "${name}"`,
    `genesis_time = ${new Date(genesisMs).toISOString()}`,
    `slot_ms = ${slotMs}`,
    '# How far a clock may be off.',
    `tolerance_ms = ${toleranceMs}`,
    ...(minFinalized === undefined
      ? []
      : [
          '# A committed block: whoever has another history is on the wrong one.',
          `min_finalized = "${formatTrustedPlace(minFinalized)}"`,
        ]),
    ...members.flatMap(memberLines),
    ...allocations.flatMap(allocationLines),
    '',
  ].join('\n')
}

function memberLines({ authorKey, voteKey, possession }: ChainFileMember): readonly string[] {
  return [
    '',
    '[[members]]',
    `author_key = "${toHex(authorKey)}"`,
    `vote_key = "${toHex(voteKey)}"`,
    `possession = "${toHex(possession)}"`,
  ]
}

function allocationLines({ address, balance }: Allocation): readonly string[] {
  return ['', '[[allocations]]', `address = "${toHex(address)}"`, `balance = "${balance}"`]
}

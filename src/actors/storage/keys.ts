/** Where each record lies. Numbers are fixed-width hexadecimal, so that keys sort as numbers do. */
import type { Hash } from '../../protocol/hash.ts'

/** Where the vote record lies: never where the one before it lies. */
export type VotePlace = 0 | 1

const digits = 14

function fixed(value: number): string {
  return value.toString(16).padStart(digits, '0')
}

export const keys = {
  genesis: 'genesis',
  /** What contradicts the committed blocks, in two copies. */
  contradiction: (copy: 0 | 1) => `contradiction/${copy}`,
  /** Two places by turns, two copies in each. */
  voteRecord: (place: VotePlace, copy: 0 | 1) => `votes/${place}/${copy}`,
  /** Committed blocks. */
  blockAt: (height: number) => `block/${fixed(height)}`,
  /** The height of a committed block. */
  heightOf: (hash: Hash) => `height/${hash}`,
  finalisationAt: (height: number) => `final/${fixed(height)}`,
  /** Blocks above the committed ones. */
  openBlock: (slot: number, hash: Hash) => `open/${fixed(slot)}/${hash}`,
  /** One for each slot and member: more of them prove nothing more. */
  proof: (slot: number, member: number) => `proof/${fixed(slot)}/${member}`,
  /** What an actor wants to remember, under a name of its own. */
  note: (name: string) => `note/${name}`,
  notarisationAt: (slot: number) => `notarised/${fixed(slot)}`,
  checkpointAt: (height: number) => `checkpoint/${fixed(height)}`,
} as const

/** The number with which a key of blocks or finalisations ends. */
export function heightIn(key: string): number {
  return Number.parseInt(key.slice(-digits), 16)
}

/** Every key of one kind: from the first possible to the last. */
export function everyKey(
  kind: 'block' | 'final' | 'open' | 'notarised' | 'proof' | 'checkpoint' | 'contradiction',
): {
  readonly from: string
  readonly to: string
} {
  return { from: `${kind}/`, to: `${kind}0` }
}

/** The height in the key of a checkpoint. */
export function checkpointHeightOf(key: string): number {
  return Number.parseInt(key.slice('checkpoint/'.length), 16)
}

/** The height in the key of a finalisation. */
export function heightOfFinalisation(key: string): number {
  return Number.parseInt(key.slice('final/'.length), 16)
}

/** A block that is trusted, as people write it: `HEIGHT:HASH`. */
import { failed, ok, type Result } from '../../base/result.ts'
import type { TrustedPlace } from '../../protocol/chain.ts'

/** What is expected, to stand after that word. */
const trustedPlaceForm = 'HEIGHT:HASH, a height from 1 and the 64 digits of a block hash'

export function parseTrustedPlace(text: string): Result<TrustedPlace, string> {
  const [, digits = '', hash = ''] = /^(\d{1,15}):(?:0x)?([0-9a-fA-F]{64})$/.exec(text) ?? []
  const height = Number(digits)
  return height >= 1 ? ok({ height, hash: hash.toLowerCase() }) : failed(trustedPlaceForm)
}

export function formatTrustedPlace({ height, hash }: TrustedPlace): string {
  return `${height}:${hash}`
}

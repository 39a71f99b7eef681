/**
 * How many requests a second each remote address may make. A bucket holds at most one second's worth of
 * tokens, so an address may burst for a moment and not for longer. Only addresses seen of late are
 * remembered, and no more than a fixed number: a flood from many addresses costs no memory.
 */

/** Addresses remembered. When there are more, the one not seen for longest starts afresh. */
const addressesMax = 4_096

interface Bucket {
  tokens: number
  updatedMs: number
}

/** Takes `count` tokens from an address's bucket at `nowMs`; false, and nothing taken, if it lacks them. */
export type TakeTokens = (address: string, count: number, nowMs: number) => boolean

/** Buckets that each fill at `perSecondMax` tokens a second, up to `perSecondMax`, and begin full. */
export function tokenBuckets(perSecondMax: number): TakeTokens {
  const buckets = new Map<string, Bucket>()
  return (address, count, nowMs) => {
    const bucket = buckets.get(address) ?? { tokens: perSecondMax, updatedMs: nowMs }
    const gained = (Math.max(0, nowMs - bucket.updatedMs) * perSecondMax) / 1_000
    bucket.tokens = Math.min(perSecondMax, bucket.tokens + gained)
    bucket.updatedMs = nowMs
    // Put back at the end: the map's order is the order of last use.
    buckets.delete(address)
    const [oldest] = buckets.keys()
    if (oldest !== undefined && buckets.size >= addressesMax) buckets.delete(oldest)
    buckets.set(address, bucket)
    if (bucket.tokens < count) return false
    bucket.tokens -= count
    return true
  }
}

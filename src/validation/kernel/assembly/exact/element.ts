/**
 * A limb of 51 bits as two integers, of 26 bits and of 25: how single field elements are taken out of a pair, and put
 * in. The arithmetic itself is generated (`generate/exact.ts`).
 */

/** Limb `limb` of the element in `lane`. */
export function limbAt(pair: usize, lane: usize, limb: usize): i64 {
  const at = pair + 32 * limb + 8 * lane
  return load<i64>(at) + (load<i64>(at, 16) << 26)
}

/** Sets a limb to an integer of 51 bits. */
export function setLimb(pair: usize, lane: usize, limb: usize, value: u64): void {
  const at = pair + 32 * limb + 8 * lane
  store<u64>(at, value & 0x3ffffff)
  store<u64>(at, value >> 26, 16)
}

/** Negates one element in place. */
export function negateElement(pair: usize, lane: usize): void {
  for (let at = pair + 8 * lane, end = at + 160; at < end; at += 16) store<i64>(at, -load<i64>(at))
}

/** This arithmetic does not round. */
export function roundsOnce(): bool {
  return true
}

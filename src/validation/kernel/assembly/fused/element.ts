/**
 * A limb of 51 bits as a double: how single field elements are taken out of a pair, and put in. The arithmetic itself
 * is generated (`generate/fused.ts`).
 */

/** Limb `limb` of the element in `lane`. */
export function limbAt(pair: usize, lane: usize, limb: usize): i64 {
  return <i64>load<f64>(pair + 16 * limb + 8 * lane)
}

/** Sets a limb to an integer of 51 bits. */
export function setLimb(pair: usize, lane: usize, limb: usize, value: u64): void {
  store<f64>(pair + 16 * limb + 8 * lane, <f64>(<i64>value))
}

/** Negates one element in place. */
export function negateElement(pair: usize, lane: usize): void {
  for (let at = pair + 8 * lane, end = at + 80; at < end; at += 16) store<f64>(at, -load<f64>(at))
}

/** Whether `relaxed_madd` rounds once: (2^27 + 1)² - 2^54 is 2^28 + 1, but 2^28 if the square is rounded on its own. */
export function roundsOnce(): bool {
  const factor = v128.load(operands)
  const result = f64x2.relaxed_madd(factor, factor, v128.load(operands, 16))
  const expected = f64x2.splat(268_435_457)
  return i64x2.all_true(f64x2.eq(result, expected))
}

/** In memory, so that no compiler can know the result. */
const operands = memory.data<f64>(
  [134_217_729, 134_217_729, -18_014_398_509_481_984, -18_014_398_509_481_984],
  16,
)

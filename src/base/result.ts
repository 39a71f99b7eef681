/** Outcomes as values. Nothing here throws, and nothing is thrown for a fault of the world. */

/** Faults of the world are values: a result is either what was asked for, or a fault with a code. */
export type Result<Value, Fault> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly fault: Fault }

/** A result that holds what was asked for. */
export function ok<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value }
}

/** A result that holds the reason why there is no value. */
export function failed<Fault>(fault: Fault): { readonly ok: false; readonly fault: Fault } {
  return { ok: false, fault }
}

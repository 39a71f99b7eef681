/**
 * Writes AssemblyScript, one vector operation a line, and keeps with each name the interval of integers that its lanes
 * can hold. In a checked kernel each line is followed by an assertion of that interval, so that a run of it tells
 * whether the analysis was right.
 *
 * Knows nothing of fields: which operations there are, and what they do to intervals, is said by the arithmetics.
 */
import { assert } from '../../../base/assert.ts'
import type { Interval } from './interval.ts'

/**
 * A vector of two lanes that hold integers of `range`: as doubles, or as 64-bit integers with `bias` added modulo 2^64.
 * A bias says how such a vector differs from what it stands for, as long as nobody has taken the difference away.
 */
export interface Lanes {
  readonly name: string
  readonly range: Interval
  readonly kind: 'double' | 'integer'
  readonly bias: bigint
}

/** Vectors that a module loads, each once: engines load them from memory faster than they make them. */
export class Constants {
  readonly #vectors: string[] = []

  /** The expression of a vector of two 64-bit words. */
  load(first: bigint, second: bigint): string {
    const vector = `${hex(first)}, ${hex(second)}`
    if (!this.#vectors.includes(vector)) this.#vectors.push(vector)
    return `v128.load(constants, ${16 * this.#vectors.indexOf(vector)})`
  }

  /** The table of all that were asked for so far. */
  get text(): string {
    return `const constants = memory.data<u64>([${this.#vectors.join(', ')}], 16)\n`
  }
}

/** A function in the making. */
export class Emitter {
  readonly #lines: string[] = []
  readonly #constants: Constants
  readonly #isChecked: boolean
  #count = 0

  /** With `isChecked`, every value is compared with its interval when it is computed. */
  constructor(constants: Constants, isChecked: boolean) {
    this.#constants = constants
    this.#isChecked = isChecked
  }

  /** The expression of a vector that has the 64 bits of `word` in both lanes. */
  constant(word: bigint): string {
    return this.#constants.load(word, word)
  }

  /** The expression of a vector of two words. */
  constantPair([first, second]: readonly [bigint, bigint]): string {
    return this.#constants.load(first, second)
  }

  /** The expression of a vector that has `value` in both lanes. */
  constantDouble(value: number): string {
    return this.constant(doubleBits(value))
  }

  /** A double whose every value is an integer of `range`: at most 2^53, or else a multiple of what its unit is. */
  double(expression: string, range: Interval): Lanes {
    return this.#define(expression, { range, kind: 'double', bias: 0n })
  }

  /** A 64-bit integer: one of `range`, with `bias` added modulo 2^64. */
  integer(expression: string, range: Interval, bias = 0n): Lanes {
    assert(range.high - range.low < 1n << 63n, 'an interval that 64 bits can tell apart')
    return this.#define(expression, { range, kind: 'integer', bias: BigInt.asUintN(64, bias) })
  }

  /** A vector of which no claim is made. */
  name(expression: string): string {
    const name = `t${this.#count}`
    this.#count += 1
    this.line(`const ${name} = ${expression}`)
    return name
  }

  /** A line as it is. */
  line(text: string): void {
    this.#lines.push(text)
  }

  /** In a checked kernel, that the lanes are what is said of them; for values that come from elsewhere. */
  check({ name, range, kind, bias }: Lanes): void {
    if (!this.#isChecked) return
    const { low, high } = range
    if (kind === 'double') this.line(`requireDouble(${name}, ${low}.0, ${high}.0)`)
    else this.line(`requireInteger(${name}, ${hex(bias)}, ${low}, ${high})`)
  }

  /** The text of an exported function. */
  finish(comment: string, signature: string): string {
    const body = this.#lines.map((line) => `  ${line}\n`).join('')
    return `/** ${comment} */\nexport function ${signature}: void {\n${body}}\n`
  }

  #define(expression: string, lanes: Omit<Lanes, 'name'>): Lanes {
    const defined = { name: this.name(expression), ...lanes }
    this.check(defined)
    return defined
  }
}

/** What checked functions call. Traps, which ends the instance, if a lane is out of bounds. */
export const checks = `
function requireDouble(lanes: v128, low: f64, high: f64): void {
  const isBelow = f64x2.lt(lanes, f64x2.splat(low))
  const isAbove = f64x2.gt(lanes, f64x2.splat(high))
  const isWhole = f64x2.eq(f64x2.trunc(lanes), lanes)
  if (v128.any_true(v128.or(isBelow, isAbove)) || !i64x2.all_true(isWhole)) unreachable()
}

function requireInteger(lanes: v128, bias: u64, low: i64, high: i64): void {
  const value = i64x2.sub(lanes, i64x2.splat(bias))
  const isBelow = i64x2.lt_s(value, i64x2.splat(low))
  const isAbove = i64x2.gt_s(value, i64x2.splat(high))
  if (v128.any_true(v128.or(isBelow, isAbove))) unreachable()
}
`

/** How IEEE 754 writes a double. */
export function doubleBits(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  return view.getBigUint64(0)
}

/** A 64-bit word as a literal. */
export function hex(word: bigint): string {
  return `0x${BigInt.asUintN(64, word).toString(16)}`
}

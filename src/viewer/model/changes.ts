/** Values that change now and then, each looked up for any moment: heights, states, lives. */

import { firstPlace } from './first.ts'

/** A value over time: from `atUs[i]` on it is `values[i]`. */
export interface Changes<Value> {
  readonly atUs: readonly number[]
  readonly values: readonly Value[]
}

/** Takes changes in order of time. */
export class ChangeLog<Value> implements Changes<Value> {
  readonly atUs: number[] = []
  readonly values: Value[] = []

  /** From this moment on it is `value`. A second one at the same moment takes the place of the first. */
  set(atUs: number, value: Value): void {
    if (this.values.at(-1) === value) return
    if (this.atUs.at(-1) === atUs) {
      this.values[this.values.length - 1] = value
      return
    }
    this.atUs.push(atUs)
    this.values.push(value)
  }
}

/** What it is at a moment; undefined before the first change. */
export function valueAt<Value>({ atUs, values }: Changes<Value>, us: number): Value | undefined {
  return values[lastBy(atUs, us)]
}

/** The place of the last of ascending times that is not after a moment; −1 if there is none. */
export function lastBy(times: readonly number[], us: number): number {
  return firstPlace(times.length, (place) => (times[place] ?? 0) > us) - 1
}

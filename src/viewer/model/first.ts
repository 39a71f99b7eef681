/** Where in an order something begins: one search for all who look up times. */

/** The first of `count` places of which `isReached` holds, if it holds of all after one of which it does; else `count`. */
export function firstPlace(count: number, isReached: (place: number) => boolean): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isReached(middle)) high = middle
    else low = middle + 1
  }
  return low
}

import { describe, expect, test } from 'vitest'
import { fewest } from '../../../../sim/fewest.ts'
import { type SearchEnd, searchAtOnce } from '../../../../src/cli/shrink/search.ts'

const all = Array.from({ length: 40 }, (_, index) => index)

interface Watched extends SearchEnd<readonly number[]> {
  /** Of all that were tried, also such as are not counted. */
  readonly tried: number
  readonly heldAfter: readonly number[]
  readonly mostAtOnce: number
}

async function search(atOnce: number, triesMax = 1_000, stopAfter = 1_000): Promise<Watched> {
  const stop = new AbortController()
  let tried = 0
  let running = 0
  let mostAtOnce = 0
  const heldAfter: number[] = []
  const end = await searchAtOnce(fewest(all), {
    holds: async (items, isWanted) => {
      running += 1
      mostAtOnce = Math.max(mostAtOnce, running)
      // Later ones are sooner done, at times.
      for (let turn = items.length % 5; turn > 0; turn -= 1) await Promise.resolve()
      running -= 1
      if (!isWanted()) return false
      tried += 1
      if (tried === stopAfter) stop.abort()
      return items.includes(3) && items.includes(38)
    },
    keyOf: (items) => items.join(),
    atOnce,
    triesMax,
    stop: stop.signal,
    onHeld: (_, tries) => heldAfter.push(tries),
  })
  return { ...end, tried, heldAfter, mostAtOnce }
}

describe('a search', () => {
  test.each([2, 3, 16])('comes to the same with %i candidates at a time as with one', async (n) => {
    const [one, many] = [await search(1), await search(n)]
    expect(one).toMatchObject({ best: [3, 38], end: 'done' })
    const { best, tries, end, heldAfter } = one
    expect(many).toMatchObject({ best, tries, end, heldAfter })
    expect(many.mostAtOnce).toBeGreaterThan(one.mostAtOnce)
  })

  test('tries each candidate once', async () => {
    const keys: string[] = []
    await searchAtOnce(fewest([1, 2, 3]), {
      holds: async () => false,
      keyOf: (items) => {
        keys.push(items.join())
        return items.join()
      },
      atOnce: 1,
      triesMax: 100,
      stop: new AbortController().signal,
      onHeld: () => undefined,
    })
    expect(new Set(keys).size).toBe(keys.length)
    const { tries, tried } = await search(1)
    expect(tried).toBe(tries)
  })

  test.each([1, 4])('ends when there were too many tries, with %i at a time', async (atOnce) => {
    const { best, tries, end } = await search(atOnce, 9)
    expect([tries, end]).toEqual([9, 'tries'])
    expect(best).toEqual((await search(1, 9)).best)
    expect(best).toContain(38)
  })

  test('ends when it is stopped, with the best by then', async () => {
    const { best, end } = await search(2, 1_000, 12)
    expect(end).toBe('stopped')
    expect(best).toEqual(expect.arrayContaining([3, 38]))
  })
})

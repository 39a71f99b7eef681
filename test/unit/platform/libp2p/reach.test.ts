/** Whoever should be reached by gossip and is not, at so many looks running, is lost. */
import { expect, test } from 'vitest'
import { Reach } from '../../../../src/platform/libp2p/reach.ts'

/** What comes of looks at a peer that is reached (1) or not (0). */
function looks(reach: Reach, seen: readonly (0 | 1)[]): readonly boolean[] {
  return seen.map((isReached) => reach.isLost('p', isReached === 1))
}

test('one that says that it gossips is lost if that takes too long', () => {
  const reach = new Reach()
  reach.claimed('p')
  expect(looks(reach, [0, 0, 0, 0, 0])).not.toContain(true)
  expect(looks(reach, [0, 0])).toEqual([true, true])
})

test('one that was reached is lost at the second, unless it is reached again in between', () => {
  expect(looks(new Reach(), [1, 0, 1, 0, 0])).toEqual([false, false, false, false, true])
})

test('one that never gossiped is not lost, and one that is back begins anew', () => {
  const reach = new Reach()
  expect(looks(reach, [0, 0, 0])).toEqual([false, false, false])
  expect(looks(reach, [1, 0])).toEqual([false, false])
  reach.forget('p')
  expect(looks(reach, [0, 0])).toEqual([false, false])
})

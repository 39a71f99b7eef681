import { expect, test } from 'vitest'
import { giveBackMemory } from '../../../src/platform/memory.ts'

test('what nobody holds is given back, and what somebody holds is not', () => {
  let held: WeakRef<object>[] = []
  const kept = { value: 1 }
  const make = (): void => {
    held = [new WeakRef({ value: 2 }), new WeakRef(kept)]
  }
  make()
  // A reference that was just made holds its target until the turn is over.
  return new Promise<void>((resolve) => {
    setTimeout(() => {
      giveBackMemory()
      expect(held.map((each) => each.deref())).toEqual([undefined, kept])
      expect(globalThis).not.toHaveProperty('gc')
      resolve()
    }, 0)
  })
})

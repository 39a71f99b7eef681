import { describe, expect, test } from 'vitest'
import { type Reseed, Simulation } from '../../../sim/simulation.ts'

class CountingGuard {
  depth = 0

  enter(): void {
    this.depth += 1
  }

  leave(): void {
    this.depth -= 1
  }
}

function openTicker(options: { eventsMax?: number } = {}) {
  const world = new Simulation({ seed: 1, ...options })
  const ticks: number[] = []
  const tick = (): void => {
    ticks.push(world.nowMs)
    world.after(10, tick)
  }
  world.after(10, tick)
  return { world, ticks }
}

describe('a run', () => {
  test('ends at its time, with everything done that was due by then', () => {
    const { world, ticks } = openTicker()
    expect(world.runUntil(30)).toBe('time-reached')
    expect([world.nowMs, ticks]).toEqual([30, [10, 20, 30]])
    expect(world.runFor(5.5)).toBe('time-reached')
    expect(world.nowMs).toBe(35.5)
    expect(world.wallMs).toBe(1_700_000_000_035.5)
  })

  test('ends when its condition is met, also when it is met at the beginning', () => {
    const { world, ticks } = openTicker()
    expect(world.runUntil(1_000, () => ticks.length === 2)).toBe('condition-met')
    expect(world.nowMs).toBe(20)
    const { events } = world
    expect(world.runUntil(1_000, () => true)).toBe('condition-met')
    expect(world.events).toBe(events)
  })

  test('can be stopped and continued', () => {
    const { world, ticks } = openTicker()
    world.at(25, () => world.stop())
    expect(world.runUntil(100)).toBe('stopped')
    expect([world.nowMs, ticks.length]).toEqual([25, 2])
    expect(world.runUntil(100)).toBe('time-reached')
    expect(ticks).toHaveLength(10)
  })

  test('ends after so many events', () => {
    const { world } = openTicker({ eventsMax: 7 })
    expect(world.runUntil(1_000)).toBe('events-exhausted')
    expect([world.events, world.nowMs]).toEqual([7, 70])
  })

  test('calls its hooks after each event', () => {
    const { world, ticks } = openTicker()
    const seen: string[] = []
    world.onEvent((timeUs) => seen.push(`${timeUs} ${ticks.length}`))
    world.runUntil(20)
    expect(seen).toEqual(['10000 1', '20000 2'])
  })

  test('is not started from within another', () => {
    const { world } = openTicker()
    world.after(1, () => world.runFor(1))
    expect(() => world.runUntil(10)).toThrow('from within')
    expect(world.runUntil(10)).toBe('time-reached')
  })
})

describe('the digest', () => {
  const digestOf = (prepare: (world: Simulation) => void): string => {
    const world = new Simulation({ seed: 1 })
    prepare(world)
    world.runUntil(100)
    return world.digest.hex()
  }

  test('is the same for the same events, and another if one comes a microsecond later', () => {
    const at = (ms: number) => (world: Simulation) => void world.at(ms, () => {})
    expect(digestOf(at(5))).toBe(digestOf(at(5)))
    expect(digestOf(at(5))).not.toBe(digestOf(at(5.001)))
    expect(digestOf(at(5))).not.toBe(digestOf(() => {}))
  })
})

describe('later seeds', () => {
  /** What is drawn at each tick of 10 ms, and the digest after 45 ms and at the end. */
  const told = (reseeds: readonly Reseed[]) => {
    const world = new Simulation({ seed: 1, reseeds })
    const random = world.random.fork('ticks')
    const drawn: number[] = []
    const tick = (): void => {
      drawn.push(random.u32())
      world.after(10, tick)
    }
    world.after(10, tick)
    world.runUntil(45)
    const early = world.digest.hex()
    world.runUntil(100)
    return { drawn, early, late: world.digest.hex() }
  }

  test('leave everything before them as it was, and change what is due at their time', () => {
    const [plain, once] = [told([]), told([{ atMs: 50, seed: 9 }])]
    expect(once.early).toBe(plain.early)
    expect(once.late).not.toBe(plain.late)
    expect(once.drawn.slice(0, 4)).toEqual(plain.drawn.slice(0, 4))
    expect(once.drawn[4]).not.toBe(plain.drawn[4])
    expect(told([{ atMs: 50, seed: 9 }])).toEqual(once)
  })

  test('follow one upon another', () => {
    const [first, second] = [{ atMs: 50, seed: 9 } as const, { atMs: 70, seed: 9 } as const]
    const [one, both] = [told([first]), told([first, second])]
    expect(both.drawn.slice(0, 6)).toEqual(one.drawn.slice(0, 6))
    expect(both.drawn[6]).not.toBe(one.drawn[6])
    expect(() => told([second, first])).toThrow('ascending')
    expect(() => told([first, first])).toThrow('ascending')
  })
})

describe('the guard', () => {
  test('is on while simulated code runs, booting and stopping included, and off otherwise', () => {
    const guard = new CountingGuard()
    const seen: string[] = []
    const world = new Simulation({ seed: 1, guard })
    const host = world.addHost('n0')
    host.boot((environment) => {
      seen.push(`boot ${guard.depth}`)
      environment.clock.wakeAt(5, () => {
        seen.push(`timer ${guard.depth}`)
        world.addHost('n1').boot(() => {
          seen.push(`boot within ${guard.depth}`)
          return { stop: () => {} }
        })
      })
      return { stop: () => seen.push(`stop ${guard.depth}`) }
    })
    expect(guard.depth).toBe(0)
    world.runUntil(10, () => {
      if (guard.depth !== 1) seen.push(`condition ${guard.depth}`)
      return false
    })
    host.stop()
    expect(guard.depth).toBe(0)
    expect(seen).toEqual(['boot 1', 'timer 1', 'boot within 1', 'stop 1'])
  })

  test('is left when simulated code throws', () => {
    const guard = new CountingGuard()
    const world = new Simulation({ seed: 1, guard })
    world.after(1, () => {
      throw new Error('a fault of the code')
    })
    expect(() => world.runUntil(10)).toThrow('a fault of the code')
    expect(guard.depth).toBe(0)
  })
})

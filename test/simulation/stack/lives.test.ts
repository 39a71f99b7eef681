/** Whose a timer is: that of a dead life never fires, that of a paused one waits. And what timers are besides. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as sleep, setInterval as ticks } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { type Main, StreamWorld } from '../../../sim/stack/stream-world.ts'

/** Runs one machine for two virtual seconds, and what befalls it, and returns what it said and when. */
async function said(
  main: (say: (what: string) => void) => Promise<void>,
  befall: (world: StreamWorld) => void = () => {},
): Promise<readonly string[]> {
  const world = new StreamWorld({ seed: 1 })
  const log: string[] = []
  const say = (what: string): void => void log.push(`${world.simulation.nowMs} ${what}`)
  const program: Main = () => main(say)
  world.addProgram('a', program)
  befall(world)
  await world.runUntil(2_000)
  return log
}

/** Speaks each 100 ms. */
async function speak(say: (what: string) => void): Promise<void> {
  for (let i = 1; ; i += 1) {
    await sleep(100)
    say(`${i}`)
  }
}

describe('a later seed', () => {
  /** What the runtime's own chance gives a machine each 100 ms. */
  const drawn = async (seed?: number): Promise<readonly string[]> => {
    const reseeds = seed === undefined ? [] : [{ atMs: 950, seed }]
    const world = new StreamWorld({ seed: 1, reseeds })
    const log: string[] = []
    world.addProgram('a', async () => {
      for (;;) {
        await sleep(100)
        log.push(`${Math.random()} ${crypto.randomUUID()}`)
      }
    })
    await world.runUntil(2_000)
    return log
  }

  test('changes what waiting code draws from then on, and nothing before', async () => {
    const [plain, one, same, other] = [
      await drawn(),
      await drawn(1),
      await drawn(1),
      await drawn(2),
    ]
    expect(same).toEqual(one)
    expect(one.slice(0, 9)).toEqual(plain.slice(0, 9))
    for (const [index, line] of one.slice(9).entries()) {
      expect([plain[9 + index], other[9 + index]]).not.toContain(line)
    }
  })
})

describe('a life', () => {
  test('that ends takes its timers with it, and the next one begins anew', async () => {
    const log = await said(speak, ({ simulation }) => {
      simulation.at(250, () => simulation.host('a').crash())
      simulation.at(1_700, () => simulation.host('a').boot())
    })
    expect(log).toEqual(['100 1', '200 2', '1800 1', '1900 2', '2000 3'])
  })

  test('that is paused misses nothing, and is late', async () => {
    const log = await said(speak, ({ simulation }) => {
      simulation.at(150, () => simulation.host('a').pause())
      simulation.at(1_850, () => simulation.host('a').resume())
    })
    expect(log).toEqual(['100 1', '1850 2', '1950 3'])
  })

  test('that ends in the middle of a promise asks for timers that never fire', async () => {
    const log = await said(
      async (say) => {
        await sleep(100)
        await Promise.resolve()
        say('goes on')
        setTimeout(() => say('fires'), 10)
      },
      ({ simulation }) => {
        // In the very event in which the timer fires, before what it makes ready has run.
        simulation.onEvent((us) => {
          const { isRunning } = simulation.host('a')
          if (us === 100_000 && isRunning) simulation.host('a').crash()
        })
      },
    )
    expect(log).toEqual(['100 goes on'])
  })
})

describe('timers', () => {
  test('are objects as Node.js has them', async () => {
    const log = await said(async (say) => {
      const timer = setTimeout(say, 50, 'never')
      expect([timer.hasRef(), timer.unref().hasRef(), timer.ref().hasRef()]).toEqual([
        true,
        false,
        true,
      ])
      clearTimeout(timer)
      const byNumber = setTimeout(say, 60, 'never')
      clearTimeout(Number(byNumber))
      const again = setTimeout(say, 100, 'late')
      setTimeout(() => again.refresh(), 90)
      setTimeout(say, 0, 'one millisecond is the least')
      setImmediate(say, 'at once')
      clearImmediate(setImmediate(say, 'never'))
      clearTimeout(undefined)
    })
    expect(log).toEqual(['0 at once', '1 one millisecond is the least', '190 late'])
  })

  test('fire in the order in which they were asked for, and microtasks come between', async () => {
    const log = await said(async (say) => {
      for (const name of ['a', 'b']) {
        setTimeout(() => {
          say(name)
          queueMicrotask(() => say(`${name}, microtask`))
          process.nextTick(() => say(`${name}, tick`))
        }, 10)
      }
    })
    expect(log).toEqual([
      ...['10 a', '10 a, tick', '10 a, microtask'],
      ...['10 b', '10 b, tick', '10 b, microtask'],
    ])
  })

  test('that are waited for can be aborted, and repeated', async () => {
    const log = await said(async (say) => {
      const controller = new AbortController()
      setTimeout(() => controller.abort(), 20)
      await sleep(1_000, undefined, { signal: controller.signal }).catch((error: Error) => {
        say(`${error.name} ${(error as NodeJS.ErrnoException).code}`)
      })
      for await (const value of ticks(30, 'tick')) {
        say(String(value))
        if (performance.now() > 70) break
      }
    })
    expect(log).toEqual(['20 AbortError ABORT_ERR', '50 tick', '80 tick'])
  })

  test("keep the program's own asynchronous context", async () => {
    const storage = new AsyncLocalStorage<string>()
    const log = await said(async (say) => {
      for (const name of ['one', 'two']) {
        storage.run(name, () => setTimeout(() => say(`${storage.getStore()}`), 5))
      }
    })
    expect(log).toEqual(['5 one', '5 two'])
  })

  test('of two machines run by their own clocks', async () => {
    const world = new StreamWorld({ seed: 1 })
    const log: string[] = []
    const main =
      (name: string): Main =>
      async () => {
        await sleep(1_000)
        log.push(`${name} ${world.simulation.nowMs}`)
      }
    world.addProgram('slow', main('slow'), { clockDriftPpm: -50_000 })
    world.addProgram('fast', main('fast'), { clockDriftPpm: 50_000 })
    await world.runUntil(2_000)
    expect(log).toEqual(['fast 952.381', 'slow 1052.632'])
  })
})

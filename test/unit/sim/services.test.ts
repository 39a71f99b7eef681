import { describe, expect, test } from 'vitest'
import { constant } from '../../../sim/distribution.ts'
import { Life } from '../../../sim/life.ts'
import { SimRandom } from '../../../sim/random.ts'
import {
  absentServices,
  type ServiceFaults,
  type ServiceHandler,
  simServices,
  soundServices,
} from '../../../sim/services.ts'
import { Timeline } from '../../../sim/timeline.ts'

function open(engine: ServiceHandler, faults: Partial<ServiceFaults> = {}) {
  const timeline = new Timeline()
  const life = new Life(timeline, 1)
  const model = {
    handlers: { engine },
    latency: constant(1_000),
    faults: () => ({ ...soundServices, ...faults }),
  }
  const services = simServices(model, { timeline, life, random: new SimRandom('1') })
  const log: string[] = []
  const call = (request: unknown, deadlineMs: number): void => {
    services.call('engine', request, deadlineMs, (outcome) => {
      const found = outcome.ok ? outcome.value : outcome.fault.code
      log.push(`${found}@${timeline.nowUs}`)
    })
  }
  return { timeline, life, call, log }
}

describe('simulated services', () => {
  test('an answer takes the way there and back', () => {
    const { timeline, call, log } = open((request, done) => done(`re: ${request}`))
    call('x', 100)
    expect(log).toEqual([])
    timeline.runUntil(10_000)
    expect(log).toEqual(['re: x@2000'])
  })

  test('a slow wire takes so many times longer, each way', () => {
    const { timeline, call, log } = open((_, done) => done('done'), { slownessPercent: 250 })
    call('x', 100)
    timeline.runUntil(10_000)
    expect(log).toEqual(['done@5000'])
  })

  test('a handler that is slow or silent runs into the deadline, once', () => {
    const answers: ((answer: unknown) => void)[] = []
    const { timeline, call, log } = open((_, done) => answers.push(done))
    call('x', 5)
    timeline.runUntil(6_000)
    answers[0]?.('too late')
    timeline.runUntil(20_000)
    expect(log).toEqual(['timeout@5000'])
  })

  test('a handler that answers twice is heard once', () => {
    const { timeline, call, log } = open((_, done) => {
      done('first')
      done('second')
    })
    call('x', 100)
    timeline.runUntil(10_000)
    expect(log).toEqual(['first@2000'])
  })

  test('a service that is down is unavailable, and was not called', () => {
    let calls = 0
    const count: ServiceHandler = (_, done) => {
      calls += 1
      done('done')
    }
    for (const faults of [{ down: ['engine' as const] }, { unavailablePerMillion: 1_000_000 }]) {
      const { timeline, call, log } = open(count, faults)
      call('x', 100)
      timeline.runUntil(10_000)
      expect(log).toEqual(['unavailable@1000'])
    }
    expect(calls).toBe(0)
  })

  test('a call whose answer is lost was carried out all the same', () => {
    let calls = 0
    const { timeline, call, log } = open(
      (_, done) => {
        calls += 1
        done('done')
      },
      { answerLostPerMillion: 1_000_000 },
    )
    call('x', 50)
    timeline.runUntil(100_000)
    expect([calls, log]).toEqual([1, ['timeout@50000']])
  })

  test('the dead neither call nor hear', () => {
    let calls = 0
    const { timeline, life, call, log } = open((_, done) => {
      calls += 1
      done('done')
    })
    call('x', 50)
    timeline.runUntil(1_500)
    life.end()
    call('y', 50)
    timeline.runUntil(100_000)
    expect([calls, log]).toEqual([1, []])
  })

  test('a host without services gets unavailable for an answer', () => {
    const timeline = new Timeline()
    const seat = { timeline, life: new Life(timeline, 1), random: new SimRandom('1') }
    const log: string[] = []
    simServices(absentServices, seat).call('engine', 'x', 100, (outcome) => {
      log.push(outcome.ok ? 'ok' : outcome.fault.code)
    })
    timeline.runUntil(10_000)
    expect(log).toEqual(['unavailable'])
  })
})

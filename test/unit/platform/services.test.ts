import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Result } from '../../../src/base/result.ts'
import type { ServiceFault, Services } from '../../../src/kernel/environment.ts'
import { platformServices, type ServiceHandler } from '../../../src/platform/services.ts'

function call(
  services: Services,
  request: unknown,
  deadlineMs = 1_000,
): Promise<Result<unknown, ServiceFault>> {
  return new Promise((resolve) => services.call('engine', request, deadlineMs, resolve))
}

function engine(handler: ServiceHandler): Services {
  return platformServices({ engine: handler })
}

describe('a service in this process', () => {
  test('gets the request and its answer comes back', async () => {
    const services = engine((request, done) => done([request, 'seen']))
    expect(await call(services, { height: 1 })).toEqual({
      ok: true,
      value: [{ height: 1 }, 'seen'],
    })
  })

  test('is not called within the call, and does not answer within it', async () => {
    const order: string[] = []
    const services = engine((_, done) => {
      order.push('handler')
      done(1)
      order.push('handler returns')
    })
    const outcome = call(services, 0).then(() => order.push('done'))
    order.push('call returns')
    await outcome
    expect(order).toEqual(['call returns', 'handler', 'handler returns', 'done'])
  })

  test('that stays silent is given up at the deadline, and what it says later is dropped', async () => {
    let answer: ((value: unknown) => void) | undefined
    const outcomes: unknown[] = []
    const services = engine((_, done) => {
      answer = done
    })
    services.call('engine', 0, 20, (outcome) => outcomes.push(outcome))
    await sleep(60)
    answer?.('late')
    await sleep(5)
    expect(outcomes).toEqual([
      { ok: false, fault: { code: 'timeout', detail: 'no answer within 20 ms' } },
    ])
  })

  test('that answers twice is heard once', async () => {
    const outcomes: unknown[] = []
    const services = engine((_, done) => {
      done('first')
      done('second')
    })
    services.call('engine', 0, 100, (outcome) => outcomes.push(outcome))
    await sleep(20)
    expect(outcomes).toEqual([{ ok: true, value: 'first' }])
  })

  test('that throws is unavailable', async () => {
    const services = engine(() => {
      throw new Error('no engine')
    })
    expect(await call(services, 0)).toEqual({
      ok: false,
      fault: { code: 'unavailable', detail: 'engine: Error: no engine' },
    })
  })

  test('that does not exist is unavailable', async () => {
    expect(await call(platformServices({}), 0)).toEqual({
      ok: false,
      fault: { code: 'unavailable', detail: 'no engine is configured' },
    })
  })

  test('has weeks for its answer if it is given them', async () => {
    const services = engine((_, done) => setTimeout(() => done('well'), 10))
    expect(await call(services, 0, 2 ** 40)).toEqual({ ok: true, value: 'well' })
  })
})

test('calls beyond the limit are refused, until others have ended', async () => {
  const waiting: ((answer: unknown) => void)[] = []
  const services = engine((_, done) => waiting.push(done))
  const calls = Array.from({ length: 1_025 }, () => call(services, 0))
  expect(await calls.at(-1)).toMatchObject({ ok: false, fault: { code: 'refused' } })
  expect(waiting).toHaveLength(1_024)
  for (const done of waiting) done('well')
  expect((await Promise.all(calls)).filter((outcome) => outcome.ok)).toHaveLength(1_024)
  const again = call(services, 0)
  await sleep(5)
  waiting.at(-1)?.('again')
  expect(await again).toEqual({ ok: true, value: 'again' })
})

/**
 * Simulated programs on the far side of a wire. A handler answers; in between there is latency, and there are
 * deadlines and outages. A call whose answer is lost was carried out all the same.
 *
 * The handlers belong to the caller and outlive the lives of the process that calls them.
 */
import { failed, ok, type Result } from '../src/base/result.ts'
import type { ServiceFault, ServiceName, Services } from '../src/kernel/environment.ts'
import { constant, type Distribution, draw } from './distribution.ts'
import { Delivery, type Life } from './life.ts'
import type { SimRandom } from './random.ts'
import type { Timeline } from './timeline.ts'

/** Handles one request and calls `done` once, now or later, or never. */
export type ServiceHandler = (request: unknown, done: (answer: unknown) => void) => void

/** What is wrong with the wires at the moment. Rates are so many of a million calls. */
export interface ServiceFaults {
  /** Services at which nobody listens. */
  readonly down: readonly ServiceName[]
  /** Calls that fail at once, not carried out. */
  readonly unavailablePerMillion: number
  /** Answers that are lost, so that the caller's deadline passes. */
  readonly answerLostPerMillion: number
  /** How long each way takes, in percent of the usual. */
  readonly slownessPercent: number
}

export const soundServices: ServiceFaults = {
  down: [],
  unavailablePerMillion: 0,
  answerLostPerMillion: 0,
  slownessPercent: 100,
}

/** The services of one host. `faults` is asked at each call, so that they may come and go. */
export interface ServicesModel {
  readonly handlers: Readonly<Record<ServiceName, ServiceHandler>>
  /** One way. */
  readonly latency: Distribution
  readonly faults: () => ServiceFaults
}

/** A host without services: every call is answered by `unavailable`. */
export const absentServices: ServicesModel = {
  handlers: { engine: () => {} },
  latency: constant(200),
  faults: () => ({ ...soundServices, down: ['engine'] }),
}

/** What services need of the world. */
export interface ServicesSeat {
  readonly timeline: Timeline
  readonly life: Life
  readonly random: SimRandom
}

/** The services as one life calls them. */
export function simServices(model: ServicesModel, seat: ServicesSeat): Services {
  const { timeline, life } = seat
  const latencies = seat.random.fork('latency')
  const faults = seat.random.fork('faults')
  const happens = (perMillion: number): boolean =>
    perMillion > 0 && faults.chance(perMillion, 1_000_000)
  const after = (fire: () => void): void => {
    const us = draw(model.latency, latencies) * model.faults().slownessPercent
    timeline.at(timeline.nowUs + Math.floor(us / 100), { fire })
  }

  const call: Services['call'] = (service, request, deadlineMs, done) => {
    if (life.isOver) return
    let isSettled = false
    const settle = (outcome: Result<unknown, ServiceFault>): void => {
      if (isSettled) return
      isSettled = true
      timeline.cancel(deadline)
      new Delivery(life, done, outcome).fire()
    }
    const dueUs = timeline.nowUs + Math.ceil(Math.max(0, deadlineMs) * 1_000)
    const deadline = timeline.at(dueUs, {
      fire: () => settle(failed({ code: 'timeout', detail: `no answer from ${service}` })),
    })
    const answer = (value: unknown): void => {
      if (!happens(model.faults().answerLostPerMillion)) after(() => settle(ok(value)))
    }
    after(() => {
      const { down, unavailablePerMillion } = model.faults()
      if (down.includes(service) || happens(unavailablePerMillion)) {
        return settle(failed({ code: 'unavailable', detail: `${service} does not listen` }))
      }
      model.handlers[service](request, answer)
    })
  }
  return { call }
}

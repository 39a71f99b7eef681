/**
 * Services that run in the node's own process, behind the same interface as those at the far end of a
 * wire: a call is handed over later, answered at most once, and given up at its deadline.
 *
 * It opens no connections. A handler that speaks HTTP to an external engine is another handler.
 */
import { failed, ok, type Result } from '../base/result.ts'
import type { Millis } from '../base/units.ts'
import type { ServiceFault, ServiceName, Services } from '../kernel/environment.ts'
import { timeoutMsMax } from './clock.ts'

/** Calls under way at once, of all services; one more is refused. */
const callsMax = 1_024

/** Answers a request through `done`, now or later. A throw means that the service is not available. */
export type ServiceHandler = (request: unknown, done: (answer: unknown) => void) => void

/** Services by handlers in this process. A service without one is `unavailable`. */
export function platformServices(
  handlers: Readonly<Partial<Record<ServiceName, ServiceHandler>>>,
): Services {
  let calls = 0
  return {
    call: (service, request, deadlineMs, done) => {
      const settle = once(deadlineMs, done, () => {
        calls -= 1
      })
      const handler = handlers[service]
      const isRefused = calls >= callsMax
      calls += 1
      setImmediate(() => {
        if (isRefused) return settle(refused(service))
        if (handler === undefined) return settle(unavailable(`no ${service} is configured`))
        try {
          handler(request, (answer) => settle(ok(answer)))
        } catch (error) {
          settle(unavailable(`${service}: ${String(error)}`))
        }
      })
    },
  }
}

/** Passes on the first outcome only, which is a timeout if none comes in time. */
function once(
  deadlineMs: Millis,
  done: (outcome: Result<unknown, ServiceFault>) => void,
  settled: () => void,
): (outcome: Result<unknown, ServiceFault>) => void {
  let isSettled = false
  const settle = (outcome: Result<unknown, ServiceFault>): void => {
    if (isSettled) return
    isSettled = true
    clearTimeout(timeout)
    settled()
    // Apart from the handler, whose failures are caught, and never within it.
    queueMicrotask(() => done(outcome))
  }
  const detail = `no answer within ${deadlineMs} ms`
  const delayMs = Math.min(deadlineMs, timeoutMsMax)
  const timeout = setTimeout(() => settle(failed({ code: 'timeout', detail })), delayMs)
  return settle
}

function refused(service: ServiceName): Result<never, ServiceFault> {
  return failed({ code: 'refused', detail: `${callsMax} calls wait for ${service} and others` })
}

function unavailable(detail: string): Result<never, ServiceFault> {
  return failed({ code: 'unavailable', detail })
}

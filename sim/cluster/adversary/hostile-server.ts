/**
 * A peer that serves as it likes. The unmodified node is inside and makes the honest answer; rules then
 * change what it says and when, one after another, before it leaves.
 *
 * A rule is a small function, so that what a peer does is said by putting rules together:
 *
 *   hostileServer(inSync(fromNth(1_000, silence)), claimHeight(1_000_000, 'none'))
 *
 * It decides about answers as a whole. A peer whose bytes come slowly, or that stops after the first, is
 * one at the far end of a link with such a bandwidth.
 */
import { assert } from '../../../src/base/assert.ts'
import type { Millis } from '../../../src/base/units.ts'
import type { Environment, PeerId } from '../../../src/kernel/environment.ts'
import { protocolId } from '../../../src/protocol/wire/requests.ts'
import { forwarding, forwardingReceiver } from '../../forwarding.ts'
import type { HostileParts } from '../cluster.ts'
import type { WrapEnvironment } from '../machine.ts'

/** What is about to be answered. */
export interface Reply {
  /** Undefined refuses. */
  readonly body: Uint8Array | undefined
  /** How long after the honest answer was there. */
  readonly afterMs: Millis
  /** Nothing is sent, ever. */
  readonly isSilent: boolean
}

/** The request that is being answered. */
export interface Asked {
  readonly protocol: string
  readonly from: PeerId
  readonly body: Uint8Array
  /** Counts this peer's requests by everybody, from 1. */
  readonly nth: number
  /** True time. */
  readonly nowMs: Millis
}

/** Changes an answer, or leaves it as it is. */
export type ServeRule = (reply: Reply, asked: Asked) => Reply

/** Rules that need the peer's own chance, or the chain. */
export type MakeServeRule = (parts: HostileParts) => ServeRule

/** A peer whose answers go through `rules`, in this order. */
export function hostileServer(
  ...rules: readonly MakeServeRule[]
): (parts: HostileParts) => WrapEnvironment {
  return (parts) => {
    const made = rules.map((make) => make(parts))
    return answering(
      (reply, asked) => made.reduce((changed, rule) => rule(changed, asked), reply),
      parts.nowMs,
    )
  }
}

/** An environment whose answers to peers go through `rule`. */
function answering(rule: ServeRule, nowMs: () => Millis = () => 0): WrapEnvironment {
  return (environment) => {
    const { network } = environment
    let requests = 0
    return {
      ...environment,
      network: {
        ...forwarding(network),
        open: (receiver) => {
          network.open({
            ...forwardingReceiver(receiver),
            request: ({ from, protocol, body: asked }, answer) => {
              requests += 1
              const question = { from, protocol, body: asked, nth: requests, nowMs: nowMs() }
              receiver.request({ from, protocol, body: asked }, (body) => {
                const honest = { body, afterMs: 0, isSilent: false }
                send(environment, rule(honest, question), answer)
              })
            },
          })
        },
      },
    }
  }
}

function send(
  { clock }: Environment,
  { body, afterMs, isSilent }: Reply,
  answer: (body: Uint8Array | undefined) => void,
): void {
  assert(Number.isFinite(afterMs), `an answer comes after ${afterMs} ms, or never`)
  if (isSilent) return
  if (afterMs <= 0) return answer(body)
  clock.wakeAt(clock.now() + afterMs, () => answer(body))
}

// ----- when a rule applies -----

/** Only to the protocols that carry blocks and what proves them. */
export function inSync(make: MakeServeRule): MakeServeRule {
  return when(make, ({ protocol }) => {
    return (
      protocol !== protocolId.status &&
      protocol !== protocolId.exchange &&
      protocol !== protocolId.peers
    )
  })
}

/** Only when it is asked whom else it knows. */
export function atAddresses(make: MakeServeRule): MakeServeRule {
  return when(make, ({ protocol }) => protocol === protocolId.peers)
}

/** Only when it is asked where it stands. */
export function atStatus(make: MakeServeRule): MakeServeRule {
  return when(make, ({ protocol }) => protocol === protocolId.status)
}

/** Only to one protocol. */
export function atProtocol(protocol: string, make: MakeServeRule): MakeServeRule {
  return when(make, (asked) => asked.protocol === protocol)
}

/** Only between these virtual times. */
export function between(fromMs: Millis, toMs: Millis, make: MakeServeRule): MakeServeRule {
  return when(make, ({ nowMs }) => nowMs >= fromMs && nowMs < toMs)
}

/** Only to the n-th of the requests that come this far, and to those after it. */
export function fromNth(n: number, make: MakeServeRule): MakeServeRule {
  return (parts) => {
    const rule = make(parts)
    let count = 0
    return (reply, asked) => {
      count += 1
      return count >= n ? rule(reply, asked) : reply
    }
  }
}

/** Only to each n-th of the requests that come this far, beginning with the n-th. */
export function everyNth(n: number, make: MakeServeRule): MakeServeRule {
  return (parts) => {
    const rule = make(parts)
    let count = 0
    return (reply, asked) => {
      count += 1
      return count % n === 0 ? rule(reply, asked) : reply
    }
  }
}

/** In so many of a hundred cases. */
export function sometimes(percent: number, make: MakeServeRule): MakeServeRule {
  return (parts) => {
    const rule = make(parts)
    return (reply, asked) => (parts.random.chance(percent, 100) ? rule(reply, asked) : reply)
  }
}

/** One of several, drawn anew each time. */
export function oneOf(...makes: readonly MakeServeRule[]): MakeServeRule {
  return (parts) => {
    const rules = makes.map((make) => make(parts))
    return (reply, asked) => parts.random.pick(rules)(reply, asked)
  }
}

function when(make: MakeServeRule, applies: (asked: Asked) => boolean): MakeServeRule {
  return (parts) => {
    const rule = make(parts)
    return (reply, asked) => (applies(asked) ? rule(reply, asked) : reply)
  }
}

/**
 * A tap on the seam between a correct node and the world: whatever is published, heard, judged, asked, answered and
 * told is shown, and what its engine is asked and says, and handed on as it is. It observes and changes nothing, not
 * even the order of events.
 */
import type {
  Environment,
  Network,
  NetworkReceiver,
  Services,
  Verdict,
  Verifier,
} from '../../src/kernel/environment.ts'
import { forwarding, forwardingReceiver } from '../forwarding.ts'
import type { Crossing, Seat } from './checker/checker.ts'
import type { MessageBook } from './message-book.ts'

export interface Tap {
  readonly seat: Seat
  readonly book: MessageBook
  readonly nowMs: () => number
  /** Takes each crossing as it happens. It must not act on the node. */
  readonly look: (crossing: Crossing) => void
}

/** The same environment, watched. */
export function tapped(environment: Environment, tap: Tap): Environment {
  const { network, verifier, services } = environment
  return {
    ...environment,
    network: tappedNetwork(network, tap),
    verifier: tappedVerifier(verifier, tap),
    services: tappedServices(services, tap),
  }
}

function tappedServices(services: Services, { seat, nowMs, look }: Tap): Services {
  return {
    call: (service, request, deadlineMs, done) => {
      look({ kind: 'called', atMs: nowMs(), seat, request })
      services.call(service, request, deadlineMs, (outcome) => {
        if (outcome.ok) {
          look({ kind: 'returned', atMs: nowMs(), seat, request, answer: outcome.value })
        }
        done(outcome)
      })
    },
  }
}

function tappedVerifier(verifier: Verifier, { seat, nowMs, look }: Tap): Verifier {
  return {
    verify: (checks, priority, done) => {
      const askedMs = nowMs()
      look({ kind: 'checking', atMs: askedMs, seat })
      verifier.verify(checks, priority, (verdicts) => {
        look({ kind: 'checked', atMs: nowMs(), seat, askedMs })
        done(verdicts)
      })
    },
    validate: (run, priority, done) => verifier.validate(run, priority, done),
    aggregate: (signatures) => verifier.aggregate(signatures),
  }
}

function tappedNetwork(network: Network, tap: Tap): Network {
  const { seat, book, nowMs, look } = tap
  return {
    ...forwarding(network),
    open: (receiver) => network.open(tappedReceiver(receiver, tap)),
    publish: (topic, bytes) => {
      look({ kind: 'published', atMs: nowMs(), seat, message: book.find(topic, bytes) })
      network.publish(topic, bytes)
    },
    request: (request, done) => {
      const { protocol, body } = request
      look({ kind: 'asked', atMs: nowMs(), seat, protocol, body })
      return network.request(request, (outcome) => {
        if (outcome.ok) {
          look({ kind: 'told', atMs: nowMs(), seat, protocol, body, answer: outcome.value })
        }
        done(outcome)
      })
    },
    favour: (peer, isFavoured) => {
      look({ kind: 'favoured', atMs: nowMs(), seat, peer, isFavoured })
      network.favour(peer, isFavoured)
    },
  }
}

function tappedReceiver(receiver: NetworkReceiver, tap: Tap): NetworkReceiver {
  const { seat, book, nowMs, look } = tap
  return {
    ...forwardingReceiver(receiver),
    gossip: (gossip, verdict) => {
      const message = book.find(gossip.topic, gossip.data)
      look({ kind: 'heard', atMs: nowMs(), seat, message })
      const judge = (judgement: Verdict): void => {
        look({ kind: 'judged', atMs: nowMs(), seat, message, verdict: judgement })
        verdict(judgement)
      }
      receiver.gossip(gossip, judge)
    },
    request: (request, answer) => {
      const { protocol, body } = request
      receiver.request(request, (bytes) => {
        if (bytes !== undefined) {
          look({ kind: 'answered', atMs: nowMs(), seat, protocol, body, answer: bytes })
        }
        answer(bytes)
      })
    },
  }
}

/**
 * What a process sees of the world, with a tracer that is told of each call of the world into it: messages that come
 * in, and timers. It is handed on as it is, in the same order and the same call.
 *
 * Disk, verifier and services are left alone: what they answer is a turn that follows from the turn that asked.
 */
import type { Clock, Environment, Network, NetworkReceiver } from '../../src/kernel/environment.ts'
import type { TraceReader } from '../../src/kernel/trace.ts'
import { forwarding, forwardingReceiver } from '../forwarding.ts'
import type { Tracer } from './tracer.ts'

/** The environment of a process on this machine, looked on at. */
export function onlooking(environment: Environment, node: string, tracer: Tracer): Environment {
  const { clock, network } = environment
  return {
    ...environment,
    clock: tracedClock(clock, node, tracer),
    network: tracedNetwork(network, node, tracer),
  }
}

/** Reads the turns and events of a system's actors on this machine. */
export function turnsFor(node: string, tracer: Tracer): Required<TraceReader<unknown>> {
  const paths: string[] = []
  return {
    marker: tracer,
    actor: (actor, path) => {
      paths[actor] = path
    },
    turn: (actor, message) => tracer.turn(node, paths[actor] ?? `${actor}`, message),
    event: (_now, path, event) => tracer.event(node, path, event),
  }
}

function tracedClock(clock: Clock, node: string, tracer: Tracer): Clock {
  return {
    now: () => clock.now(),
    wall: () => clock.wall(),
    wakeAt: (due, wake) => clock.wakeAt(due, () => tracer.timer(node, wake)),
    waker: (wake) => clock.waker((value) => tracer.timer(node, () => wake(value))),
    cancel: (timer) => clock.cancel(timer),
    soon: (run) => clock.soon(run),
  }
}

function tracedNetwork(network: Network, node: string, tracer: Tracer): Network {
  return {
    ...forwarding(network),
    open: (receiver) => network.open(tracedReceiver(receiver, node, tracer)),
    request: (request, done) =>
      network.request(request, (outcome) => {
        // That nothing came is no arrival.
        if (!outcome.ok) return done(outcome)
        const { peer, protocol: label } = request
        const flown = {
          way: 'answer',
          label,
          data: outcome.value,
          bytes: outcome.value.length,
        } as const
        tracer.arrival(node, peer, flown, () => done(outcome))
      }),
  }
}

function tracedReceiver(receiver: NetworkReceiver, node: string, tracer: Tracer): NetworkReceiver {
  const connection = (label: string, from: string, run: () => void): void =>
    tracer.arrival(node, from, { way: 'connection', label, data: undefined, bytes: 0 }, run)
  return {
    ...forwardingReceiver(receiver),
    peerUp: (peer, address, isDialled) =>
      connection('up', peer, () => receiver.peerUp(peer, address, isDialled)),
    peerDown: (peer) => connection('down', peer, () => receiver.peerDown(peer)),
    peerFound: (address) => connection('found', address, () => receiver.peerFound(address)),
    gossip: (message, verdict) => {
      const { topic: label, data, from } = message
      const flown = { way: 'gossip', label, data, bytes: data.length } as const
      tracer.arrival(node, from, flown, () => receiver.gossip(message, verdict))
    },
    request: (request, answer) => {
      const { protocol: label, body, from } = request
      const flown = { way: 'request', label, data: body, bytes: body.length } as const
      tracer.arrival(node, from, flown, () => receiver.request(request, answer))
    },
  }
}

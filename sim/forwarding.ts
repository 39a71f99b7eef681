/**
 * The seam to the network as plain objects that hand everything on, for liars and onlookers to replace a method or two
 * of. A method that the seam gains has to be handed on here, and nowhere else.
 */
import type { Network, NetworkReceiver } from '../src/kernel/environment.ts'

/** A network that is `network`, as an object whose methods can be replaced one by one. */
export function forwarding(network: Network): Network {
  return {
    self: network.self,
    open: (receiver) => network.open(receiver),
    dial: (address, done) => network.dial(address, done),
    disconnect: (peer) => network.disconnect(peer),
    ban: (peer, isBanned) => network.ban(peer, isBanned),
    rate: (peer, conduct) => network.rate(peer, conduct),
    favour: (peer, isFavoured) => network.favour(peer, isFavoured),
    report: () => network.report(),
    subscribe: (topic) => network.subscribe(topic),
    publish: (topic, message) => network.publish(topic, message),
    request: (request, done) => network.request(request, done),
  }
}

/** As {@link forwarding}, for what the network delivers to. */
export function forwardingReceiver(receiver: NetworkReceiver): NetworkReceiver {
  return {
    peerUp: (peer, address, isDialled) => receiver.peerUp(peer, address, isDialled),
    peerDown: (peer) => receiver.peerDown(peer),
    peerFound: (address) => receiver.peerFound(address),
    gossip: (message, verdict) => receiver.gossip(message, verdict),
    request: (request, answer) => receiver.request(request, answer),
  }
}

/**
 * A node of three actors that spreads blocks, shaped like the real one but for its rules: what the network brings is
 * handed on to the chain, which asks the store, and only what is stored travels on. Each second it asks a
 * neighbour how far it is.
 */
import { Reader, Writer } from '../../../src/base/codec.ts'
import type { Actor, Address, Context, Reply } from '../../../src/kernel/actor.ts'
import type { Environment, PeerId, Store, Verdict } from '../../../src/kernel/environment.ts'
import { type Group, System } from '../../../src/kernel/system.ts'
import type { Trace } from '../../../src/kernel/trace.ts'
import { noRestarts } from '../policy.ts'

export const topic = 'blocks'
const statusProtocol = 'status'
const blockBytes = 128
const mailboxOptions = { waitingMax: 1_024 }
const pollMs = 1_000
const askMs = 5_000

type NetMessage =
  | { readonly kind: 'poll' }
  | { readonly kind: 'publish'; readonly block: Uint8Array }
  | { readonly kind: 'heard'; readonly block: Uint8Array; readonly judge: Reply<Verdict> }
  | { readonly kind: 'status-asked'; readonly answer: Reply<Uint8Array> }

type ChainMessage =
  | { readonly kind: 'produce' }
  | { readonly kind: 'import'; readonly block: Uint8Array; readonly judge: Reply<Verdict> }
  | { readonly kind: 'status'; readonly answer: Reply<Uint8Array> }

interface Put {
  readonly kind: 'put'
  readonly number: number
  readonly block: Uint8Array
  readonly done: Reply<boolean>
}

export interface GossipNode {
  /** Lets this node make the next block. */
  produce(): void
  stop(): void
}

/** Starts a node that dials `neighbours`. */
export function startGossipNode(
  environment: Environment,
  neighbours: readonly string[],
  trace: Trace<never>,
): GossipNode {
  const fail = (error: unknown): void => {
    throw error
  }
  const system = new System<never>(environment, trace, noRestarts, fail)
  const { root } = system
  const store = root.spawn<Put>('store', mailboxOptions, (context) =>
    storeActor(context, environment.store),
  )
  const chain: Address<ChainMessage> = root.spawn<ChainMessage>(
    'chain',
    mailboxOptions,
    (context) =>
      chainActor(context, store, (block) => system.send(net, { kind: 'publish', block })),
  )
  const net = spawnNet(root, environment, chain, neighbours)
  system.start()
  return { produce: () => system.send(chain, { kind: 'produce' }), stop: () => system.stop() }
}

/** Keys in the order of the numbers. */
function keyOf(number: number): string {
  return `block/${String(number).padStart(8, '0')}`
}

function storeActor(context: Context<Put, never>, store: Store): Actor<Put> {
  const stored = new Set<number>()
  return {
    receive: ({ number, block, done }) => {
      if (stored.has(number)) return done(false)
      stored.add(number)
      const commit = { writes: [{ key: keyOf(number), value: block }], durable: true }
      store.commit(
        commit,
        context.bind((outcome) => done(outcome.ok)),
      )
    },
  }
}

function chainActor(
  context: Context<ChainMessage, never>,
  store: Address<Put>,
  publish: (block: Uint8Array) => void,
): Actor<ChainMessage> {
  let head = 0
  const put = (number: number, block: Uint8Array, done: (isNew: boolean) => void): void => {
    const ask = (reply: Reply<boolean>): Put => ({ kind: 'put', number, block, done: reply })
    context.ask({ to: store, ask, deadlineMs: askMs }, (outcome) => {
      const isNew = outcome.ok && outcome.value
      if (isNew) head = Math.max(head, number)
      done(isNew)
    })
  }
  return {
    receive: (message) => {
      if (message.kind === 'status') return message.answer(new Writer(8).u53(head).finish())
      if (message.kind === 'produce') {
        const number = head + 1
        const block = new Writer(blockBytes)
          .u53(number)
          .bytes(new Uint8Array(blockBytes - 8))
          .finish()
        return put(number, block, () => publish(block))
      }
      const { block, judge } = message
      const number = new Reader(block).u53('number')
      put(number, block, (isNew) => judge(isNew ? 'accept' : 'ignore'))
    },
  }
}

function spawnNet(
  root: Group<never>,
  environment: Environment,
  chain: Address<ChainMessage>,
  neighbours: readonly string[],
): Address<NetMessage> {
  const { network } = environment
  const peers: PeerId[] = []
  return root.spawn<NetMessage>('net', mailboxOptions, (context) => {
    const receive = context.bind((message: NetMessage) => actor.receive(message))
    const actor = netActor(context, environment, chain, peers)
    network.open({
      peerUp: (peer) => peers.push(peer),
      peerDown: (peer) => peers.splice(peers.indexOf(peer), 1),
      peerFound: () => undefined,
      gossip: ({ data }, judge) => receive({ kind: 'heard', block: data, judge }),
      request: (_request, answer) => receive({ kind: 'status-asked', answer }),
    })
    network.subscribe(topic)
    for (const address of neighbours) network.dial(address, () => undefined)
    context.sendAfter(1 + context.random.below(pollMs), { kind: 'poll' })
    return actor
  })
}

function netActor(
  context: Context<NetMessage, never>,
  { network }: Environment,
  chain: Address<ChainMessage>,
  peers: readonly PeerId[],
): Actor<NetMessage> {
  const poll = (): void => {
    context.sendAfter(pollMs, { kind: 'poll' })
    const peer = peers[context.random.below(Math.max(1, peers.length))]
    if (peer === undefined) return
    const request = { peer, protocol: statusProtocol, body: new Uint8Array(0), deadlineMs: askMs }
    network.request(
      request,
      context.bind(() => undefined),
    )
  }
  return {
    receive: (message) => {
      switch (message.kind) {
        case 'poll':
          return poll()
        case 'publish':
          return network.publish(topic, message.block)
        case 'heard':
          context.send(chain, { kind: 'import', block: message.block, judge: message.judge })
          return
        case 'status-asked':
          context.send(chain, { kind: 'status', answer: message.answer })
          return
        default:
          return message satisfies never
      }
    },
  }
}

/** Verdicts: what is put to the node, what is decided without it, and what happens if it is silent. */
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import type { TopicValidatorFn } from '@chainsafe/libp2p-gossipsub'
import type { PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { describe, expect, test } from 'vitest'
import { present } from '../../../../src/base/assert.ts'
import { Deliveries } from '../../../../src/platform/libp2p/deliveries.ts'
import { Gossip, type GossipLimits } from '../../../../src/platform/libp2p/gossip.ts'
import { gossipRules } from '../../../../src/platform/libp2p/gossip-rules.ts'
import { PeerTable } from '../../../../src/platform/libp2p/peer-table.ts'
import { recorder } from './receiver.ts'

const text = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'
const neighbour: PeerId = peerIdFromString(text)

function world(limits: Partial<GossipLimits> = {}) {
  const validators = new Map<string, TopicValidatorFn>()
  const published: string[] = []
  const score = { value: 0 }
  const mesh = new Map([['news', new Set(['a', 'b'])]])
  const pubsub = {
    getSubscribers: () => [neighbour],
    topicValidators: validators,
    subscribe: (topic: string) => void published.push(`subscribe ${topic}`),
    publish: async (topic: string, data?: Uint8Array) => {
      published.push(`${topic} ${data?.length}`)
      throw new Error('PublishError.Duplicate')
    },
  }
  const peers = new PeerTable(60_000)
  const deliveries = new Deliveries()
  const recorded = recorder()
  deliveries.open(recorded.receiver, [])
  const given: GossipLimits = { unjudgedMax: 4, verdictMsMax: 60_000, ...limits }
  const parts = { pubsub, mesh, peers, deliveries, scoreOf: () => score.value }
  const node = new Gossip(parts, ['news', 'other'], given)
  const arrive = async (topic: string, data: Uint8Array): Promise<string> => {
    const validate = present(validators.get(topic), 'a validator')
    return await validate(neighbour, { type: 'unsigned', topic, data })
  }
  const connect = (): void => {
    peers.connected(text, () => {})
    peers.greeted({ peer: text, address: '', isDialled: true }, () => {})
  }
  return { node, published, peers, score, arrive, connect, heard: recorded.gossip }
}

describe('a message that arrives', () => {
  test('is put to the node, whose first verdict counts', async () => {
    for (const verdict of ['accept', 'ignore', 'reject'] as const) {
      const { node, arrive, connect, heard } = world()
      node.subscribe('news')
      connect()
      const frame = new Uint8Array(100).fill(3)
      const result = arrive('news', frame.subarray(10, 12))
      await turn()
      expect(heard[0]?.message).toEqual({
        topic: 'news',
        data: Uint8Array.of(3, 3),
        from: text,
      })
      // A copy: the frame it came in is not kept alive by it.
      expect(heard[0]?.message.data.buffer.byteLength).toBe(2)
      heard[0]?.verdict(verdict)
      heard[0]?.verdict('accept')
      expect(await result).toBe(verdict)
    }
  })

  test('is ignored if no verdict comes in time', async () => {
    const { node, arrive, connect, heard } = world({ verdictMsMax: 10 })
    node.subscribe('news')
    connect()
    expect(await arrive('news', Uint8Array.of(1))).toBe('ignore')
    heard[0]?.verdict('accept')
  })

  test('is rejected if it is too large, and handed up as nothing, whatever is said to that', async () => {
    const { node, arrive, connect, heard } = world()
    node.subscribe('news')
    connect()
    const arrived = arrive('news', new Uint8Array(16 * 1024 + 1))
    while (heard.length === 0) await sleep(1)
    expect(heard[0]?.message.data).toEqual(new Uint8Array(0))
    heard[0]?.verdict('accept')
    expect(await arrived).toBe('reject')
  })

  test('is ignored on a topic that was not subscribed to', async () => {
    const { arrive, connect } = world()
    connect()
    expect(await arrive('other', Uint8Array.of(1))).toBe('ignore')
  })

  test('waits until its neighbour is up', async () => {
    const { node, arrive, peers, heard } = world()
    node.subscribe('news')
    peers.connected(text, () => {})
    const result = arrive('news', Uint8Array.of(1))
    await turn()
    expect(heard).toEqual([])
    peers.greeted({ peer: text, address: '', isDialled: true }, () => {})
    await turn()
    heard[0]?.verdict('accept')
    expect(await result).toBe('accept')
  })

  test('is ignored if its neighbour never comes up', async () => {
    const { node, arrive, peers } = world()
    node.subscribe('news')
    peers.connected(text, () => {})
    const result = arrive('news', Uint8Array.of(1))
    peers.disconnected(text)
    expect(await result).toBe('ignore')
  })

  test('is ignored if too many wait for their verdicts, until there is room', async () => {
    const { node, arrive, connect, heard } = world({ unjudgedMax: 2 })
    node.subscribe('news')
    connect()
    const first = [1, 2].map((byte) => arrive('news', Uint8Array.of(byte)))
    expect(await arrive('news', Uint8Array.of(3))).toBe('ignore')
    await turn()
    expect(heard).toHaveLength(2)
    for (const { verdict } of heard) verdict('accept')
    expect(await Promise.all(first)).toEqual(['accept', 'accept'])
    const last = arrive('news', Uint8Array.of(4))
    await turn()
    heard[2]?.verdict('reject')
    expect(await last).toBe('reject')
  })
})

describe('publishing', () => {
  test('never fails, and drops what is too large', async () => {
    const { node, published } = world()
    node.publish('news', new Uint8Array(16 * 1024))
    node.publish('news', new Uint8Array(16 * 1024 + 1))
    await turn()
    expect(published).toEqual(['news 16384'])
  })

  test('passes a topic on to the mesh and to whom it favours, each counted once', () => {
    const { node } = world()
    expect(node.neighbours(() => true)).toEqual(new Map())
    node.subscribe('news')
    node.subscribe('other')
    expect(node.neighbours(() => false)).toEqual(
      new Map([
        ['news', 2],
        ['other', 0],
      ]),
    )
    expect(node.neighbours((peer) => peer === neighbour.toString()).get('news')).toBe(3)
    expect(node.neighbours((peer) => peer === 'a').get('other')).toBe(0)
  })

  test('subscribing to a topic that does not exist here is a fault of the code', () => {
    const { node, published } = world()
    node.subscribe('news')
    expect(published).toEqual(['subscribe news'])
    expect(() => node.subscribe('gossip')).toThrow('gossip is a topic of this network')
  })
})

describe('the rules', () => {
  const rules = gossipRules(['news', 'other'], (peer) => (peer === 'liar' ? -1_000 : 0))

  test('tell equal bytes on two topics apart, and only those', async () => {
    const id = async (topic: string, data: Uint8Array): Promise<string> => {
      const bytes = await rules.msgIdFn?.({ type: 'unsigned', topic, data })
      return String(bytes)
    }
    const a = await id('news', Uint8Array.of(1))
    expect(a.split(',')).toHaveLength(20)
    expect(await id('news', Uint8Array.of(1))).toBe(a)
    expect(await id('other', Uint8Array.of(1))).not.toBe(a)
    expect(await id('news', Uint8Array.of(2))).not.toBe(a)
    expect(await id('new', Uint8Array.of(0x73, 1))).not.toBe(a)
  })

  test('score every topic, and what is thought of a peer besides', () => {
    const { topics = {}, appSpecificScore, IPColocationFactorWhitelist } = rules.scoreParams ?? {}
    expect(Object.keys(topics)).toEqual(['news', 'other'])
    expect(topics.news?.invalidMessageDeliveriesWeight).toBe(-20)
    expect(topics.news?.meshMessageDeliveriesWeight).toBe(0)
    expect(appSpecificScore?.('liar')).toBe(-1_000)
    expect(appSpecificScore?.('other')).toBe(0)
    expect(IPColocationFactorWhitelist?.has('127.0.0.1')).toBe(true)
    expect(rules.allowedTopics).toEqual(['news', 'other'])
    expect(rules.globalSignaturePolicy).toBe('StrictNoSign')
  })
})

describe('a neighbour', () => {
  test('is unheard below the score at which gossipsub throws its frames away', () => {
    const { node, score } = world()
    const { graylistThreshold = 0 } = gossipRules([], () => 0).scoreThresholds ?? {}
    score.value = graylistThreshold
    expect(node.isUnheard(text)).toBe(false)
    score.value = graylistThreshold - 1
    expect(node.isUnheard(text)).toBe(true)
  })
})

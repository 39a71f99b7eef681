/** What links are like for a while (N2, N8, N13), and what befalls single messages, where messages can be seen (N3, N4, N9). */
import { loseInBursts } from '../../burst-loss.ts'
import { uniform } from '../../distribution.ts'
import { type LinkChange, narrow, slowReader } from '../../link-changes.ts'
import { abortAnswers, reorder, replay } from '../../message-rules.ts'
import type { LinkRule } from '../../rules.ts'
import type { Cluster } from '../cluster.ts'
import {
  drawNode,
  drawSpan,
  type FaultRule,
  type Lasting,
  type Mend,
  type OnNode,
} from './fault.ts'
import { inForce } from './link.ts'

type Rate = Lasting & { readonly perMillion: number }

/** What waits longer than this at a narrow place is dropped, as by a finite queue. */
const backlogMsMax = 2_000

export const burstLossFault: FaultRule<
  'burst-loss',
  Lasting & { readonly worsenPerMillion: number; readonly burst: number }
> = {
  kind: 'burst-loss',
  ids: ['N2'],
  aliases: [],
  what: 'each direction between two nodes loses nothing for long, and then many messages in a row (Gilbert and Elliott)',
  range:
    'a burst of 5 to 55 messages of which nine in ten are lost, after 20 to 1,000 messages; 0.1 to 30 s',
  draw: (random) => ({
    worsenPerMillion: 1_000 + random.below(49_000),
    burst: 5 + random.below(50),
    ...drawSpan(random),
  }),
  strike: (cluster, { worsenPerMillion, burst }, name) => {
    const recoverPerMillion = Math.floor(1_000_000 / burst)
    const loss = { lossWhenGoodPerMillion: 0, lossWhenBadPerMillion: 900_000 }
    const bursts = { worsenPerMillion, recoverPerMillion, ...loss }
    return inForce(cluster, name, loseInBursts(bursts, cluster.simulation.random.fork(name)))
  },
}

/** Changes what links are like, and says how to take that back. */
function changed({ simulation }: Cluster, name: string, change: LinkChange): Mend {
  const { linkChanges } = simulation.network
  linkChanges.add(name, change)
  return () => linkChanges.remove(name)
}

export const narrowLinksFault: FaultRule<
  'narrow-links',
  Lasting & { readonly bytesPerSecond: number }
> = {
  kind: 'narrow-links',
  ids: ['N8'],
  aliases: ['NetworkCongestion'],
  what: 'every link carries little, and drops what would wait for more than two seconds',
  range: '2 to 100 kB/s; 0.1 to 30 s',
  draw: (random) => ({ bytesPerSecond: 2_000 + random.below(98_000), ...drawSpan(random) }),
  strike: (cluster, { bytesPerSecond }, name) =>
    changed(cluster, name, narrow(bytesPerSecond, backlogMsMax)),
}

export const slowReaderFault: FaultRule<
  'slow-reader',
  OnNode & Lasting & { readonly bytesPerSecond: number }
> = {
  kind: 'slow-reader',
  ids: ['N13'],
  aliases: ['SlowPeer'],
  what: 'a node takes in little of each peer, and what is for it waits there',
  range: '500 to 20,000 B/s; 0.1 to 30 s',
  draw: (random, realm) => ({
    ...drawNode(random, realm),
    bytesPerSecond: 500 + random.below(19_500),
    ...drawSpan(random),
  }),
  strike: (cluster, { node, bytesPerSecond }, name) =>
    changed(cluster, name, slowReader([node], bytesPerSecond)),
}

/** A rule about messages, where the network lets them be seen; elsewhere nothing happens. */
function ofMessages(cluster: Cluster, name: string, rule: LinkRule): Mend | undefined {
  const { rules } = cluster.simulation.network
  return rules.carriage === 'messages' ? inForce(cluster, name, rule) : undefined
}

/** Gossipsub remembers for two minutes what it has brought (`src/platform/libp2p/gossip-rules.ts`), and what is older comes as news. */
const memoryUs = 120_000_000
const oldAge = uniform(125_000_000, 180_000_000)

export const replayFault: FaultRule<'replay', Rate> = {
  kind: 'replay',
  ids: ['N3'],
  aliases: [],
  what: 'gossip that the network has forgotten comes once more (on the model)',
  range: '0.1 to 10 % of messages, two to three minutes old; 0.1 to 30 s',
  draw: (random) => ({ perMillion: 1_000 + random.below(99_000), ...drawSpan(random) }),
  strike: (cluster, { perMillion }, name) => {
    const rule = replay(perMillion, oldAge, memoryUs, cluster.simulation.random.fork(name))
    return ofMessages(cluster, name, rule)
  },
}

export const reorderFault: FaultRule<'reorder', Rate> = {
  kind: 'reorder',
  ids: ['N4'],
  aliases: [],
  what: 'gossip is overtaken by what was sent later (on the model)',
  range: '1 to 50 % of messages, within two seconds; 0.1 to 30 s',
  draw: (random) => ({ perMillion: 10_000 + random.below(490_000), ...drawSpan(random) }),
  strike: (cluster, { perMillion }, name) => {
    const rule = reorder(
      perMillion,
      uniform(1_000, 2_000_000),
      cluster.simulation.random.fork(name),
    )
    return ofMessages(cluster, name, rule)
  },
}

export const abortAnswersFault: FaultRule<'abort-answers', Rate> = {
  kind: 'abort-answers',
  ids: ['N9'],
  aliases: [],
  what: 'the streams of requests are reset when half of their answers have come (on the model)',
  range: '1 to 50 % of answers; 0.1 to 30 s',
  draw: (random) => ({ perMillion: 10_000 + random.below(490_000), ...drawSpan(random) }),
  strike: (cluster, { perMillion }, name) =>
    ofMessages(cluster, name, abortAnswers(perMillion, cluster.simulation.random.fork(name))),
}

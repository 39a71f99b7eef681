/**
 * Many peers of one node in this process: each has a network of its own, takes part in gossip, and says where it stands
 * when it is asked. Arguments: a number of this process, the peers, the node's address, the chain's tag and genesis.
 * Tells when all are connected.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { assert, present } from '../../src/base/assert.ts'
import { fromHex } from '../../src/base/bytes.ts'
import { openLibp2pNetwork, type PlatformNetwork } from '../../src/platform/network.ts'
import { protocolId } from '../../src/protocol/wire/requests.ts'
import { encodeStatus } from '../../src/protocol/wire/status.ts'
import { numberArgument } from '../program.ts'
import { serveParent, tellParent } from './child.ts'
import { benchOptions, listener } from './listener.ts'

/** A node takes 25 connections a second from one host; two such processes share that. */
const perSecond = 12
const triesMax = 50

const [own = 0, count = 0] = [0, 1].map(numberArgument)
const [address = '', tag = '', genesis = ''] = process.argv.slice(4)
const chainTag = present(fromHex(tag), 'a tag')
const prefix = `/alys/${tag}`
const topics = [`${prefix}/consensus/1`, `${prefix}/transactions/1`]
const status = encodeStatus({
  ...{ chainTag, genesis, certified: undefined, head: { height: 0, slot: 0 } },
  ...{ availableFrom: 0, statement: undefined },
})

async function join(number: number): Promise<PlatformNetwork> {
  const network = await openLibp2pNetwork({
    ...benchOptions(number, []),
    topics,
    protocols: Object.values(protocolId),
  })
  network.open({
    ...listener,
    request: ({ protocol }, answer) => answer(protocol === protocolId.status ? status : undefined),
  })
  for (const topic of topics) network.subscribe(topic)
  for (let tries = 0; !(await isDialled(network)); tries += 1) {
    assert(tries < triesMax, 'a node that lets peers in')
    await sleep(200)
  }
  return network
}

function isDialled(network: PlatformNetwork): Promise<boolean> {
  return new Promise((resolve) => network.dial(address, ({ ok }) => resolve(ok)))
}

serveParent(() => undefined)
const joining: Promise<PlatformNetwork>[] = []
for (let i = 0; i < count; i += 1) {
  joining.push(join(1 + own * count + i))
  await sleep(1_000 / perSecond)
}
await Promise.all(joining)
tellParent('all in')

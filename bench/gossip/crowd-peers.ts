/**
 * Many peers of one node in this process: each has a network of its own, takes part in gossip, and says where it stands
 * when it is asked. Arguments: a number of this process, the peers, the node's address, the chain's tag and genesis.
 * Tells when all have dialled.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { present } from '../../src/base/assert.ts'
import { fromHex } from '../../src/base/bytes.ts'
import { openLibp2pNetwork } from '../../src/platform/network.ts'
import { protocolId, wireVersions } from '../../src/protocol/wire/requests.ts'
import { encodeStatus } from '../../src/protocol/wire/status.ts'
import { numberArgument } from '../program.ts'
import { serveParent, tellParent } from './child.ts'
import { benchOptions, listener } from './listener.ts'

/** A node takes 25 connections a second from one host; two such processes share that. */
const perSecond = 12
const againMs = 1_000

const [own = 0, count = 0] = [0, 1].map(numberArgument)
const [address = '', tag = '', genesis = ''] = process.argv.slice(4)
const chainTag = present(fromHex(tag), 'a tag')
const prefix = `/alys/${tag}`
const topics = [`${prefix}/consensus/1`, `${prefix}/transactions/1`]
const status = encodeStatus({
  ...{ chainTag, genesis, certified: undefined, head: { height: 0, slot: 0 } },
  ...{ availableFrom: 0, statement: undefined, versions: wireVersions },
})

/** Opens a peer that dials the node until it is let in, and again whenever it is sent away: there is a crowd at the door. */
async function join(number: number): Promise<void> {
  const network = await openLibp2pNetwork({
    ...benchOptions(number, []),
    topics,
    protocols: Object.values(protocolId),
  })
  const dial = (): void => {
    network.dial(address, ({ ok }) => {
      if (!ok) setTimeout(dial, againMs)
    })
  }
  network.open({
    ...listener,
    peerDown: () => setTimeout(dial, againMs),
    request: ({ protocol }, answer) => answer(protocol === protocolId.status ? status : undefined),
  })
  for (const topic of topics) network.subscribe(topic)
  dial()
}

serveParent(() => undefined)
for (let i = 0; i < count; i += 1) {
  await join(1 + own * count + i)
  await sleep(1_000 / perSecond)
}
tellParent('all have dialled')

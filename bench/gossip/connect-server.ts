/** Whom others connect to: tells its address, and, when it is asked, when somebody was up here. */
import { z } from 'zod'
import { openLibp2pNetwork } from '../../src/platform/network.ts'
import { serveParent, tellParent } from './child.ts'
import { benchOptions, listener } from './listener.ts'
import { nowMs } from './timing.ts'

const ups = new Map<string, number>()
const waiting = new Map<string, () => void>()
const network = await openLibp2pNetwork(benchOptions(0, ['/ip4/127.0.0.1/tcp/0']))
network.open({
  ...listener,
  peerUp: (peer) => {
    ups.set(peer, nowMs())
    waiting.get(peer)?.()
  },
})

const orderSchema = z.object({ upAt: z.string() })

serveParent(async (order) => {
  const { upAt: peer } = orderSchema.parse(order)
  if (!ups.has(peer)) await new Promise<void>((resolve) => waiting.set(peer, resolve))
  return ups.get(peer)
})
tellParent(network.addresses()[0])

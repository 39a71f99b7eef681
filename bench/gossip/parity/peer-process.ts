/** One peer of a load, in a process of its own. Arguments: its number, the bytes of a body, and how bodies travel. */
import { z } from 'zod'
import { openLibp2pNetwork } from '../../../src/platform/network.ts'
import { Announcer } from '../../announcer.ts'
import { numberArgument } from '../../program.ts'
import { serveParent, tellParent } from '../child.ts'
import { benchOptions } from '../listener.ts'
import { tallySockets } from '../socket-tally.ts'
import { nowMs } from '../timing.ts'
import { announcements } from './load.ts'

const [own = 0, bodyBytes = 0] = [0, 1].map(numberArgument)
const way = z.enum(['gossiped', 'fetched']).parse(process.argv[4])
const socketBytes = tallySockets()
const network = await openLibp2pNetwork(benchOptions(own, ['/ip4/127.0.0.1/tcp/0']))
const announced: [number, number][] = []
const delivered: [number, number][] = []
const peer = new Announcer(network, [], {
  ...{ ...announcements, bodyBytes, way },
  onBlock: (number) => delivered.push([number, nowMs()]),
})

const orderSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('dial'), dial: z.array(z.string()) }),
  z.object({ kind: z.literal('announce'), block: z.number() }),
  z.object({ kind: z.literal('tell') }),
  z.object({ kind: z.literal('end') }),
])

serveParent((message) => {
  const order = orderSchema.parse(message)
  const { bytesSent } = socketBytes()
  switch (order.kind) {
    case 'dial':
      for (const address of order.dial) network.dial(address, () => undefined)
      return {}
    case 'announce':
      announced.push([order.block, nowMs()])
      peer.announce(order.block)
      return {}
    case 'tell':
      return { bytesSent }
    case 'end':
      return { bytesSent, announced, delivered }
  }
})
tellParent({ address: network.addresses()[0] })

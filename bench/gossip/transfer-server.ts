/** Answers every request with as many bytes as its argument says. Tells its address. */
import { randomBytes } from 'node:crypto'
import { openLibp2pNetwork } from '../../src/platform/network.ts'
import { numberArgument } from '../program.ts'
import { serveParent, tellParent } from './child.ts'
import { benchOptions, listener } from './listener.ts'

const [bytes = 0] = [0].map(numberArgument)
const body = new Uint8Array(randomBytes(bytes))
const network = await openLibp2pNetwork(benchOptions(0, ['/ip4/127.0.0.1/tcp/0']))
network.open({ ...listener, request: (_, answer) => answer(body) })
serveParent(() => undefined)
tellParent(network.addresses()[0])

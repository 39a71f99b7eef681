/**
 * One of the importers that ours is compared with, in a process that measures itself. Arguments: `one` or `batched`, an
 * empty folder for the data, the address of the plain server, its port, the senders of its chain, the height to reach.
 */
import { writeSync } from 'node:fs'
import { topicsOf } from '../../src/actors/network/topics.ts'
import { assert } from '../../src/base/assert.ts'
import { nativeCrypto } from '../../src/platform/crypto.ts'
import { openLibp2pNetwork, type PlatformNetwork } from '../../src/platform/network.ts'
import { openCallingThreadJudge } from '../../src/platform/validation/open-judge.ts'
import { defaultWorkers } from '../../src/platform/validation/pool.ts'
import { openVerifier } from '../../src/platform/verifier.ts'
import { numberArgument } from '../program.ts'
import { openDataFolder } from './data-folder.ts'
import { startMeter, watchSockets } from './meter.ts'
import {
  decodePlainAnswer,
  encodePlainRequest,
  type PlainAnswer,
  type PlainRequest,
  plainProtocol,
} from './plain-protocol.ts'
import { openSenders } from './senders.ts'
import { importBatches, importOneByOne } from './sequential.ts'
import { benchChain, benchMembers, keysOf } from './settings.ts'

/** As many as a range of the node has. */
const batchCount = 128
const deadlineMs = 10_000

watchSockets()
const [way = '', folder = '', address = ''] = process.argv.slice(2)
const [port = 0, senders = 0, height = 0] = [3, 4, 5].map(numberArgument)
const chain = benchChain(benchMembers(), openSenders(senders).keys)
const crypto = nativeCrypto()
const data = await openDataFolder(folder, chain, crypto.verifyEd25519)
const topics = topicsOf(chain)
const network = await openLibp2pNetwork({
  seed: keysOf('client').peerSeed,
  listen: [],
  topics: [topics.consensus, topics.transactions],
  protocols: [],
})
network.open({
  peerUp: () => undefined,
  peerDown: () => undefined,
  peerFound: () => undefined,
  gossip: (_, verdict) => verdict('ignore'),
  request: (_, answer) => answer(undefined),
})
const judge = await openCallingThreadJudge((error) => {
  throw error
})
const verifier = openVerifier({ workers: way === 'batched' ? defaultWorkers() : 0, judge })

function fetchFrom(
  { request }: { readonly request: PlatformNetwork['request'] },
  peer: string,
): (asked: PlainRequest) => Promise<PlainAnswer> {
  return (asked) =>
    new Promise((resolve, reject) => {
      const body = encodePlainRequest(asked)
      request({ peer, protocol: plainProtocol, body, deadlineMs }, (outcome) => {
        if (!outcome.ok) return reject(new Error(`no answer: ${outcome.fault.detail}`))
        resolve(decodePlainAnswer(outcome.value, chain.committee.members.length))
      })
    })
}

function dial(): Promise<string> {
  return new Promise((resolve, reject) => {
    network.dial(address, (outcome) => {
      if (outcome.ok) resolve(outcome.value)
      else reject(new Error(`cannot dial: ${outcome.fault.detail}`))
    })
  })
}

assert(way === 'one' || way === 'batched', 'a way to import')
const meter = startMeter(port)
const request: PlatformNetwork['request'] = (asked, done) => network.request(asked, done)
const parts = { chain, data, fetch: fetchFrom({ request }, await dial()) }
const last =
  way === 'one'
    ? await importOneByOne(parts, crypto, height)
    : await importBatches(parts, verifier, { count: batchCount, height })
const measured = meter.read(height, last.hash)
await network.close()
await verifier.close()
await data.close()
// At once: the process may end before a pipe has taken it.
writeSync(1, `${JSON.stringify(measured)}\n`)
process.exit()

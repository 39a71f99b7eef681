/**
 * Serves the chain of a data folder to the importers that ours is compared with, over libp2p as a node has it. Arguments:
 * the folder, the senders of its chain, the port. Says so on standard output when it listens; runs until it is told to
 * stop.
 */

import { topicsOf } from '../../src/actors/network/topics.ts'
import { keys } from '../../src/actors/storage/keys.ts'
import { openRecord } from '../../src/actors/storage/record.ts'
import { assert, present } from '../../src/base/assert.ts'
import type { Entry, KeyRange, Store } from '../../src/kernel/environment.ts'
import { openLibp2pNetwork } from '../../src/platform/network.ts'
import { openLevelStore } from '../../src/platform/store.ts'
import { numberArgument } from '../program.ts'
import { decodePlainRequest, encodePlainAnswer, plainProtocol } from './plain-protocol.ts'
import { openSenders } from './senders.ts'
import { benchChain, benchMembers, keysOf } from './settings.ts'

const folder = process.argv[2] ?? ''
const [senders = 0, port = 0] = [1, 2].map(numberArgument)
const chain = benchChain(benchMembers(), openSenders(senders).keys)
const opened = await openLevelStore(folder)
assert(opened.ok, `the data of a chain: ${opened.ok || opened.fault.detail}`)
const store = opened.value
const topics = topicsOf(chain)
const network = await openLibp2pNetwork({
  seed: keysOf('server').peerSeed,
  listen: [`/ip4/127.0.0.1/tcp/${port}`],
  topics: [topics.consensus, topics.transactions],
  protocols: [plainProtocol],
})

function scan(from: Store, range: KeyRange): Promise<readonly Entry[]> {
  return new Promise((resolve, reject) => {
    from.scan(range, (found) => {
      if (found.ok) resolve(found.value)
      else reject(new Error(found.fault.detail))
    })
  })
}

function contentOf({ key, value }: Entry): Uint8Array {
  return present(openRecord(key, value), `a sound record at ${key}`)
}

async function answerOf(body: Uint8Array): Promise<Uint8Array> {
  const { fromHeight, count } = decodePlainRequest(body)
  const [from, to] = [fromHeight, fromHeight + count]
  const blocks = { from: keys.blockAt(from), to: keys.blockAt(to), limit: count }
  const last = { from: keys.finalisationAt(from), to: keys.finalisationAt(to), limit: 1 }
  const [records, [final]] = await Promise.all([
    scan(store, blocks),
    scan(store, { ...last, reverse: true }),
  ])
  if (final === undefined) return encodePlainAnswer(records.map(contentOf), new Uint8Array(0))
  const end = final.key.replace('final/', 'block/')
  const covered = records.filter(({ key }) => key <= end)
  return encodePlainAnswer(covered.map(contentOf), contentOf(final))
}

network.open({
  peerUp: () => undefined,
  peerDown: () => undefined,
  peerFound: () => undefined,
  gossip: (_, verdict) => verdict('ignore'),
  request: ({ body }, answer) => {
    answerOf(body).then(answer, (error: unknown) => {
      process.stderr.write(`refused: ${error}\n`)
      answer(undefined)
    })
  },
})
process.stdout.write('listens\n')
process.once('SIGTERM', async () => {
  await network.close()
  await store.close()
  process.exit()
})

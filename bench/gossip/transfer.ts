/**
 * How fast answers come in over Noise, through the node's own network, and what goes over the wire for them. Arguments:
 * the bytes of an answer, how many answers, how many requests at once, the iterations.
 */
import { z } from 'zod'
import { assert } from '../../src/base/assert.ts'
import { openLibp2pNetwork } from '../../src/platform/network.ts'
import { numberArgument, type Sample, timed, writeReport } from '../program.ts'
import { startChild } from './child.ts'
import { benchOptions, listener, protocol } from './listener.ts'
import { tallySockets } from './socket-tally.ts'
import { amountSample } from './timing.ts'

const deadlineMs = 30_000

const [bytes = 0, answers = 0, lanes = 0, iterations = 0] = [0, 1, 2, 3].map(numberArgument)
const socketBytes = tallySockets()
const server = startChild('transfer-server.ts', bytes)
const address = z.string().parse(await server.ready)
const network = await openLibp2pNetwork(benchOptions(1, []))
network.open(listener)
const peer = await new Promise<string>((resolve) => {
  network.dial(address, (outcome) => {
    assert(outcome.ok, `a connection: ${outcome.ok || outcome.fault.detail}`)
    resolve(outcome.value)
  })
})

function ask(): Promise<void> {
  const body = new Uint8Array(16)
  return new Promise((resolve) => {
    network.request({ peer, protocol, body, deadlineMs }, (answer) => {
      assert(answer.ok && answer.value.length === bytes, 'a whole answer')
      resolve()
    })
  })
}

/** All answers, so many at once. Answers how many bytes they held. */
async function transfer(): Promise<number> {
  let left = answers
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      await ask()
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return answers * bytes
}

await transfer()
const samples: Sample[] = []
for (let i = 0; i < iterations; i += 1) {
  const before = socketBytes()
  samples.push({ ...(await timed(transfer, 'process')), part: 'payload' })
  const { bytesReceived, bytesSent } = socketBytes()
  const onWire = bytesReceived + bytesSent - before.bytesReceived - before.bytesSent
  samples.push(amountSample('wire for each byte', onWire / (answers * bytes)))
}
server.end()
await network.close()
writeReport({ samples, check: '' })

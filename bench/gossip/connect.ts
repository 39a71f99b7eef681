/**
 * How long it takes to connect: from the dial until both sides have been told that the other is up, which takes TCP,
 * Noise, Yamux and identify. Arguments: how often.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { assert } from '../../src/base/assert.ts'
import { openLibp2pNetwork, type PlatformNetwork } from '../../src/platform/network.ts'
import { numberArgument, type Sample, writeReport } from '../program.ts'
import { startChild } from './child.ts'
import { benchOptions, listener } from './listener.ts'
import { millisSample, nowMs } from './timing.ts'

const pauseMs = 20
const warmUps = 5

const [count = 0] = [0].map(numberArgument)
const server = startChild('connect-server.ts')
const address = z.string().parse(await server.ready)

/** Each time from somebody new. */
async function connectOnce(number: number): Promise<number> {
  const network = await openLibp2pNetwork(benchOptions(number, []))
  const { promise: up, resolve } = Promise.withResolvers<number>()
  network.open({ ...listener, peerUp: () => resolve(nowMs()) })
  const beganMs = nowMs()
  await dialled(network)
  const here = await up
  const there = z.number().parse(await server.ask({ upAt: network.self }))
  await network.close()
  return Math.max(here, there) - beganMs
}

function dialled(network: PlatformNetwork): Promise<void> {
  return new Promise((resolve) => {
    network.dial(address, (outcome) => {
      assert(outcome.ok, `a connection: ${outcome.ok || outcome.fault.detail}`)
      resolve()
    })
  })
}

const samples: Sample[] = []
for (let number = 1; number <= warmUps + count; number += 1) {
  const millis = await connectOnce(number)
  if (number > warmUps) samples.push(millisSample('both up', millis))
  await sleep(pauseMs)
}
server.end()
writeReport({ samples, check: '' })

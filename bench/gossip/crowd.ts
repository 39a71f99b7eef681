/**
 * What it takes to hold very many peers: one process of `alys node` that follows a chain nobody extends, and peers of two
 * other processes, each with the whole network and the handshake of a node. Arguments: the peers, the seconds of rest.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { assert } from '../../src/base/assert.ts'
import { toHex } from '../../src/base/bytes.ts'
import { numberArgument, type Sample, writeReport } from '../program.ts'
import { host } from '../sync/node-files.ts'
import { inScene, type Scene } from '../sync/scene.ts'
import { type Child, startChild } from './child.ts'
import { call, portsOf, writeFederation } from './federation.ts'
import { startNodeProcess } from './node-process.ts'
import { amountSample } from './timing.ts'

const dialers = 2
const startMsMax = 30_000
/** From the last dial until all are in. */
const crowdMsMax = 60_000
/** Until the last handshakes are over and garbage is collected. */
const settleMs = 3_000

const [peers = 0, restSeconds = 0] = [0, 1].map(numberArgument)
/** A fifth of these is kept for those whom the node dials. */
const targetMax = 50
/** A tenth of the places is kept for miners, and some for those whom the node dials. */
const places = Math.ceil(1.2 * peers) + 50
const plan = {
  ...{ members: 2, followers: 1, slotMs: 2_000, senders: 1 },
  tuning: [`peers_max = ${places}`, `peers_target = ${Math.min(places, targetMax)}`],
}

async function crowd(scene: Scene): Promise<readonly Sample[]> {
  const { chain, nodes } = await writeFederation(scene, plan)
  const place = nodes[2]
  assert(place !== undefined, 'a follower')
  const node = startNodeProcess(place.configFile)
  const children: Child[] = []
  try {
    await answers(place.rpcUrl)
    const alone = await node.read()
    const beginMs = performance.now()
    const address = `/ip4/${host}/tcp/${place.p2pPort}`
    for (let i = 0; i < dialers; i += 1) {
      const [tag, genesis] = [toHex(chain.tag), chain.genesis.hash]
      children.push(startChild('crowd-peers.ts', i, peers / dialers, address, tag, genesis))
    }
    await Promise.all(children.map(({ ready }) => ready))
    await allHeld(place.rpcUrl)
    const seconds = (performance.now() - beginMs) / 1_000
    const met = await node.read()
    await sleep(settleMs)
    const before = await node.read()
    await sleep(1_000 * restSeconds)
    const after = await node.read()
    const held = await heldBy(place.rpcUrl)
    assert(held >= peers, `all peers are held: ${held} of ${peers}`)
    return [
      amountSample('peers held', held),
      amountSample('seconds until all were in', seconds),
      amountSample('resident bytes alone', alone.residentBytes),
      amountSample('resident bytes', after.residentBytes),
      amountSample('CPU ms for each that came', (met.cpuMs - alone.cpuMs) / peers),
      amountSample('CPU at rest, %', (after.cpuMs - before.cpuMs) / (10 * restSeconds)),
    ]
  } finally {
    for (const child of children) child.end()
    await node.stop()
  }
}

async function answers(url: string): Promise<void> {
  const endMs = performance.now() + startMsMax
  while ((await call(url, 'alys_getProcess')) === undefined) {
    assert(performance.now() < endMs, 'a node that starts')
    await sleep(50)
  }
}

/** Waits until everybody has a place: with many at the door, some are sent away and come again. */
async function allHeld(url: string): Promise<void> {
  const endMs = performance.now() + crowdMsMax
  for (let held = 0; held < peers; held = await heldBy(url)) {
    assert(performance.now() < endMs, `all peers are let in: ${held} of ${peers} are`)
    await sleep(2_000)
  }
}

const peersSchema = z.array(z.object({ isConnected: z.boolean() }))

async function heldBy(url: string): Promise<number> {
  const all = peersSchema.parse(await call(url, 'alys_getPeers'))
  return all.filter(({ isConnected }) => isConnected).length
}

const samples = await inScene(portsOf(plan), crowd)
writeReport({ samples, check: '' })

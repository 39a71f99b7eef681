/**
 * One sync between two nodes, each a process of `alys node` over loopback: one has the chain, the other nothing.
 * Arguments: the data folder of the chain, its senders, its height, and `profiled` if the stages of the client are
 * wanted, which costs it a few hundredths.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { assert } from '../../src/base/assert.ts'
import { numberArgument, writeReport } from '../program.ts'
import { readMeasured } from './measured.ts'
import { host, type NodePlace, writeChainFile, writeNodeFiles } from './node-files.ts'
import { type Running, runNode, stop } from './processes.ts'
import { type StageTimes, stageTimesOf } from './profile.ts'
import { type Outcome, reportOf } from './samples.ts'
import { inScene, type Scene } from './scene.ts'
import { openSenders } from './senders.ts'
import { benchChain, benchMembers } from './settings.ts'

const lookMs = 50
const startMsMax = 60_000

const folderOfChain = process.argv[2] ?? ''
const [senders = 0, height = 0] = [1, 2].map(numberArgument)
const isProfiled = process.argv[5] === 'profiled'

async function sync({ folder, ports }: Scene): Promise<Outcome> {
  const members = benchMembers()
  writeChainFile(folder, benchChain(members, openSenders(senders).keys), members)
  const [serving = 0, servingRpc = 0, syncing = 0, syncingRpc = 0] = ports
  const place = (name: string, dataFolder: string, p2p: number, rpc: number): NodePlace => {
    return { name, dataFolder, ports: { p2p, rpc } }
  }
  const served = place('server', folderOfChain, serving, servingRpc)
  const syncer = place('client', 'data', syncing, syncingRpc)
  const serverFile = join(folder, 'server.json')
  const clientFile = join(folder, 'client.json')
  const profile = join(folder, 'client.cpuprofile')
  const order = { peerPort: serving, height }
  const server = runNode(await writeNodeFiles(folder, served, []), {
    ...{ ...order, rpcUrl: rpcUrl(servingRpc), until: 'exit', file: serverFile },
  })
  try {
    await answers(server, servingRpc)
    const client = runNode(await writeNodeFiles(folder, syncer, [served]), {
      ...{ ...order, rpcUrl: rpcUrl(syncingRpc), until: 'height', file: clientFile },
      ...(isProfiled && { profile }),
    })
    await client.ended
  } finally {
    await stop(server)
  }
  assert(existsSync(clientFile), 'a client that came to its end')
  const client = readMeasured(readFileSync(clientFile, 'utf8'))
  const stageTimes = (): StageTimes =>
    stageTimesOf(readFileSync(profile, 'utf8'), client.mainThreadCpuMs)
  return {
    client,
    serverCpuMs: readMeasured(readFileSync(serverFile, 'utf8')).cpuMs,
    ...(isProfiled && { stageTimes: stageTimes() }),
  }
}

function rpcUrl(port: number): string {
  return `http://${host}:${port}`
}

/** Waits until a node answers calls: then its data is open and its ports are its own. */
async function answers({ child, ended }: Running, port: number): Promise<void> {
  const end = performance.now() + startMsMax
  for (;;) {
    const isUp = await fetch(rpcUrl(port)).then(
      () => true,
      () => false,
    )
    if (isUp) return
    if (child.exitCode !== null) throw new Error(`the server ended: ${await ended}`)
    assert(performance.now() < end, 'a server that starts')
    await sleep(lookMs)
  }
}

writeReport(reportOf(await inScene(4, sync)))

/**
 * One import by an importer that ours is compared with, from a plain server in a process of its own. Arguments: `one` or
 * `batched`, the data folder of the chain, its senders, the height to reach.
 */
import { join } from 'node:path'
import { numberArgument, writeReport } from '../program.ts'
import { readMeasured } from './measured.ts'
import { dialledAddress } from './node-files.ts'
import { type Running, runProgram, stop } from './processes.ts'
import { type Outcome, reportOf } from './samples.ts'
import { inScene, type Scene } from './scene.ts'

const [way = '', folderOfChain = ''] = process.argv.slice(2)
const [senders = 0, height = 0] = [2, 3].map(numberArgument)

async function importAll({ folder, ports: [port = 0] }: Scene): Promise<Outcome> {
  const server = runProgram('plain-server.ts', folderOfChain, senders, port)
  try {
    await listens(server)
    const place = { name: 'server', dataFolder: '', ports: { p2p: port, rpc: 0 } }
    const address = await dialledAddress(place)
    const data = join(folder, 'data')
    const args = [way, data, address, port, senders, height]
    const client = runProgram('importer-process.ts', ...args)
    return { client: readMeasured(await client.ended) }
  } finally {
    await stop(server)
  }
}

/** The first that it says is that it listens. */
async function listens({ child, ended }: Running): Promise<void> {
  const said = new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()))
  const over = ended.then((output) => {
    throw new Error(`the server ended: ${output}`)
  })
  await Promise.race([said, over])
}

writeReport(reportOf(await inScene(1, importAll)))

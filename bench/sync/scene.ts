/** What two processes need to meet: a folder of their own that goes afterwards, and ports that are free. */
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { host } from './node-files.ts'

export interface Scene {
  readonly folder: string
  readonly ports: readonly number[]
}

/** Plays in a scene with so many ports, and clears up whatever comes of it. */
export async function inScene<Value>(
  portCount: number,
  play: (scene: Scene) => Promise<Value>,
): Promise<Value> {
  const folder = mkdtempSync(join(tmpdir(), 'alys-bench-sync-'))
  try {
    return await play({ folder, ports: await freePorts(portCount) })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Ports that nobody listens on; somebody might a moment later. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(0, host, resolve))
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(
    servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
  )
  return ports
}

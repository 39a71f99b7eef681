/** What a running node is asked from outside, and the making of a federation to ask. */
import { join } from 'node:path'
import { callNode, isRecord } from '../../src/cli/node/rpc-client.ts'
import { type AlysProcess, eventually, freePorts, startAlys } from './alys-process.ts'

/** A field of a field … of what a node answers; undefined if there is no answer. */
export async function answerAt(
  url: string,
  call: { readonly method: string; readonly params?: readonly unknown[] },
  path: readonly string[],
): Promise<unknown> {
  const answer = await callNode(url, call.method, call.params)
  let value = answer.ok ? answer.value : undefined
  for (const name of path) value = isRecord(value) ? value[name] : undefined
  return value
}

/** The committed height; −1 while a node does not answer. */
export async function heightOf(url: string): Promise<number> {
  const height = await answerAt(url, { method: 'alys_getHead' }, ['committed', 'height'])
  return typeof height === 'number' ? height : -1
}

/** The height, once it is `height` at least. */
export function reaches(url: string, height: number, msMax: number): Promise<number> {
  return eventually(`${url} at height ${height}`, msMax, async () => {
    const at = await heightOf(url)
    return at >= height ? at : undefined
  })
}

/** The hash of a committed block; undefined if the node has none at this height. */
export function hashAt(url: string, height: number): Promise<unknown> {
  return answerAt(url, { method: 'alys_getBlock', params: [height] }, ['hash'])
}

/** Runs `alys` to its end. */
export async function finished(
  ...args: readonly string[]
): Promise<AlysProcess & { readonly code: number | string }> {
  const run = startAlys(...args)
  return { ...run, code: await run.ended }
}

/** The files of a federation on this machine. */
export interface Federation {
  readonly nodes: readonly FederationNode[]
}

export interface FederationNode {
  readonly configFile: string
  readonly port: number
  readonly url: string
}

/** Writes the files of so many members. Throws if that fails. */
export async function initFederation(
  dir: string,
  count: number,
  slotMs: number,
): Promise<Federation> {
  const first = await freePorts(2 * count)
  const flags = ['--nodes', String(count), '--slot-ms', String(slotMs)]
  const init = await finished('init', '--dir', dir, ...flags, '--base-port', String(first))
  if (init.code !== 0) throw new Error(`alys init: ${init.stderr()}`)
  return {
    nodes: Array.from({ length: count }, (_, index) => ({
      configFile: join(dir, `node${index}`, 'config.toml'),
      port: first + 2 * index,
      url: `http://127.0.0.1:${first + 2 * index + 1}`,
    })),
  }
}

/**
 * A federation of real processes whose members reach each other by ways of the test alone, one for each pair and
 * direction: so that it can be split, and made whole again.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { openWay, type Way } from '../support/tcp-proxy.ts'
import { type FederationNode, initFederation } from './node-calls.ts'

/** Port of the discard protocol, where nobody listens: what members tell each other of themselves leads nowhere. */
const nowhere = 9
/** Members come back to each other as soon as they can. */
const tuning = ['[tuning]', 'dial_pause_ms_min = 250', 'dial_pause_ms_max = 1000', '']

export interface SplitFederation {
  readonly nodes: readonly FederationNode[]
  /**
   * Members of one group go on reaching each other over the connections that they have, and nobody else; those in no
   * group reach nobody. No way takes new ones: members tell each other of the ways that they know, for whomever these are.
   */
  split(groups: readonly (readonly number[])[], by: 'cut' | 'held'): void
  heal(): void
  close(): Promise<void>
}

export async function initSplitFederation(
  dir: string,
  count: number,
  slotMs: number,
): Promise<SplitFederation> {
  const { nodes } = await initFederation(dir, count, slotMs)
  const ways: { readonly from: number; readonly to: number; readonly way: Way }[] = []
  for (const [from, node] of nodes.entries()) {
    let text = readFileSync(node.configFile, 'utf8')
    for (const [to, other] of nodes.entries()) {
      if (from === to) continue
      const way = await openWay(other.port)
      ways.push({ from, to, way })
      text = text.replaceAll(`/tcp/${other.port}/p2p/`, `/tcp/${way.port}/p2p/`)
    }
    writeFileSync(node.configFile, [onWaysAlone(text, node.port), ...tuning].join('\n'))
  }
  return {
    nodes,
    split: (groups, by) => {
      const groupOf = (member: number): number => groups.findIndex((all) => all.includes(member))
      for (const { from, to, way } of ways) {
        const isOpen = groupOf(from) >= 0 && groupOf(from) === groupOf(to)
        way.set(isOpen ? 'kept' : by)
      }
    },
    heal: () => {
      for (const { way } of ways) way.set('open')
    },
    close: async () => {
      await Promise.all(ways.map(({ way }) => way.close()))
    },
  }
}

/** The configuration of a node that is met over TCP alone, and over the ways alone: else it would be dialled past them. */
function onWaysAlone(config: string, port: number): string {
  const listen = `listen = ["/ip4/127.0.0.1/tcp/${port}"]`
  const announced = `announce = ["/ip4/127.0.0.1/tcp/${nowhere}"]`
  return config
    .replace(/^listen = \[[^\]]*\]$/m, () => `${listen}\n${announced}`)
    .replace(/^mdns = true$/m, 'mdns = false')
    .replace(/^dht = true$/m, 'dht = false')
}

/** Real processes on this machine, each with the real network: TCP, Noise, Yamux, gossipsub. */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { startChild } from '../child.ts'
import {
  authorOf,
  blockEveryMs,
  type Load,
  type ParityWorld,
  type Played,
  peersOf,
  restMs,
  settleMs,
} from './load.ts'

const readySchema = z.object({ address: z.string() })
const toldSchema = z.object({ bytesSent: z.number() })
const endSchema = toldSchema.extend({
  announced: z.array(z.tuple([z.number(), z.number()])),
  delivered: z.array(z.tuple([z.number(), z.number()])),
})

export const processesWorld: ParityWorld = {
  name: 'processes',
  counts: 'bytes on the sockets, everything included',
  play,
}

async function play(load: Load): Promise<Played> {
  const peers = peersOf(load)
  const children = peers.map((_, i) => {
    return startChild('parity/peer-process.ts', i, load.bodyBytes, load.way)
  })
  try {
    const addresses = new Map<string, string>()
    for (const [i, child] of children.entries()) {
      addresses.set(peers[i]?.name ?? '', readySchema.parse(await child.ready).address)
    }
    for (const [i, child] of children.entries()) {
      const dial = (peers[i]?.neighbours ?? []).map((name) => addresses.get(name))
      await child.ask({ kind: 'dial', dial })
    }
    await sleep(settleMs)
    const before = await Promise.all(children.map((child) => child.ask({ kind: 'tell' })))
    for (let block = 1; block <= load.blocks; block += 1) {
      await children[authorOf(load, block)]?.ask({ kind: 'announce', block })
      await sleep(block < load.blocks ? blockEveryMs : restMs)
    }
    const after = await Promise.all(children.map((child) => child.ask({ kind: 'end' })))
    return playedOf(
      before.map((told) => toldSchema.parse(told)),
      after.map((told) => endSchema.parse(told)),
    )
  } finally {
    for (const child of children) child.end()
  }
}

function playedOf(
  before: readonly z.infer<typeof toldSchema>[],
  after: readonly z.infer<typeof endSchema>[],
): Played {
  const announcedMs = new Map(after.flatMap(({ announced }) => announced))
  return {
    deliveryMs: after.flatMap(({ delivered }) => {
      return delivered.map(([block, atMs]) => atMs - (announcedMs.get(block) ?? 0))
    }),
    wireBytes: after.reduce(
      (sum, told, i) => sum + told.bytesSent - (before[i]?.bytesSent ?? 0),
      0,
    ),
  }
}

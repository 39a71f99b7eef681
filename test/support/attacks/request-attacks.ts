/** What can be done to a node by asking it, and by not answering. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection, Stream } from '@libp2p/interface'
import { byteStream } from '@libp2p/utils'
import { frame, protocols, tags } from '../plain-peer/formats.ts'
import { readFrame } from '../plain-peer/peer.ts'
import type { Attack, Deeds } from './attack.ts'
import { type Target, welcomed } from './target.ts'

const hashBytes = 32
const farBytes = 2 * 1024 * 1024
const requestsMax = 200_000
const streamsTried = 400
/** A node asks for a status five times, three seconds each with a pause of one. */
const unansweredMs = 22_000

/** The largest request of its kind, which is answered; and one byte more, and 2 MiB, which are not read to their end. */
async function oversize(target: Target): Promise<Deeds> {
  const { peer, connection } = await welcomed(target)
  const fate = async (bytes: number): Promise<string> => {
    const stream = await connection.newStream(protocols.block)
    stream.send(frame(tags.request, new Uint8Array(bytes)))
    return await readFrame(byteStream(stream)).then(
      ({ tag }) => (tag === tags.answered ? 'answered' : 'refused'),
      () => 'stream reset',
    )
  }
  const [atLimit, above, far] = [
    await fate(hashBytes),
    await fate(hashBytes + 1),
    await fate(farBytes),
  ]
  const after = connection.status === 'open' ? 'still connected' : 'disconnected'
  const seen = `32 bytes: ${atLimit}; one more: ${above}; 2 MiB: ${far}; ${after}`
  return { did: '3 requests', attackers: [peer.id], seen }
}

/** Asks on and on over every stream that it gets, and reads nothing. */
async function neverReads(target: Target, msMax: number): Promise<Deeds> {
  const { peer, connection } = await welcomed(target)
  const streams: Stream[] = []
  for (let i = 0; i < 8; i += 1) {
    const stream = await connection.newStream(protocols.block)
    stream.pause()
    streams.push(stream)
  }
  const ask = frame(tags.request, new Uint8Array(32))
  const many = new Uint8Array(Buffer.concat(Array.from({ length: 100 }, () => ask)))
  const endMs = performance.now() + msMax
  let sent = 0
  while (sent < requestsMax && performance.now() < endMs) {
    const open = streams.filter(({ writeStatus }) => writeStatus === 'writable')
    if (open.length === 0) break
    for (const stream of open) {
      if (!trySend(stream, many)) continue
      sent += 100
    }
    await sleep(2)
  }
  const open = streams.filter(({ status }) => status === 'open').length
  const seen = `${open} of ${streams.length} streams are still open`
  return { did: `${sent} requests`, attackers: [peer.id], seen }
}

function trySend(stream: Stream, bytes: Uint8Array): boolean {
  try {
    return stream.send(bytes)
  } catch {
    return false
  }
}

/** More requests than anybody needs, each answered before the next. */
async function asksOnAndOn(target: Target, msMax: number): Promise<Deeds> {
  const { peer, connection } = await welcomed(target)
  const endMs = performance.now() + msMax
  const counts = { answered: 0, refused: 0 }
  const lane = async (): Promise<void> => {
    const stream = await connection.newStream(protocols.block)
    const bytes = byteStream(stream)
    while (performance.now() < endMs && counts.answered + counts.refused < requestsMax) {
      stream.send(frame(tags.request, new Uint8Array(32)))
      const { tag } = await readFrame(bytes)
      if (tag === tags.answered) counts.answered += 1
      else counts.refused += 1
    }
  }
  await Promise.all(Array.from({ length: 4 }, () => lane().catch(() => undefined)))
  const { answered, refused } = counts
  return {
    ...{ did: `${answered + refused} requests`, attackers: [peer.id] },
    seen: `${answered} answered, ${refused} refused`,
  }
}

/** As many streams as it can get, on which nothing is ever said. */
async function idleStreams(target: Target, msMax: number): Promise<Deeds> {
  const { peer, connection } = await welcomed(target)
  const names = [
    ...Object.values(protocols),
    '/ipfs/ping/1.0.0',
    '/ipfs/id/1.0.0',
    '/meshsub/1.1.0',
  ]
  const endMs = performance.now() + msMax
  const streams: Stream[] = []
  for (let tried = 0; tried < streamsTried && performance.now() < endMs; tried += 1) {
    const stream = await openStream(connection, names[tried % names.length] ?? '')
    if (stream !== undefined) streams.push(stream)
  }
  await sleep(Math.max(0, endMs - performance.now()))
  const open = streams.filter(({ status }) => status === 'open').length
  return {
    ...{ did: `${streamsTried} streams`, attackers: [peer.id] },
    seen: `${open} of them are still open`,
  }
}

async function openStream(connection: Connection, protocol: string): Promise<Stream | undefined> {
  try {
    return await connection.newStream(protocol, { signal: AbortSignal.timeout(500) })
  } catch {
    return undefined
  }
}

/** Takes every question and answers none. */
async function neverAnswers(target: Target): Promise<Deeds> {
  const peer = await target.open({ status: undefined })
  const connection = await peer.dial(target.address)
  const beginMs = performance.now()
  while (connection.status === 'open' && performance.now() - beginMs < unansweredMs)
    await sleep(100)
  const seconds = Math.round((performance.now() - beginMs) / 1_000)
  const seen = connection.status === 'open' ? 'still connected' : `sent away after ${seconds} s`
  return { did: '1 connection', attackers: [peer.id], seen }
}

export const requestAttacks: readonly Attack[] = [
  { name: 'requests at the limit, and above', fate: 'borne', run: oversize },
  { name: 'asking without reading', fate: 'borne', run: neverReads },
  { name: 'asking on and on', fate: 'borne', run: asksOnAndOn },
  { name: 'streams that are never used', fate: 'borne', run: idleStreams },
  { name: 'never answering', fate: 'sent away', run: neverAnswers },
]

/**
 * How long the peer actor takes for a report of service, which changes a peer's performance, and for one of an
 * offence, which changes its conduct; sync is told where it has to be. Arguments: the peers, the updates.
 */
import type { PeerMessage } from '../../src/actors/peer/messages.ts'
import { numberArgument, repeat, writeReport } from '../program.ts'
import { loneActor } from './lone-actor.ts'

const [peersCount = 0, updates = 0] = [0, 1].map(numberArgument)
const measurements = 5
/** One report in so many is of an offence. */
const offenceEvery = 50
/** Sync is told four times a second, so once in so many updates if there are four thousand a second. */
const tellEvery = 1_000
const tell: PeerMessage = { kind: 'tell-standings' }

const report = await repeat(measurements, () => {
  const { actor, peers, counts } = loneActor(peersCount, 0)
  const messages = Array.from({ length: updates }, (_, i): PeerMessage => {
    const peer = peers[(i * 7_919) % peers.length] ?? ''
    if (i % offenceEvery === 0) return { kind: 'report-peer', peer, offence: 'over-limit' }
    const bytes = 10_000 + (i % 1_000)
    return { kind: 'report-service', peer, outcome: 'served', bytes, elapsedMs: 20 + (i % 90) }
  })
  return {
    run: () => {
      for (let i = 0; i < updates; i += 1) {
        actor.receive(messages[i] ?? tell)
        if (i % tellEvery === 0) actor.receive(tell)
      }
      return updates
    },
    check: () => String(counts.told),
  }
})
writeReport(report)

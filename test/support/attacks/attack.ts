/** One attack, and what came of it. */
import { tallySockets } from '../../../bench/gossip/socket-tally.ts'
import { feelPulse, type PeerView, type Pulse, type Target } from './target.ts'

/** How a node is to deal with an attacker: for good, for now, or not at all, since it costs next to nothing. */
export type Fate = 'banned' | 'sent away' | 'borne'

/** What an attack did. */
export interface Deeds {
  /** How much of it, for the table. */
  readonly did: string
  /** The identities that it used. */
  readonly attackers: readonly string[]
  /** What else was seen, if anything is to be said. */
  readonly seen?: string
}

export interface Attack {
  readonly name: string
  readonly fate: Fate
  /** Ends after so many milliseconds at the latest, or sooner. */
  readonly run: (target: Target, msMax: number) => Promise<Deeds>
}

/** What an attack cost both sides, and how the node fared meanwhile. */
export interface Outcome {
  readonly name: string
  readonly deeds: Deeds
  readonly fate: Fate
  readonly seconds: number
  readonly pulse: Pulse
  readonly attacker: { readonly cpuMs: number; readonly bytesSent: number }
  readonly victim: {
    readonly cpuMs: number
    readonly bytesReceived: number
    readonly bytesSent: number
    /** By how much its memory has grown. */
    readonly grownBytes: number
    readonly residentBytes: number
  }
}

/** A ban follows an event, and comes a little later. */
const settleMs = 500

/** Call before any attack. */
export const ownSockets = tallySockets()

/** Runs an attack, and says what it cost. */
export async function measureAttack(
  target: Target,
  { name, run }: Attack,
  msMax: number,
): Promise<Outcome> {
  const before = await target.process.read()
  const [cpuBefore, bytesBefore, beginMs] = [process.cpuUsage(), ownSockets(), performance.now()]
  const pulseOf = feelPulse(target)
  const deeds = await run(target, msMax)
  const cpu = process.cpuUsage(cpuBefore)
  const { bytesSent } = ownSockets()
  await new Promise((resolve) => setTimeout(resolve, settleMs))
  const views = await Promise.all(deeds.attackers.map((peer) => target.view(peer)))
  const pulse = await pulseOf()
  const after = await target.process.read()
  await target.clear()
  return {
    ...{ name, deeds, pulse, fate: fateOf(views), seconds: (performance.now() - beginMs) / 1_000 },
    attacker: {
      cpuMs: (cpu.user + cpu.system) / 1_000,
      bytesSent: bytesSent - bytesBefore.bytesSent,
    },
    victim: {
      cpuMs: after.cpuMs - before.cpuMs,
      bytesReceived: after.bytesReceived - before.bytesReceived,
      bytesSent: after.bytesSent - before.bytesSent,
      grownBytes: after.residentBytes - before.residentBytes,
      residentBytes: after.residentBytes,
    },
  }
}

/** What happened to all attackers; to the luckiest of them, if they did not fare alike. */
function fateOf(views: readonly PeerView[]): Fate {
  if (views.some(({ isConnected }) => isConnected)) return 'borne'
  if (views.length > 0 && views.every(({ isBanned }) => isBanned)) return 'banned'
  return 'sent away'
}

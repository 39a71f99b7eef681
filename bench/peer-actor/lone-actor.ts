/**
 * A peer actor by itself, with so many peers connected and as many addresses as its book holds. Its network, disk
 * and sync are nobody: what is measured is what it thinks, not what it says.
 */
import { SimRandom } from '../../sim/random.ts'
import { PeerActor } from '../../src/actors/peer/actor.ts'
import type { PeerEvent, PeerMessage } from '../../src/actors/peer/messages.ts'
import type { Context } from '../../src/kernel/actor.ts'
import { defaultTuning } from '../../src/node/config.ts'
import { wireVersions } from '../../src/protocol/wire/requests.ts'

export interface LoneActor {
  readonly actor: PeerActor
  readonly peers: readonly string[]
  /** Lets time pass, a second at a time. */
  readonly tick: () => void
  /** What it has told so far, and how often it swept. */
  readonly counts: { told: number; sweeps: number }
}

const status = {
  chainTag: new Uint8Array(8),
  genesis: '00'.repeat(32),
  versions: wireVersions,
  certified: undefined,
  head: { height: 7, slot: 7 },
  availableFrom: 0,
  statement: undefined,
}

/** Addresses that are told in one go. */
const toldAtOnce = 250

export function loneActor(peersCount: number, addressesCount: number): LoneActor {
  const counts = { told: 0, sweeps: 0 }
  let nowMs = 0
  let told: readonly string[] = []
  const send = (_to: unknown, message: unknown): boolean => {
    counts.told += 1
    void message
    return true
  }
  const context: Context<PeerMessage, PeerEvent> = {
    self: { path: 'peer' },
    random: new SimRandom('peers'),
    now: () => nowMs,
    wall: () => 1_700_000_000_000 + nowMs,
    send,
    sendAfter: () => ({}),
    after: () => ({}),
    cancel: () => undefined,
    // Whoever is asked for addresses tells some, and whoever for a status has one; nobody answers anything else.
    ask: (question, done) => {
      const message = question.ask((answer) => done({ ok: true, value: answer }))
      answerTo(message, { 'fetch-addresses': told, 'fetch-status': status })
    },
    bind: (run) => run,
    emit: ({ kind }) => {
      if (kind === 'peers-swept') counts.sweeps += 1
    },
  }
  const nobody = { path: 'nobody' }
  const options = {
    ...defaultTuning,
    addresses: [],
    peersMax: 2 * peersCount,
    peersTarget: peersCount,
  }
  const about = { self: 'self', committee: { size: 4, own: 0 } }
  const parts = { context, network: nobody, storage: nobody, sync: nobody, ...about }
  const actor = new PeerActor(parts, options)
  const peers = Array.from({ length: peersCount }, (_, i) => `peer${i}`)
  let next = 0
  peers.forEach((peer, i) => {
    const address = `/ip4/${20 + (i % 200)}.${(i >> 3) & 255}.${i & 255}.1/tcp/30400/p2p/${peer}`
    // Each tells of others as it is met, until the book has had as many as it shall.
    told = Array.from(
      { length: Math.min(toldAtOnce, Math.max(0, addressesCount - next)) },
      (_, j) => addressOf(next + j),
    )
    next += told.length
    actor.receive({ kind: 'peer-up', peer, address, isDialled: true })
    actor.receive({ kind: 'peer-status', ready: { peer, class: 'regular', status } })
  })
  return {
    ...{ actor, peers, counts },
    tick: () => {
      nowMs += 1_000
      actor.receive({ kind: 'peer-tick' })
    },
  }
}

function addressOf(i: number): string {
  return `/ip4/${20 + (i % 211)}.${(i * 7) & 255}.${(i >> 8) & 255}.${i & 255}/tcp/30400/p2p/other${i}`
}

function answerTo(message: unknown, answers: Readonly<Record<string, unknown>>): void {
  const isQuestion = typeof message === 'object' && message !== null && 'kind' in message
  if (!isQuestion || !('reply' in message) || typeof message.reply !== 'function') return
  const answer = answers[String(message.kind)]
  if (answer !== undefined) message.reply({ ok: true, value: answer })
}

/** Requests over links with a bandwidth: how far an answer has come, and what giving it up saves. */
import { describe, expect, test } from 'vitest'
import { slow } from '../../../sim/rules.ts'
import { Simulation } from '../../../sim/simulation.ts'
import type { AnswerProgress, OpenRequest } from '../../../src/kernel/environment.ts'
import { ask, dial, nth, openNetwork, plainLink, type Station } from './station.ts'

/** Two connected hosts, a millisecond apart, the way from n1 to n0 at 1,000 bytes a second. */
function openSlowPair() {
  const { world, stations, network } = openNetwork(2)
  const [a, b] = [nth(stations, 0), nth(stations, 1)]
  dial(a, 'n1')
  world.runUntil(1_000)
  network.setLink('n1', 'n0', { ...plainLink, bytesPerSecond: 1_000 })
  a.log.length = 0
  b.log.length = 0
  return { world, network, a, b }
}

/** Asks for an echo of so many bytes. */
function askFor(from: Station, bytes: number): { open: OpenRequest; codes: string[] } {
  const codes: string[] = []
  const { network, clock } = from.environment
  const body = new Uint8Array(bytes)
  const open = network.request(
    { peer: 'n1', protocol: '/echo', body, deadlineMs: 60_000 },
    (outcome) => codes.push(`${outcome.ok ? 'ok' : outcome.fault.code}@${clock.now()}`),
  )
  return { open, codes }
}

const nothingYet: AnswerProgress = { bytes: 0, firstByteMs: undefined, lastByteMs: undefined }

describe('the progress of an answer', () => {
  test('runs at the pace of the link from its first byte to its last', () => {
    const { world, a } = openSlowPair()
    const { open, codes } = askFor(a, 500)
    const seen: AnswerProgress[] = []
    for (const atMs of [1_002, 1_003, 1_252, 1_501.5, 1_502, 1_900]) {
      world.runUntil(atMs)
      seen.push(open.progress())
    }
    const firstByteMs = 1_002
    expect(seen).toEqual([
      { bytes: 1, firstByteMs, lastByteMs: 1_003 },
      { bytes: 1, firstByteMs, lastByteMs: 1_003 },
      { bytes: 250, firstByteMs, lastByteMs: 1_252 },
      { bytes: 499, firstByteMs, lastByteMs: 1_501 },
      { bytes: 500, firstByteMs, lastByteMs: 1_502 },
      { bytes: 500, firstByteMs, lastByteMs: 1_502 },
    ])
    expect(codes).toEqual(['ok@1502'])
  })

  test('is nothing before the first byte, and later if a rule holds the answer up', () => {
    const { world, network, a } = openSlowPair()
    const { open } = askFor(a, 500)
    world.runUntil(1_000.5)
    network.rules.add('slow', slow(100_000))
    world.runUntil(1_101)
    expect(open.progress()).toEqual(nothingYet)
    world.runUntil(1_202)
    expect(open.progress()).toMatchObject({ bytes: 100, firstByteMs: 1_102 })
  })

  test('comes at once where there is no limit', () => {
    const { world, network, a } = openSlowPair()
    network.setLink('n1', 'n0', plainLink)
    const { open } = askFor(a, 500)
    world.runUntil(1_001.9)
    expect(open.progress()).toEqual(nothingYet)
    world.runUntil(1_002)
    expect(open.progress()).toEqual({ bytes: 500, firstByteMs: 1_002, lastByteMs: 1_002 })
  })

  test('is told by the clock of the host that asks', () => {
    const world = new Simulation({ seed: 1, link: () => plainLink })
    for (const name of ['n0', 'n1']) world.addHost(name, { clockDriftPpm: 1_000 })
    const asked: OpenRequest[] = []
    for (const name of ['n1', 'n0']) {
      world.host(name).boot(({ network }) => {
        const ask = (): void => {
          const request = { peer: 'n1', protocol: '/echo', body: new Uint8Array(5) }
          asked.push(network.request({ ...request, deadlineMs: 1_000 }, () => {}))
        }
        network.open({
          peerUp: () => {},
          peerDown: () => {},
          peerFound: () => undefined,
          gossip: () => {},
          request: ({ body }, answer) => answer(body),
        })
        if (name === 'n0') {
          network.dial('sim:n1', () => {})
          world.at(998, ask)
        }
        return { stop: () => {} }
      })
    }
    world.runUntil(2_000)
    expect(asked[0]?.progress().firstByteMs).toBe(1_001)
  })
})

describe('a request that is given up', () => {
  test('keeps the progress that it had, and is told so once', () => {
    const { world, a, b } = openSlowPair()
    const { open, codes } = askFor(a, 500)
    world.runUntil(1_252)
    open.cancel()
    expect(codes).toEqual([])
    world.runUntil(5_000)
    expect(codes).toEqual(['cancelled@1252'])
    expect(open.progress()).toEqual({ bytes: 250, firstByteMs: 1_002, lastByteMs: 1_252 })
    expect(b.log).toHaveLength(1)
  })

  test('makes room on the link as soon as the peer knows', () => {
    const { world, a } = openSlowPair()
    const { open } = askFor(a, 5_000)
    world.runUntil(1_500)
    open.cancel()
    ask(a, 'n1', 'x'.repeat(100))
    world.runUntil(9_000)
    // The peer knows at 1,501, sends 100 bytes, and they are here a millisecond later.
    expect(a.log).toEqual([`answer ${'x'.repeat(100)} from n1@1602`])
  })

  test('lets nothing overtake what stands behind it', () => {
    const { world, a } = openSlowPair()
    const { open } = askFor(a, 1_000)
    ask(a, 'n1', 'y'.repeat(100))
    world.runUntil(1_200)
    open.cancel()
    ask(a, 'n1', 'z')
    world.runUntil(9_000)
    expect(a.log.map((line) => line.slice(0, 8))).toEqual(['answer y', 'answer z'])
  })

  test('is not answered any more by a peer that knows', () => {
    const { world, network, a, b } = openSlowPair()
    b.answers = false
    const { open } = askFor(a, 500)
    b.environment.network.open({
      peerUp: () => {},
      peerDown: () => {},
      peerFound: () => undefined,
      gossip: () => {},
      request: ({ body }, answer) => world.after(100, () => answer(body)),
    })
    world.runUntil(1_050)
    const { sent } = network.counts
    open.cancel()
    world.runUntil(5_000)
    expect(network.counts.sent).toBe(sent + 1)
  })
})

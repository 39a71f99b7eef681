import { describe, expect, test } from 'vitest'
import type { NodeEvent } from '../../../src/node/event.ts'
import { type SecurityEntry, SecurityLog } from '../../../src/node/security-log.ts'
import { securityNoteOf } from '../../../src/node/security-note.ts'

const banned = (peer: string): NodeEvent => ({
  ...{ kind: 'peer-banned', peer, as: 'proof', reason: 'forged', forMs: 3_600_000 },
})

const halted = (detail: string): NodeEvent => ({
  ...{ kind: 'chain-halted', detail, remedy: 'ask', contradiction: undefined },
})

/** A log whose wall clock shows ten times what the steady one does. */
function logOf() {
  const told: SecurityEntry[] = []
  let nowMs = 0
  const log = new SecurityLog({ wall: () => 10 * nowMs, onEntry: (entry) => told.push(entry) })
  const at = (ms: number, event: NodeEvent): void => {
    nowMs = ms
    log.event(ms, '/network/peer', event)
  }
  return { log, told, at }
}

describe('what is a matter of security', () => {
  const hash = 'ab'.repeat(32)
  test.each<[NodeEvent, string | undefined, string | undefined]>([
    [banned('p'), 'banned', 'proof: forged, for 3600 s'],
    [{ kind: 'peer-unbanned', peer: 'p', why: 'operator' }, 'unbanned', 'operator'],
    [{ kind: 'statement-refused', peer: 'p', why: 'expired' }, 'authentication-failed', 'expired'],
    [{ kind: 'peer-reported', peer: 'p', offence: 'forged', conduct: -100 }, 'forged', 'forged'],
    [
      { kind: 'peer-reported', peer: 'p', offence: 'over-limit', conduct: -1 },
      'overuse',
      'over-limit',
    ],
    [
      { kind: 'peer-reported', peer: 'p', offence: 'invalid', conduct: -20 },
      'misconduct',
      'invalid',
    ],
    [
      { kind: 'peer-reported', peer: 'p', offence: 'malformed', conduct: -100 },
      undefined,
      undefined,
    ],
    [
      { kind: 'frame-malformed', peer: 'p', what: 'gossip', field: 'vote.slot', detail: 'x' },
      'malformed',
      'gossip: vote.slot',
    ],
    [{ kind: 'announcers-few', netgroups: 1 }, 'eclipse-suspected', undefined],
    [
      {
        kind: 'evidence-found',
        evidence: { kind: 'double-proposal', slot: 3, author: 2, blocks: [hash, hash] },
      },
      'equivocation',
      'double-proposal by member 2',
    ],
    [halted('two histories'), 'contradiction', 'two histories'],
    [{ kind: 'peer-lost', peer: 'p' }, undefined, undefined],
  ])('%j', (event, code, detail) => {
    const note = securityNoteOf(event)
    expect(note?.code).toBe(code)
    if (detail !== undefined) expect(note?.detail).toBe(detail)
  })
})

describe('the security log', () => {
  test('keeps who, what and when, and tells of each entry once', () => {
    const { log, told, at } = logOf()
    at(7, banned('a'))
    const entry = {
      code: 'banned',
      subject: 'a',
      detail: 'proof: forged, for 3600 s',
      atMs: 70,
      times: 1,
    }
    expect(log.report()).toEqual({ entries: [entry], omitted: 0 })
    expect(told).toEqual([entry])
  })

  test('counts what repeats within a minute, by whom and what, and begins anew after it', () => {
    const { log, told, at } = logOf()
    for (const ms of [0, 10, 59_999]) at(ms, banned('a'))
    at(20_000, banned('b'))
    at(60_000, banned('a'))
    const kept = log.report().entries.map(({ subject, times }) => [subject, times])
    expect(kept).toEqual([
      ['a', 3],
      ['b', 1],
      ['a', 1],
    ])
    expect(told).toHaveLength(3)
  })

  test('takes 120 new entries a minute, and counts the others', () => {
    const { log, told, at } = logOf()
    for (let i = 0; i < 130; i += 1) at(i, banned(`p${i}`))
    expect(log.report().entries).toHaveLength(120)
    expect(log.report().omitted).toBe(10)
    at(60_001, banned('late'))
    expect(log.report().entries.at(-1)?.subject).toBe('late')
    expect(told).toHaveLength(121)
  })

  test('keeps the newest 1,024', () => {
    const { log, at } = logOf()
    for (let i = 0; i < 1_100; i += 1) at(1_000 * i, banned(`p${i}`))
    const { entries, omitted } = log.report()
    expect([entries.length, omitted]).toEqual([1_024, 76])
    expect(entries[0]?.subject).toBe('p76')
  })

  test('cuts what a peer could make long', () => {
    const { log, at } = logOf()
    at(0, halted('x'.repeat(10_000)))
    expect(log.report().entries[0]?.detail).toHaveLength(200)
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  historyAt,
  isOver,
  neverBanned,
  nextBan,
  pauseMs,
  sentenceFor,
} from '../../../../src/actors/peer/ban.ts'
import { conductAfter, spotless } from '../../../../src/actors/peer/conduct.ts'
import type { PeerClass } from '../../../../src/actors/peer/messages.ts'

const minute = 60_000
const day = 86_400_000

describe('what follows from an offence', () => {
  test.each([
    ['invalid', -49.9, 'regular', { kind: 'none' }],
    ['invalid', -50, 'regular', { kind: 'ban', as: 'soft' }],
    ['invalid', -50, 'miner', { kind: 'ban', as: 'soft' }],
    ['forged', -100, 'regular', { kind: 'ban', as: 'proof' }],
    ['malformed', -100, 'miner', { kind: 'ban', as: 'proof' }],
    ['forged', -100, 'federation', { kind: 'pause' }],
    ['invalid', -20, 'federation', { kind: 'pause' }],
    ['invalid', -19, 'federation', { kind: 'none' }],
  ] as const)('%s at %d of a %s peer is %j', (offence, value, peerClass, expected) => {
    const conduct = { value, atMs: 0 }
    expect(sentenceFor(offence, conduct, peerClass satisfies PeerClass)).toEqual(expected)
  })

  test('is no ban of one that merely stalls now and then', () => {
    // A correct peer on a bad link: at worst a stall is blamed on it every minute.
    let conduct = spotless
    for (let nowMs = 0; nowMs < 2 * day; nowMs += minute) {
      conduct = conductAfter(conduct, 'stall', nowMs, 10 * minute)
      expect(sentenceFor('stall', conduct, 'regular')).toEqual({ kind: 'none' })
    }
    expect(conduct.value).toBeGreaterThan(-20)
  })
})

describe('a ban', () => {
  test('that is soft lasts ten minutes at first, twice as long each time, a day at most', () => {
    let history = neverBanned
    const minutes = Array.from({ length: 10 }, () => {
      const next = nextBan(history, 'soft', 'invalid', 0)
      history = next.history
      return next.ban.untilMs / minute
    })
    expect(minutes).toEqual([10, 20, 40, 80, 160, 320, 640, 1_280, 1_440, 1_440])
  })

  test('by a proof lasts an hour, a day, then a week', () => {
    let history = neverBanned
    const hours = Array.from({ length: 4 }, () => {
      const next = nextBan(history, 'proof', 'forged', 0)
      history = next.history
      return next.ban.untilMs / 3_600_000
    })
    expect(hours).toEqual([1, 24, 168, 168])
  })

  test('is forgotten a day after its end, one a day', () => {
    const twice = nextBan(nextBan(neverBanned, 'soft', 'a', 0).history, 'soft', 'a', 0)
    const endMs = twice.ban.untilMs
    expect(historyAt(twice.history, endMs + day - 1)).toMatchObject({ soft: 2 })
    expect(historyAt(twice.history, endMs + day)).toMatchObject({ soft: 1 })
    expect(historyAt(twice.history, endMs + 2 * day)).toMatchObject({ soft: 0 })
    expect(historyAt(twice.history, endMs + 200 * day)).toMatchObject({ soft: 0, proof: 0 })
  })

  test('is forgotten as much in one look as in many', () => {
    const looks = fc.array(fc.nat(3 * day), { maxLength: 20 })
    fc.assert(
      fc.property(looks, (laterMs) => {
        const start = { soft: 5, proof: 3, atMs: 0 }
        let step = start
        let nowMs = 0
        for (const ms of laterMs) {
          nowMs += ms
          step = historyAt(step, nowMs)
        }
        expect(historyAt(step, nowMs)).toEqual(historyAt(start, nowMs))
      }),
    )
  })

  test('is over in its time; a soft one after ten minutes if there is hardly anybody else', () => {
    const ban = { kind: 'soft', sinceMs: 0, untilMs: 40 * minute, reason: 'invalid' } as const
    expect(isOver(ban, 40 * minute, 100)).toBe(true)
    expect(isOver(ban, 39 * minute, 100)).toBe(false)
    expect(isOver(ban, 10 * minute, 4)).toBe(false)
    expect(isOver(ban, 10 * minute, 3)).toBe(true)
    expect(isOver(ban, 9 * minute, 0)).toBe(false)
    expect(isOver({ ...ban, kind: 'proof' }, 10 * minute, 0)).toBe(false)
    expect(isOver({ ...ban, kind: 'operator' }, 10 * minute, 0)).toBe(false)
  })
})

test('a pause lasts half a minute, and five minutes at most', () => {
  expect([0, 1, 2, 3, 4, 100].map((before) => pauseMs(before) / 1_000)).toEqual([
    30, 60, 120, 240, 300, 300,
  ])
})

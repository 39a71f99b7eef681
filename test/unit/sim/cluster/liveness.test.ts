/** The watchers of a core that is well: each is shown a story in which something is overdue, and one in which nothing is. */
import { describe, expect, test } from 'vitest'
import type { Message, Observed } from '../../../../sim/cluster/checker/checker.ts'
import { blocksComeWatcher } from '../../../../sim/cluster/liveness/blocks-come.ts'
import { blocksReturnWatcher } from '../../../../sim/cluster/liveness/blocks-return.ts'
import { checkpointsComeWatcher } from '../../../../sim/cluster/liveness/checkpoints-come.ts'
import { gossipReachesWatcher } from '../../../../sim/cluster/liveness/gossip-reaches.ts'
import { linksReturnWatcher } from '../../../../sim/cluster/liveness/links-return.ts'
import { membersReturnWatcher } from '../../../../sim/cluster/liveness/members-return.ts'
import { syncCoolsWatcher } from '../../../../sim/cluster/liveness/sync-cools.ts'
import { tailCoolsWatcher } from '../../../../sim/cluster/liveness/tail-cools.ts'
import type { CoreNode, Watcher } from '../../../../sim/cluster/liveness/watcher.ts'
import { workDrainsWatcher } from '../../../../sim/cluster/liveness/work-drains.ts'
import { keys } from '../../../../src/actors/storage/keys.ts'
import { encodeGossip } from '../../../../src/protocol/wire/gossip.ts'

const slotMs = 2_000
const well: CoreNode = {
  ...{ name: 'a', member: 0, height: 0, slot: 0, syncState: 'synced' },
  connected: new Set(['b', 'c']),
  ...{ actors: [], timers: 9, holds: () => true },
}
const others: readonly CoreNode[] = ['b', 'c'].map((name, at) => {
  return { ...well, name, member: at + 1, connected: new Set(['a', 'b', 'c'].slice(0, 2)) }
})

/** What is said first within so many slots, as `a` is in each of them. */
function firstOf(
  watcher: Watcher,
  slots: number,
  at: (slot: number) => Partial<CoreNode>,
): string | undefined {
  for (let slot = 1; slot <= slots; slot += 1) {
    const atMs = slot * slotMs
    const nodes = [{ ...well, ...at(slot) }, ...others]
    const said = watcher.look({ atMs, wellMs: atMs, slotMs, nodes })
    if (said !== undefined) return said
  }
  return undefined
}

function see(watcher: Watcher, atMs: number, event: object, node = 'a'): void {
  const about = { atMs, node, member: 0, life: 1 }
  watcher.observe?.({ ...about, event: event as Observed['event'] })
}

describe('blocks', () => {
  test('come soon, and in most of the slots that are the core’s own', () => {
    const height = (of: (slot: number) => number) =>
      firstOf(blocksComeWatcher(4), 100, (slot) => ({ height: of(slot) }))
    expect(height((slot) => slot)).toBeUndefined()
    expect(height((slot) => Math.floor(slot / 3))).toBeUndefined()
    expect(height(() => 7)).toBe('no block within 30 slots, at height 7')
    expect(height((slot) => Math.floor(slot / 4))).toMatch(/^[78] blocks in 30 slots, \d are due/)
    expect(height((slot) => Math.min(slot, 20))).toMatch(/blocks in 30 slots/)
  })
})

describe('a block that was lost', () => {
  const corrupt = { kind: 'record-corrupt', key: keys.blockAt(7) }
  const holds = (height: number): boolean => height !== 7

  test('is back within a minute, if another one has it', () => {
    const lost = blocksReturnWatcher()
    see(lost, 0, corrupt)
    expect(firstOf(lost, 30, () => ({ height: 9, holds }))).toBeUndefined()
    expect(firstOf(lost, 31, () => ({ height: 9, holds }))).toBe('a lacks block 7, which b has')
  })

  test('is nobody’s who has it again, nor what was never committed', () => {
    const lost = blocksReturnWatcher()
    see(lost, 0, { kind: 'block-lost', height: 7 })
    see(lost, 0, { ...corrupt, key: keys.finalisationAt(8) })
    const back = (slot: number) => ({ height: 9, holds: slot < 20 ? holds : () => true })
    expect(firstOf(lost, 60, back)).toBeUndefined()
    see(lost, 0, corrupt)
    expect(firstOf(lost, 60, () => ({ height: 6, holds }))).toBeUndefined()
  })
})

describe('sync', () => {
  test('does not stay without a block', () => {
    const stays = (syncState: string, of: (slot: number) => number) =>
      firstOf(syncCoolsWatcher(), 60, (slot) => ({ syncState, height: of(slot) }))
    expect(stays('discovering', () => 3)).toBe('a was discovering for 66 s at height 3')
    expect(stays('downloading-blocks', (slot) => Math.floor(slot / 30))).toBeUndefined()
    expect(stays('synced', () => 3)).toBeUndefined()
  })
})

describe('what is notarised', () => {
  const notarised = (slot: number) => ({ kind: 'block-notarised', certificate: { slot } })

  test('is committed, or below what is', () => {
    const left = tailCoolsWatcher()
    see(left, 0, notarised(5))
    expect(firstOf(left, 30, () => ({}))).toBeUndefined()
    expect(firstOf(left, 31, () => ({}))).toContain('slot 5 notarised for 30 slots')
    const kept = tailCoolsWatcher()
    see(kept, 0, notarised(5))
    see(kept, 10, { kind: 'block-committed', slot: 6 })
    see(kept, 11, notarised(6))
    expect(firstOf(kept, 40, () => ({}))).toBeUndefined()
  })
})

describe('links', () => {
  test('come back', () => {
    const with0 = firstOf(linksReturnWatcher(), 50, () => ({ connected: new Set<string>() }))
    expect(with0).toBe('a was connected to 0 of 2 for 92 s')
    const connected = (slot: number) => new Set(slot % 40 === 0 ? ['b'] : [])
    const returns = firstOf(linksReturnWatcher(), 100, (slot) => ({ connected: connected(slot) }))
    expect(returns).toBeUndefined()
  })
})

describe('work', () => {
  const waiting = { path: 'api', starts: 1, waiting: 2, waitingMost: 2 }

  test('is done half a minute later, and timers are few', () => {
    const drains = (of: (slot: number) => Partial<CoreNode>) => firstOf(workDrainsWatcher(), 30, of)
    expect(drains((slot) => (slot < 15 ? { actors: [waiting], timers: 90 } : {}))).toBeUndefined()
    expect(drains(() => ({ actors: [waiting] }))).toBe('2 messages wait for api of a')
    expect(drains(() => ({ timers: 65 }))).toBe('a has 65 timers')
  })
})

describe('members', () => {
  test('vote again; who only follows does not', () => {
    const silent = (node: Partial<CoreNode>) => {
      const watcher = membersReturnWatcher()
      for (const name of ['b', 'c']) see(watcher, 60_000, { kind: 'vote-sent' }, name)
      return firstOf(watcher, 50, () => node)
    }
    expect(silent({})).toBe('a has not voted for 92 s')
    expect(silent({ member: undefined })).toBeUndefined()
  })
})

describe('checkpoints', () => {
  test('are made when they are due', () => {
    const grows = (slot: number) => ({ height: slot })
    expect(firstOf(checkpointsComeWatcher(10), 80, grows)).toContain('no checkpoint above 1')
    const made = checkpointsComeWatcher(10)
    const said = [1, 2, 3, 4].map((round) => {
      see(made, 0, { kind: 'checkpoint-created', height: 20 * round })
      return firstOf(made, 20, (slot) => ({ height: 20 * round + slot }))
    })
    expect(said).toEqual([undefined, undefined, undefined, undefined])
  })
})

describe('gossip', () => {
  const tells = (
    misses: (at: number) => boolean,
    apartAt = (_slot: number): boolean => false,
  ): string | undefined => {
    const watcher = gossipReachesWatcher(4)
    watcher.look({ ...{ atMs: 0, wellMs: 0, slotMs }, nodes: [well, ...others] })
    for (let at = 0; at < 1_100; at += 1) {
      const message: Message = { topic: 't', bytes: Uint8Array.of(at) }
      const seat = (node: string) => ({ node, life: 1 })
      watcher.cross({ kind: 'published', atMs: 0, seat: seat('a'), message })
      for (const node of misses(at) ? ['b'] : ['b', 'c']) {
        watcher.cross({ kind: 'heard', atMs: 9, seat: seat(node), message })
      }
    }
    return firstOf(watcher, 5, (slot) => (apartAt(slot) ? { connected: new Set(['b']) } : {}))
  }

  test('reaches nearly all of the core', () => {
    expect(tells(() => false)).toBeUndefined()
    expect(tells((at) => at < 2)).toBeUndefined()
    expect(tells((at) => at < 3)).toBe('3 of 2200 copies of what was published did not come')
  })

  /** What is said of certificates for one slot after another, which `b` hears, and `c` if it makes its own. */
  const certified = (
    slotOf: (at: number) => number,
    isMadeTwice: boolean,
    isSeen = true,
  ): string | undefined => {
    const watcher = gossipReachesWatcher(4)
    // Whoever publishes has gone no further itself.
    const nodes = [well, ...others].map((node, at) => ({
      ...node,
      slot: isSeen || at === 0 ? 0 : 4,
    }))
    watcher.look({ ...{ atMs: 0, wellMs: 0, slotMs }, nodes })
    if (isSeen) {
      see(watcher, 0, { kind: 'block-committed', slot: 9 }, 'b')
      see(watcher, 0, { kind: 'block-committed', slot: 5 }, 'a')
    }
    const seat = (node: string) => ({ node, life: 1 })
    for (let at = 0; at < 1_100; at += 1) {
      const message = (signers: readonly number[]): Message => {
        const about = { epoch: 0, slot: slotOf(at), block: 'ab'.repeat(32), signers }
        const certificate = { kind: 'finalise', ...about, signature: new Uint8Array(96) } as const
        return { topic: 't', bytes: encodeGossip({ kind: 'certificate', certificate }) }
      }
      const first = message([0, 1, 2])
      watcher.cross({ kind: 'published', atMs: 0, seat: seat('a'), message: first })
      watcher.cross({ kind: 'heard', atMs: 9, seat: seat('b'), message: first })
      if (!isMadeTwice) continue
      watcher.cross({ kind: 'published', atMs: 9, seat: seat('c'), message: message([1, 2, 3]) })
    }
    return firstOf(watcher, 5, () => ({}))
  }

  test('that certifies what others have left behind is news to nobody else', () => {
    expect(certified((at) => (at % 8) + 1, false)).toBeUndefined()
    expect(certified((at) => 9 + at, false)).toContain('1100 of 2200 copies')
  })

  test('that certifies what others had left behind before they were watched is not either', () => {
    expect(certified((at) => (at % 3) + 1, false, false)).toBeUndefined()
    expect(certified((at) => 4 + at, false, false)).toContain('1100 of 2200 copies')
  })

  test('that certifies the same needs no other, whoever has signed it', () => {
    expect(certified((at) => 9 + at, true)).toBeUndefined()
  })

  test('that was under way while some of the core were apart is not asked for', () => {
    expect(
      tells(
        () => true,
        (slot) => slot === 2,
      ),
    ).toBeUndefined()
    expect(tells(() => true)).toBeDefined()
  })
})

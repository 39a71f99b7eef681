import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PeerTable } from '../../../../src/platform/libp2p/peer-table.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const up = (peer: string) => ({ peer, address: `/${peer}`, isDialled: true })

test('a peer is up once it has greeted, and is announced before waits for it end', () => {
  const table = new PeerTable(1_000)
  const log: string[] = []
  table.connected('a', () => log.push('given up'))
  table.whenUp('a', (isUp) => log.push(`wait ${isUp}`))
  expect([...table.up.keys()]).toEqual([])
  table.greeted(up('a'), ({ address }) => log.push(`announce ${address}`))
  table.greeted(up('a'), () => log.push('announce again'))
  table.whenUp('a', (isUp) => log.push(`later ${isUp}`))
  vi.advanceTimersByTime(5_000)
  expect(log).toEqual(['announce /a', 'wait true', 'later true'])
  expect(table.up.get('a')).toEqual(up('a'))
})

test('a peer that does not greet in time is given up, once', () => {
  const table = new PeerTable(1_000)
  const log: string[] = []
  table.connected('a', () => log.push('given up'))
  table.connected('a', () => log.push('given up twice'))
  vi.advanceTimersByTime(999)
  expect(log).toEqual([])
  vi.advanceTimersByTime(5_000)
  expect(log).toEqual(['given up'])
})

test('a peer that goes before it greets was never up, and waits for it end in vain', () => {
  const table = new PeerTable(1_000)
  const log: string[] = []
  table.connected('a', () => log.push('given up'))
  table.whenUp('a', (isUp) => log.push(`wait ${isUp}`))
  expect(table.disconnected('a')).toBe(false)
  table.greeted(up('a'), () => log.push('announce'))
  table.whenUp('a', (isUp) => log.push(`later ${isUp}`))
  vi.advanceTimersByTime(5_000)
  expect(log).toEqual(['wait false', 'later false'])
})

test('a peer that was up goes once, and can come back', () => {
  const table = new PeerTable(1_000)
  const connect = (): number => {
    let announced = 0
    table.connected('a', () => expect.unreachable())
    table.greeted(up('a'), () => {
      announced += 1
    })
    return announced
  }
  expect(connect()).toBe(1)
  // A second connection to the same peer is no news.
  expect(connect()).toBe(0)
  expect(table.disconnected('a')).toBe(true)
  expect(table.disconnected('a')).toBe(false)
  expect(connect()).toBe(1)
})

test('clearing forgets everybody and calls nobody', () => {
  const table = new PeerTable(1_000)
  table.connected('a', () => expect.unreachable())
  table.whenUp('a', () => expect.unreachable())
  table.connected('b', () => expect.unreachable())
  table.greeted(up('b'), () => {})
  table.clear()
  vi.advanceTimersByTime(5_000)
  expect(table.up.size).toBe(0)
})

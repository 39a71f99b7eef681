import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Assessment,
  type MonitorOptions,
  monitoredPeersMax,
  NetworkMonitor,
} from '../../../../../src/actors/sync/monitor/network-monitor.ts'

const options: MonitorOptions = {
  slotMs: 2_000,
  committee: { members: 4, quorum: 3 },
  member: 0,
}
const head = { slot: 100, hash: 'a' }

const others = ['p1', 'p2', 'p3']

/** A member that is connected to the three others, in slot 101, a slot after its last block. */
function connected(): NetworkMonitor {
  const monitor = new NetworkMonitor(options, 0)
  for (const member of [1, 2, 3]) {
    const netgroup = `10.${member}`
    monitor.observePeer(`p${member}`, { netgroup, member, isOutbound: true })
    monitor.observeReport(`p${member}`, 'a', 0)
  }
  monitor.observeOwn(head)
  monitor.observeSlot(101)
  return monitor
}

/**
 * Assesses at each slot from `fromSlot` to `toSlot`, of which slot s begins at 2 s · (s − 100). Whoever
 * is in `hashes` answers with it when it is asked.
 */
function pass(
  monitor: NetworkMonitor,
  fromSlot: number,
  toSlot: number,
  hashes: Readonly<Record<string, string>> = {},
): readonly Assessment[] {
  return Array.from({ length: toSlot - fromSlot + 1 }, (_, i) => {
    const nowMs = (fromSlot + i - 100) * 2_000
    monitor.observeSlot(fromSlot + i)
    const assessment = monitor.assess(nowMs)
    if (assessment.actions.some(({ kind }) => kind === 'exchange-status')) {
      for (const [peer, hash] of Object.entries(hashes)) monitor.observeReport(peer, hash, nowMs)
    }
    return assessment
  })
}

describe('the network monitor', () => {
  test('finds nothing wrong with a node that is', () => {
    const [assessment] = pass(connected(), 101, 101)
    expect(assessment).toMatchObject({
      isHalted: false,
      isStale: false,
      isGateShut: false,
      missedSlots: 1,
      certificateAgeMs: 2_000,
      actions: [],
      health: { grade: 'good', codes: [] },
      watch: { progressPerMille: 1_000, peers: 3 },
    })
  })

  test('lets a network that stands still as a whole go on, however long it stood', () => {
    const assessments = pass(connected(), 101, 400, { p1: 'a', p2: 'a', p3: 'a' })
    // In doubt until the others have said again where they are.
    const stale = assessments.filter(({ isStale }) => isStale)
    expect(stale.map(({ missedSlots }) => missedSlots)).toEqual([16])
    const kinds = new Set(assessments.flatMap(({ actions }) => actions.map(({ kind }) => kind)))
    expect([...kinds]).toEqual(['dial-extra', 'exchange-status'])
    expect(assessments.at(-1)).toMatchObject({ isHalted: true, health: { codes: ['halted'] } })
  })

  test('does not take for news what the others said before this node stood still', () => {
    const monitor = connected()
    pass(monitor, 101, 102)
    monitor.observeSlot(400)
    const assessment = monitor.assess(600_000)
    expect(assessment).toMatchObject({ isHalted: false, isStale: true })
    expect(assessment.actions).toContainEqual({ kind: 'exchange-status' })
    for (const peer of others) monitor.observeReport(peer, 'a', 600_500)
    expect(monitor.assess(601_000)).toMatchObject({ isHalted: true, isStale: false })
  })

  test('says that a certificate is old while others are elsewhere, and shuts no gate for it', () => {
    const monitor = connected()
    const assessments = pass(monitor, 101, 116, { p1: 'b', p2: 'b', p3: 'b' })
    expect(assessments.map(({ isStale }) => isStale).lastIndexOf(false)).toBe(14)
    expect(assessments.some(({ isGateShut }) => isGateShut)).toBe(false)
    expect(assessments.at(-1)).toMatchObject({
      isStale: true,
      partition: { state: 'sound' },
      actions: [{ kind: 'dial-extra' }, { kind: 'exchange-status' }],
      health: { grade: 'poor', codes: ['certificate-old'] },
    })
  })

  test('suspects a partition when members are lost and slots are missed, and acts on it', () => {
    const monitor = connected()
    pass(monitor, 101, 102)
    monitor.observePeerLost('p2', 4_000)
    monitor.observePeerLost('p3', 4_000)
    const assessments = pass(monitor, 103, 130)
    const states = assessments.map(({ partition }) => partition.state)
    expect(states.indexOf('suspected')).toBe(116 - 103)
    expect(states.at(-1)).toBe('partitioned')
    const suspected = assessments[116 - 103]
    expect(suspected).toMatchObject({ partition: { isApart: true }, isGateShut: false })
    expect(suspected?.actions[0]).toEqual({ kind: 'dial-burst', reason: 'partition' })
    // The others come back, with what was committed meanwhile.
    monitor.observePeer('p2', { member: 2 })
    monitor.observePeer('p3', { member: 3 })
    monitor.observeCertificate(129)
    expect(pass(monitor, 131, 134).at(-1)?.partition.state).toBe('healed')
    monitor.observeOwn({ slot: 134, hash: 'c' })
    expect(pass(monitor, 135, 140).at(-1)).toMatchObject({
      partition: { state: 'sound' },
      isGateShut: false,
    })
  })

  test('asks for peers when there are none, unless none are needed', () => {
    const lonely = pass(new NetworkMonitor(options, 0), 101, 112)
    const bursts = lonely.filter(({ actions }) =>
      actions.some((action) => action.kind === 'dial-burst' && action.reason === 'no-peers'),
    )
    expect(bursts).toHaveLength(2)
    expect(lonely.at(-1)?.health.codes).toContain('no-peers')
    const alone = { ...options, committee: { members: 1, quorum: 1 } }
    const assessments = pass(new NetworkMonitor(alone, 0), 101, 200)
    expect(assessments.flatMap(({ actions }) => actions)).toEqual([])
    expect(assessments.some(({ isGateShut }) => isGateShut)).toBe(false)
  })

  test('counts a member once, whoever speaks for it, and itself', () => {
    const monitor = new NetworkMonitor(options, 0)
    for (const peer of ['x', 'y', 'z']) monitor.observePeer(peer, { member: 1 })
    monitor.observePeer('w', { member: 0 })
    monitor.observeSlot(100)
    // Two of four were ever within reach: a quorum that never was cannot be lost.
    expect(pass(monitor, 101, 130).at(-1)?.partition.reasons).toEqual(['certificate-old'])
  })

  test('tells an operator how blocks and bytes go', () => {
    const monitor = connected()
    monitor.observePeer('p1', { conduct: -30 })
    monitor.observeValidated(5_000, 1_000)
    monitor.observeTransfer({ protocol: 'p', direction: 'down', bytes: 70_000 }, 1_000)
    monitor.observeTransfer({ protocol: 'p', direction: 'up', bytes: 30_000 }, 1_000)
    monitor.observeCertificate(200)
    monitor.observeBacklog({ bytesMissing: 1_000, headOfLineAgeMs: 6_000 })
    expect(monitor.assess(2_000)).toMatchObject({
      watch: {
        progressPerMille: 500,
        conductMin: -30,
        blocksValidatedPerSecond: 500,
        downBytesPerSecond: 7_000,
        upBytesPerSecond: 3_000,
      },
      health: { grade: 'poor', codes: ['behind', 'stalled'] },
    })
  })

  test('shuts the gate in an emergency, however well the network is', () => {
    const monitor = connected()
    monitor.incidents.observeLiar(1)
    expect(monitor.assess(0)).toMatchObject({ isGateShut: false, health: { grade: 'degraded' } })
    monitor.incidents.observeConflict()
    expect(monitor.assess(0)).toMatchObject({
      isGateShut: true,
      incidents: { level: 'emergency' },
      health: { grade: 'poor', codes: ['incident'] },
    })
  })

  test('keeps no more peers than it may', () => {
    const monitor = new NetworkMonitor(options, 0)
    for (let i = 0; i < monitoredPeersMax + 100; i += 1) {
      monitor.observePeer(`p${i}`, { netgroup: `g${i}` })
    }
    expect(monitor.assess(0)).toMatchObject({
      watch: { peers: monitoredPeersMax },
      topology: { netgroups: monitoredPeersMax },
    })
  })
})

/** Every number within, by the path to it. */
function numbersIn(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(numbersIn)
}

test('whatever is observed, every figure is a finite whole number, and the same each time', () => {
  const act = fc.record({
    kind: fc.constantFrom('peer', 'report', 'lost', 'slot', 'own', 'bytes', 'missing', 'news'),
    peer: fc.constantFrom('p0', 'p1', 'p2', 'p3', 'p4'),
    member: fc.nat({ max: 3 }),
    amount: fc.oneof(fc.nat({ max: 500 }), fc.maxSafeNat()),
  })
  const steps = fc.array(fc.tuple(fc.nat({ max: 30_000 }), act), { maxLength: 60 })
  const told = (list: readonly (readonly [number, Act])[]): readonly Assessment[] => {
    const monitor = new NetworkMonitor(options, 0)
    let nowMs = 0
    return list.map(([afterMs, what]) => {
      nowMs += afterMs
      observe(monitor, what, nowMs)
      return monitor.assess(nowMs)
    })
  }
  const holds = fc.property(steps, (list) => {
    const assessments = told(list)
    for (const figure of numbersIn(assessments)) expect(Number.isInteger(figure)).toBe(true)
    expect(told(list)).toEqual(assessments)
  })
  fc.assert(holds, { seed: 1, numRuns: 200 })
})

interface Act {
  readonly kind: string
  readonly peer: string
  readonly member: number
  readonly amount: number
}

function observe(
  monitor: NetworkMonitor,
  { kind, peer, member, amount }: Act,
  nowMs: number,
): void {
  if (kind === 'peer') monitor.observePeer(peer, { member, roundTripMs: amount })
  if (kind === 'report') monitor.observeReport(peer, `${amount}`, nowMs)
  if (kind === 'lost') monitor.observePeerLost(peer, nowMs)
  if (kind === 'slot') monitor.observeSlot(amount)
  if (kind === 'own') monitor.observeOwn({ slot: amount, hash: `${amount}` })
  if (kind === 'bytes') {
    monitor.observeTransfer({ protocol: peer, direction: 'down', bytes: amount }, nowMs)
  }
  if (kind === 'missing') monitor.observeBacklog({ bytesMissing: amount, headOfLineAgeMs: amount })
  if (kind === 'news') monitor.observeAnnouncement(peer)
}

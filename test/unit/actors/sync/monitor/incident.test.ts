import { describe, expect, test } from 'vitest'
import { IncidentLog } from '../../../../../src/actors/sync/monitor/incident.ts'

const committee = { members: 4, quorum: 3 }

describe('an incident', () => {
  test('is none while nothing happens', () => {
    expect(new IncidentLog().report(20, committee, 0)).toEqual({ level: 'none', codes: [] })
  })

  test('is an emergency if certificates contradict each other, for ever', () => {
    const log = new IncidentLog()
    log.observeConflict()
    expect(log.report(20, committee, 1e9)).toEqual({
      level: 'emergency',
      codes: ['conflicting-certificates'],
    })
  })

  test('is an alert if a member lies, and an emergency if more do than safety bears', () => {
    const log = new IncidentLog()
    log.observeLiar(2)
    log.observeLiar(2)
    expect(log.report(20, committee, 0)).toEqual({ level: 'alert', codes: ['member-lies'] })
    log.observeLiar(3)
    expect(log.report(20, committee, 0)).toEqual({
      level: 'emergency',
      codes: ['committee-broken', 'member-lies'],
    })
  })

  test('is suspected here if half of the peers are found out within a minute', () => {
    const log = new IncidentLog()
    for (let i = 0; i < 5; i += 1) log.observeAccused(`p${i}`, i * 1_000)
    expect(log.report(11, committee, 4_000).codes).toEqual([])
    expect(log.report(10, committee, 4_000)).toEqual({ level: 'alert', codes: ['many-accused'] })
    expect(log.report(10, committee, 60_000).codes).toEqual(['many-accused'])
    expect(log.report(10, committee, 60_001).codes).toEqual([])
    // One of two peers is no crowd.
    expect(log.report(2, committee, 64_000).codes).toEqual([])
  })

  test('remembers a bounded number of peers', () => {
    const log = new IncidentLog()
    for (let i = 0; i < 5_000; i += 1) log.observeAccused(`p${i}`, 0)
    expect(log.report(2_048, committee, 0).codes).toEqual(['many-accused'])
    expect(log.report(2_049, committee, 0).codes).toEqual([])
  })
})

import { expect, test } from 'vitest'
import { Witnesses, witnessesMin } from '../../../../src/platform/libp2p/witnesses.ts'

const host = '/ip4/8.8.8.8'

test('a host is believed once three neighbourhoods name it, however many peers one of them has', () => {
  const witnesses = new Witnesses()
  for (let i = 0; i < 20; i += 1) witnesses.heard(`liar${i}`, 'ip4/6.6', host)
  witnesses.heard('b', 'ip4/1.1', host)
  expect(witnesses.believed()).toEqual([])
  witnesses.heard('c', 'ip4/2.2', host)
  expect(witnesses.believed()).toEqual([host])
})

test('who changes its mind, or is gone, does not count any more', () => {
  const witnesses = new Witnesses()
  for (const [peer, group] of ['1', '2', '3'].entries()) witnesses.heard(`${peer}`, group, host)
  expect(witnesses.believed()).toEqual([host])
  witnesses.heard('0', '1', '/ip4/9.9.9.9')
  expect(witnesses.believed()).toEqual([])
  witnesses.heard('0', '1', host)
  expect(witnesses.believed()).toEqual([host])
  witnesses.forget('2')
  expect(witnesses.believed()).toEqual([])
})

test('at most four hosts are believed, those with most witnesses first', () => {
  const witnesses = new Witnesses()
  for (let hostNumber = 0; hostNumber < 6; hostNumber += 1) {
    for (let group = 0; group < witnessesMin + hostNumber; group += 1) {
      witnesses.heard(`${hostNumber}/${group}`, `group ${group}`, `host ${hostNumber}`)
    }
  }
  expect(witnesses.believed()).toEqual(['host 5', 'host 4', 'host 3', 'host 2'])
})

test('256 peers are remembered, and whoever comes later is not asked', () => {
  const witnesses = new Witnesses()
  for (let i = 0; i < 256; i += 1) witnesses.heard(`${i}`, `${i}`, 'elsewhere')
  for (let i = 0; i < 3; i += 1) witnesses.heard(`late ${i}`, `late ${i}`, host)
  expect(witnesses.believed()).toEqual(['elsewhere'])
  for (let i = 0; i < 3; i += 1) witnesses.heard(`${i}`, `${i}`, host)
  expect(witnesses.believed()).toEqual(['elsewhere', host])
})

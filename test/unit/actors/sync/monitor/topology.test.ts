import { describe, expect, test } from 'vitest'
import {
  Announcements,
  analyseTopology,
  announcementsMax,
  distanceOf,
  type TopologyPeer,
} from '../../../../../src/actors/sync/monitor/topology.ts'

const committee = { members: 4, quorum: 3 }
const plain: TopologyPeer = {
  netgroup: '10.0',
  member: undefined,
  isOutbound: true,
  roundTripMs: 30,
}

function of(...changes: readonly Partial<TopologyPeer>[]): readonly TopologyPeer[] {
  return changes.map((change) => ({ ...plain, ...change }))
}

/** `counts[i]` announcements of peer i, each of a netgroup of its own, or of the one that is named. */
function announced(counts: readonly number[], netgroup?: string): Announcements {
  const announcements = new Announcements()
  counts.forEach((count, i) => {
    const announcement = { peer: `p${i}`, netgroup: netgroup ?? `10.${i}` }
    for (let n = 0; n < count; n += 1) announcements.add(announcement)
  })
  return announcements
}

test.each([
  [undefined, 'unknown'],
  [Number.NaN, 'unknown'],
  [-1, 'unknown'],
  [0, 'here'],
  [20, 'near'],
  [60, 'region'],
  [150, 'far'],
  [400, 'remote'],
])('%s ms there and back is %s', (roundTripMs, expected) => {
  expect(distanceOf(roundTripMs)).toBe(expected)
})

test('peers are clustered by network and distance, the largest first', () => {
  const peers = of({}, {}, { roundTripMs: 500 }, { netgroup: '10.1' }, { netgroup: '10.2' })
  const report = analyseTopology(peers, [], committee)
  expect(report).toMatchObject({ peers: 5, netgroups: 3, distances: { near: 4, remote: 1 } })
  expect(report.clusters).toEqual([
    { netgroup: '10.0', distance: 'near', peers: 2 },
    { netgroup: '10.0', distance: 'remote', peers: 1 },
    { netgroup: '10.1', distance: 'near', peers: 1 },
    { netgroup: '10.2', distance: 'near', peers: 1 },
  ])
})

describe('it warns', () => {
  const apart = of({}, { netgroup: '10.1' }, { netgroup: '10.2' }, { netgroup: '10.3' })
  test.each<[string, readonly TopologyPeer[], Announcements, readonly string[]]>([
    ['not of four networks', apart, announced([5, 5, 5]), []],
    ['not without peers', [], new Announcements(), []],
    ['not of few announcements', apart, announced([9], '10.0'), []],
    [
      'of two networks',
      of({}, {}, { netgroup: 'x' }, { netgroup: 'x' }),
      announced([]),
      ['few-netgroups'],
    ],
    [
      'of one network with most peers',
      of({}, {}, {}, { netgroup: 'x' }, { netgroup: 'y' }),
      announced([]),
      ['netgroup-dominant'],
    ],
    [
      'of two members in one network, where one may fail',
      of({ member: 0 }, { member: 1 }, { netgroup: 'x', member: 2 }),
      announced([]),
      ['committee-in-one-netgroup'],
    ],
    ['not of one member by two ways', of({ member: 0 }, { member: 0 }), announced([]), []],
    [
      'of peers that all came by themselves',
      of({ isOutbound: false }),
      announced([]),
      ['no-outbound'],
    ],
    ['of news from two networks', apart, announced([5, 5]), ['announcers-alike']],
    ['of news from one peer', apart, announced([2, 2, 7]), ['announcer-dominant']],
  ])('%s', (_of, peers, announcements, expected) => {
    expect(analyseTopology(peers, announcements.latest, committee).warnings).toEqual(expected)
  })
})

test('of announcements the last hundred are remembered', () => {
  const { latest } = announced([announcementsMax, announcementsMax - 1])
  expect(latest).toHaveLength(announcementsMax)
  expect(latest.filter(({ peer }) => peer === 'p0')).toHaveLength(1)
})

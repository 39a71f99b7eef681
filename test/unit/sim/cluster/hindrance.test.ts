/** A bound that is missed breaks a property only where it could have been kept. One world, hindered in turn. */
import { beforeAll, describe, expect, test } from 'vitest'
import { Cluster } from '../../../../sim/cluster/cluster.ts'
import { hindersCatchingUp, hindersProgress } from '../../../../sim/cluster/hindrance.ts'
import { idealScheme } from '../../../../sim/cluster/ideal.ts'
import { approvedSlotOn } from '../../../../sim/cluster/silenced.ts'
import type { DiskImage } from '../../../../sim/disk.ts'
import { localLink } from '../../../../sim/link.ts'
import { cutOneWay, type LinkRule, partition } from '../../../../sim/rules.ts'
import { soundServices } from '../../../../sim/services.ts'
import { keys } from '../../../../src/actors/storage/keys.ts'
import { encodeVoteRecord, sealRecord } from '../../../../src/actors/storage/record.ts'
import { emptyRecord } from '../../../../src/protocol/consensus/record.ts'

const crypto = idealScheme()
let net: Cluster

beforeAll(() => {
  const options = { members: 4, followers: 1, slotMs: 400, link: localLink, startLater: ['f0'] }
  net = new Cluster(options, { seed: 'hindrance', crypto })
  net.run(5_200)
}, 60_000)

function whileCut(rule: LinkRule, look: () => string | undefined): string | undefined {
  const { rules } = net.simulation.network
  rules.add('cut', rule)
  const said = look()
  rules.remove('cut')
  return said
}

describe('progress', () => {
  const look = (): string | undefined => hindersProgress(net, ['n0'])
  const tooFew = 'n0 has 2 members that are well within reach, and 3 are needed'

  test('can be made by members that run and reach one another, if only through a third', () => {
    expect(net.heightOf('n0')).toBeGreaterThan(3)
    expect(look()).toBeUndefined()
    expect(whileCut(partition([['n0'], ['n2', 'n3']]), look)).toBeUndefined()
  })

  test('cannot be made across a cut, whether both ways or one', () => {
    const halves = partition([
      ['n0', 'n1'],
      ['n2', 'n3'],
    ])
    expect(whileCut(halves, look)).toBe(tooFew)
    expect(whileCut(cutOneWay(['n0', 'n1'], ['n2', 'n3']), look)).toBe(tooFew)
  })

  test('cannot be made with members that stand still, or have no engine', () => {
    const { host } = net.machine('n2')
    host.pause()
    net.machine('n3').engineFaults = { ...soundServices, down: ['engine'] }
    expect(look()).toBe(tooFew)
    host.resume()
    net.machine('n3').engineFaults = soundServices
    expect(look()).toBeUndefined()
  })
})

describe('progress with members that have lost their votes', () => {
  const look = (): string | undefined => hindersProgress(net, ['n0'])
  const diskOf = (name: string) => net.machine(name).host.disk

  /** What a member writes that does not know whether it has voted in the slots up to `floor`. */
  function forget(name: string, floor: number): DiskImage {
    const before = diskOf(name).snapshot()
    const record = encodeVoteRecord({ ...emptyRecord(0), floor })
    for (const place of [0, 1] as const) {
      for (const copy of [0, 1] as const) {
        const key = keys.voteRecord(place, copy)
        diskOf(name).apply([{ key, value: sealRecord(key, record) }])
      }
    }
    return before
  }

  test('can be made while a quorum remembers, and where nothing has to be given up', () => {
    const before = forget('n1', 1_000)
    expect(look()).toBeUndefined()
    diskOf('n1').restore(before)
  })

  test('cannot be made if too few of those that are there may vote for what comes next', () => {
    const approved = approvedSlotOn(diskOf('n0'))
    expect(approved).toBeGreaterThan(3)
    const before = forget('n1', approved + 1)
    const apart = partition([['n0', 'n1', 'n2'], ['n3']])
    expect(whileCut(apart, look)).toBe(
      `n1 lost votes and may not give up what follows slot ${approved}`,
    )
    diskOf('n1').restore(before)
    expect(whileCut(apart, look)).toBeUndefined()
    // What was silent up to what is approved by now is silent no more.
    const silent = forget('n1', approved)
    expect(whileCut(apart, look)).toBeUndefined()
    diskOf('n1').restore(silent)
  })
})

describe('a height', () => {
  const look = (): string | undefined => hindersCatchingUp(net, ['f0'], net.heightOf('n0'))

  test('cannot be reached by who does not run', () => {
    expect(look()).toBe('f0 is not well')
  })

  test('can be reached as long as every block is on a disk within reach', () => {
    net.restart('f0')
    net.run(500, () => net.machine('f0').node !== undefined)
    expect(look()).toBeUndefined()
    const disks = net.members.map((name) => net.machine(name).host.disk)
    for (const disk of disks.slice(1)) disk.apply([{ key: keys.blockAt(2), value: undefined }])
    expect(look()).toBeUndefined()
    disks[0]?.apply([{ key: keys.blockAt(2), value: undefined }])
    expect(look()).toBe('f0: nobody within reach has block 2')
  })
})

describe('a bound that is missed', () => {
  const world = (): Cluster => {
    return new Cluster({ members: 3, link: localLink }, { seed: 'missed', crypto: idealScheme() })
  }

  test('is a violation, or ends the story without a verdict', () => {
    const fit = world()
    fit.run(100)
    fit.requireProgress(['n0'], 1_000, 10)
    expect([fit.violation?.property, fit.doubt]).toEqual(['progress', undefined])

    const unfit = world()
    for (const name of ['n1', 'n2']) unfit.crash(name)
    unfit.requireProgress(['n0'], 1_000, 10)
    unfit.require('later', false, 'nothing is asked any more')
    unfit.end()
    expect(unfit.violation).toBeUndefined()
    expect(unfit.doubt).toMatchObject({ property: 'progress', atMs: 10 })
  })
})

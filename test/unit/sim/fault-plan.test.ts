/** Plans of faults for any world: what is drawn, that it happens, and that healing ends all of it. */
import { describe, expect, test } from 'vitest'
import { honestDisk, soundDisk } from '../../../sim/disk-faults.ts'
import {
  drawFaults,
  heal,
  unleash,
  type WorldFault,
  worldFaultKinds,
} from '../../../sim/fault-plan.ts'
import { narrow } from '../../../sim/link-changes.ts'
import { SimRandom } from '../../../sim/random.ts'
import { Simulation } from '../../../sim/simulation.ts'
import { soundVerifier } from '../../../sim/verifier.ts'

const hosts = ['a', 'b', 'c']
const durationMs = 30_000

function planOf(seed: number): readonly WorldFault[] {
  return drawFaults(new SimRandom(`${seed}`), { hosts, durationMs, forMsMax: 5_000 })
}

const seeds = Array.from({ length: 100 }, (_, seed) => seed)

describe('a plan', () => {
  test('leaves each kind out of about half of the worlds', () => {
    for (const kind of worldFaultKinds) {
      const worlds = seeds.filter((seed) => planOf(seed).some((fault) => fault.kind === kind))
      expect(worlds.length).toBeGreaterThan(30)
      expect(worlds.length).toBeLessThan(70)
    }
  })

  test('is in order, within its time, and never cuts everybody off from nobody', () => {
    for (const plan of seeds.map(planOf)) {
      expect(plan.toSorted((a, b) => a.atMs - b.atMs)).toEqual(plan)
      for (const fault of plan) {
        expect(fault.atMs).toBeLessThan(durationMs)
        expect(fault.forMs).toBeLessThanOrEqual(5_000)
        if (fault.kind === 'isolate') expect([1, 2]).toContain(fault.hosts.length)
        if (fault.kind === 'reset') expect(fault.a).not.toBe(fault.b)
      }
    }
  })

  test('of one kind is the same, whichever others there are', () => {
    const random = (): SimRandom => new SimRandom('same')
    const all = drawFaults(random(), { hosts, durationMs })
    for (const kind of worldFaultKinds) {
      const alone = drawFaults(random(), { hosts, durationMs, kinds: [kind] })
      expect(alone).toEqual(all.filter((fault) => fault.kind === kind))
    }
  })
})

describe('a world under a plan', () => {
  test('suffers, and is sound again once it is healed', () => {
    const suffered = { crashes: 0, pauses: 0, rules: 0, disks: 0, clocks: 0 }
    for (const seed of seeds.slice(0, 20)) {
      const world = new Simulation({ seed })
      for (const name of hosts) world.addHost(name).boot(() => ({ stop: () => undefined }))
      unleash(world, planOf(seed))
      for (let atMs = 0; atMs < durationMs; atMs += 500) {
        world.runUntil(atMs)
        suffered.rules += world.network.rules.size
        for (const { isPaused, disk, oscillator } of world.hosts) {
          suffered.pauses += Number(isPaused)
          suffered.disks += Number(disk.faults !== soundDisk)
          suffered.clocks += Number(Math.abs(oscillator.wallMs - world.wallMs) > 1)
        }
      }
      suffered.crashes += world.hosts.reduce((sum, { lives }) => sum + lives - 1, 0)
      heal(world)
      for (const { isRunning, isPaused, disk, oscillator } of world.hosts) {
        expect([isRunning, isPaused, disk.faults]).toEqual([true, false, soundDisk])
        expect(oscillator.wallMs).toBeCloseTo(world.wallMs, 2)
      }
      expect(world.network.rules.size).toBe(0)
      // What was to end later finds nothing to end.
      world.runFor(10_000)
      expect(world.hosts.every(({ isRunning }) => isRunning)).toBe(true)
    }
    for (const count of Object.values(suffered)) expect(count).toBeGreaterThan(20)
  })

  test('is healed of what no plan has brought about, too', () => {
    const world = new Simulation({ seed: 1 })
    const host = world.addHost('n0')
    host.disk.distrust()
    host.disk.lies = { ...honestDisk, phantomSyncPerMillion: 1 }
    host.oscillator.setTick(20)
    host.verifierFaults = { ...soundVerifier, workersStuck: 1 }
    world.network.linkChanges.add('narrow', narrow(1_000, 1))
    heal(world)
    expect([host.disk.isSound, host.oscillator.tickUs]).toEqual([true, 0])
    expect(host.verifierFaults).toBe(soundVerifier)
    expect(world.network.linkChanges.names).toEqual([])
  })
})

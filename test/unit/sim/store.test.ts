import { describe, expect, test } from 'vitest'
import { SimDisk } from '../../../sim/disk.ts'
import { type DiskFaults, soundDisk } from '../../../sim/disk-faults.ts'
import { SimRandom } from '../../../sim/random.ts'
import { openDisk, put, text } from './open-disk.ts'

/** What is left of five commits, each of which writes its number to `n` and to a key of its own. */
function surviveCrash(seed: string, faults: Partial<DiskFaults> = {}) {
  const { disk, commit, timeline } = openDisk(faults, seed)
  commit('base', [put('n', 'v0'), put('k0', 'value')], true)
  timeline.runUntil(10_000)
  for (let i = 1; i <= 5; i += 1)
    commit(`${i}`, [put('n', `v${i}`), put(`k${i}`, 'value')], i === 5)
  disk.crash(new SimRandom(seed))
  return disk
}

describe('the time a store takes', () => {
  test('a read takes its latency', () => {
    const { timeline, log, get } = openDisk()
    get('a')
    timeline.runUntil(10_000)
    expect(log).toEqual(['a=undefined@100'])
  })

  test('commits that are not durable do not wait for a sync', () => {
    const { timeline, log, commit } = openDisk()
    commit('a', [put('a', '1')], false)
    commit('b', [put('b', '1')], false)
    timeline.runUntil(10_000)
    expect(log).toEqual(['a ok@10', 'b ok@20'])
  })

  test('commits that queue behind a sync share the next one', () => {
    const { timeline, log, commit } = openDisk()
    for (const name of ['a', 'b', 'c', 'd']) commit(name, [put(name, '1')], true)
    timeline.runUntil(10_000)
    expect(log).toEqual(['a ok@1010', 'b ok@2040', 'c ok@2040', 'd ok@2040'])
  })

  test('a commit that is not durable does not wait for the sync of one behind it', () => {
    const { timeline, log, commit } = openDisk()
    commit('a', [put('a', '1')], true)
    commit('b', [put('b', '1')], false)
    commit('c', [put('c', '1')], true)
    timeline.runUntil(10_000)
    expect(log).toEqual(['a ok@1010', 'b ok@1020', 'c ok@2030'])
  })

  test('a slow disk takes longer for everything', () => {
    const { timeline, log, commit, get } = openDisk({ slownessPercent: 300 })
    commit('a', [put('a', '1')], true)
    get('a')
    timeline.runUntil(10_000)
    expect(log).toEqual(['a=1@300', 'a ok@3030'])
  })
})

describe('faults of a disk', () => {
  test('a failed commit leaves nothing behind', () => {
    const { timeline, disk, log, commit, get } = openDisk()
    commit('good', [put('a', 'old')], true)
    timeline.runUntil(5_000)
    disk.faults = { ...soundDisk, ioErrorPerMillion: 1_000_000 }
    commit('bad', [put('a', 'new'), put('b', 'new')], true)
    disk.faults = soundDisk
    get('a')
    get('b')
    timeline.runUntil(10_000)
    expect(log.slice(1)).toEqual(['bad io@5010', 'a=old@5100', 'b=undefined@5100'])
  })

  test('reads fail as often as the rate says', () => {
    const { timeline, log, get } = openDisk({ ioErrorPerMillion: 250_000 })
    for (let i = 0; i < 400; i += 1) get('a')
    timeline.runUntil(10_000)
    const failures = log.filter((line) => line.startsWith('a=io')).length
    expect(failures).toBeGreaterThan(60)
    expect(failures).toBeLessThan(140)
  })

  test('a full disk refuses what would let it grow, and takes what lets it shrink', () => {
    const { timeline, disk, log, commit, get } = openDisk({ bytesMax: 20 })
    commit('fits', [put('a', '1234567890')], true)
    commit('too much', [put('b', '1234567890')], true)
    commit('replaces', [put('a', '12345')], true)
    commit('fits now', [put('b', '1234567890')], true)
    disk.faults = { ...disk.faults, bytesMax: 5 }
    commit('deletes', [{ key: 'b', value: undefined }], true)
    get('b')
    timeline.runUntil(20_000)
    expect(disk.bytes).toBe(6)
    expect(log.map((line) => line.split('@')[0])).toEqual([
      'too much full',
      'b=undefined',
      'fits ok',
      'replaces ok',
      'fits now ok',
      'deletes ok',
    ])
  })

  test('a rotten value stays rotten until it is written again', () => {
    const { timeline, disk, log, commit, get } = openDisk()
    const good = 'a value that is long enough'
    commit('a', [put('a', good)], true)
    disk.faults = { ...soundDisk, bitRotPerMillion: 1_000_000 }
    get('a')
    disk.faults = soundDisk
    get('a')
    timeline.runUntil(5_000)
    const [first, second] = log.filter((line) => line.startsWith('a='))
    expect(first).toBe(second)
    expect(first).not.toBe(`a=${good}@100`)
    commit('a', [put('a', good)], true)
    get('a')
    timeline.runUntil(10_000)
    expect(log).toContain(`a=${good}@5100`)
  })

  test('a scan finds rot too', () => {
    const { timeline, store, commit } = openDisk({ bitRotPerMillion: 1_000_000 })
    commit('a', [put('a', 'apple'), put('b', 'berry')], true)
    const found: (string | undefined)[] = []
    store.scan({ from: '', to: '~', limit: 9 }, (outcome) => {
      if (outcome.ok) found.push(...outcome.value.map((entry) => text(entry.value)))
    })
    timeline.runUntil(5_000)
    expect(found).toHaveLength(2)
    expect(found).not.toEqual(['apple', 'berry'])
    expect(found.filter((value) => value === 'apple' || value === 'berry')).toHaveLength(1)
  })
})

describe('a crash', () => {
  test('keeps a prefix of what was not synced, and over many seeds every prefix', () => {
    const seen = new Set<string>()
    for (let seed = 0; seed < 60; seed += 1) {
      const disk = surviveCrash(`${seed}`)
      const kept = [0, 1, 2, 3, 4, 5].filter((i) => disk.read(`k${i}`) !== undefined)
      expect(kept).toEqual([0, 1, 2, 3, 4, 5].slice(0, kept.length))
      expect(text(disk.read('n'))).toBe(`v${kept.length - 1}`)
      seen.add(`${kept.length}`)
    }
    expect(seen.size).toBe(6)
  })

  test('takes away nothing that was done durably, nor anything before it', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const { disk, commit, timeline, log } = openDisk({ tornWrites: true }, `${seed}`)
      commit('a', [put('a', 'one')], false)
      commit('b', [put('b', 'two')], true)
      timeline.runUntil(5_000)
      expect(log).toEqual(['a ok@10', 'b ok@1020'])
      disk.crash(new SimRandom(`${seed}`))
      expect([text(disk.read('a')), text(disk.read('b'))]).toEqual(['one', 'two'])
    }
  })

  test('with torn writes the last commit kept may be damaged, and no other', () => {
    let damaged = 0
    for (let seed = 0; seed < 60; seed += 1) {
      const disk = surviveCrash(`${seed}`, { tornWrites: true })
      const values = [0, 1, 2, 3, 4, 5].map((i) => text(disk.read(`k${i}`)))
      const kept = values.filter((value) => value !== undefined)
      expect(kept.slice(0, -1).every((value) => value === 'value')).toBe(true)
      if (kept.at(-1) !== 'value') damaged += 1
    }
    expect(damaged).toBeGreaterThan(5)
    expect(damaged).toBeLessThan(50)
  })

  test('of deletions takes them back', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const disk = new SimDisk()
      disk.apply([put('a', 'one'), put('b', 'two')])
      disk.syncAll()
      disk.apply([{ key: 'a', value: undefined }, put('b', 'three'), put('c', 'four')])
      const bytes = disk.bytes
      disk.crash(new SimRandom(`${seed}`))
      const content = ['a', 'b', 'c'].map((key) => text(disk.read(key)))
      const isKept = content[0] === undefined
      expect(content).toEqual(isKept ? [undefined, 'three', 'four'] : ['one', 'two', undefined])
      expect(disk.bytes).toBe(isKept ? bytes : 8)
    }
  })

  test('nothing that was under way is answered, and the dead change nothing', () => {
    const { timeline, disk, life, log, commit, get, random } = openDisk()
    commit('a', [put('a', '1')], true)
    get('a')
    life.end()
    disk.crash(random.fork('crash'))
    const before = disk.keys
    commit('dead', [put('z', '1')], true)
    get('a')
    timeline.runUntil(10_000)
    expect(log).toEqual([])
    expect(disk.keys).toBe(before)
  })

  test('what waits too long is written back unasked', () => {
    const disk = new SimDisk()
    for (let i = 0; i < 5_000; i += 1) disk.apply([put('n', `${i}`)])
    expect(disk.unsynced).toBe(4_096)
    disk.crash(new SimRandom('1'))
    expect(Number(text(disk.read('n')))).toBeGreaterThanOrEqual(5_000 - 4_096 - 1)
  })
})

describe('a disk', () => {
  test('can be emptied, and made an image of another', () => {
    const disk = new SimDisk()
    disk.apply([put('a', '1'), put('b', '2')])
    const backup = new SimDisk()
    backup.copyFrom(disk)
    disk.apply([put('a', '9')])
    disk.format()
    expect([disk.keys, disk.bytes, disk.unsynced]).toEqual([0, 0, 0])
    disk.copyFrom(backup)
    expect([text(disk.read('a')), text(disk.read('b')), disk.bytes]).toEqual(['1', '2', 4])
  })

  test('a key of more than 200 characters is a fault of the code', () => {
    expect(() => new SimDisk().apply([put('k'.repeat(201), '')])).toThrow('200 characters')
  })

  test('damage changes a value and leaves absent and empty ones alone', () => {
    const disk = new SimDisk()
    disk.apply([put('a', 'a value'), put('e', '')])
    for (const key of ['a', 'e', 'absent']) disk.damage(key, new SimRandom('1'))
    expect(text(disk.read('a'))).not.toBe('a value')
    expect(text(disk.read('e'))).toBe('')
    expect(disk.read('absent')).toBeUndefined()
  })
})

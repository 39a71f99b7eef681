import { describe, expect, test } from 'vitest'
import { SimDisk } from '../../../sim/disk.ts'
import { type DiskLies, honestDisk, soundDisk } from '../../../sim/disk-faults.ts'
import { SimRandom } from '../../../sim/random.ts'
import { openDisk, put, text } from './open-disk.ts'

const always = 1_000_000

/** A disk that holds these keys, synced, each with the value `old <key>`. */
function holding(keys: readonly string[]): ReturnType<typeof openDisk> {
  const stage = openDisk()
  const writes = keys.map((key) => put(key, `old ${key}`))
  stage.commit('base', writes, true)
  stage.timeline.runUntil(5_000)
  stage.log.length = 0
  return stage
}

function lying(stage: ReturnType<typeof openDisk>, lies: Partial<DiskLies>): void {
  stage.disk.distrust()
  stage.disk.lies = { ...honestDisk, ...lies }
}

describe('operations that fail', () => {
  test('do so by their kind', () => {
    const { timeline, disk, log, commit, get } = holding(['a'])
    disk.faults = { ...soundDisk, readErrorPerMillion: always }
    commit('a', [put('a', 'new')], true)
    get('a')
    disk.faults = { ...soundDisk, writeErrorPerMillion: always }
    commit('b', [put('a', 'newest')], true)
    get('a')
    disk.faults = { ...soundDisk, isReadOnly: true }
    commit('c', [put('a', 'newest')], true)
    get('a')
    timeline.runUntil(10_000)
    const told = log.map((line) => line.split('@')[0])
    expect(told).toEqual(['b io', 'c io', 'a=io', 'a=new', 'a=new', 'a ok'])
  })

  test('a sync that fails takes back what it was for, and leaves what came before and behind', () => {
    const { timeline, disk, log, commit, get } = holding(['a', 'b'])
    commit('before', [put('a', '1')], false)
    timeline.runUntil(5_100)
    disk.faults = { ...soundDisk, syncErrorPerMillion: always }
    commit('failing', [put('a', '2'), put('b', '2')], true)
    commit('behind', [put('a', '3')], false)
    get('b')
    timeline.runUntil(6_200)
    disk.faults = soundDisk
    get('a')
    get('b')
    commit('again', [put('c', '4')], true)
    timeline.runUntil(10_000)
    const told = log.map((line) => line.split('@')[0])
    expect(told).toContain('failing io')
    expect(told.slice(-3)).toEqual(['a=3', 'b=old b', 'again ok'])
  })

  test('a final failure of a sync ends all writing in this life, and what was dirty is gone after it', () => {
    for (const isCrash of [false, true]) {
      const { timeline, disk, life, log, commit, random } = holding(['a'])
      commit('dirty', [put('a', '1')], false)
      timeline.runUntil(5_100)
      disk.faults = { ...soundDisk, syncErrorPerMillion: always, syncErrorIsFinal: true }
      commit('durable', [put('b', '2')], true)
      timeline.runUntil(7_000)
      disk.faults = soundDisk
      commit('later', [put('c', '3')], true)
      timeline.runUntil(9_000)
      const told = log.map((line) => line.split('@')[0])
      expect(told).toEqual(['dirty ok', 'durable io', 'later io'])
      expect(text(disk.read('a'))).toBe('1')
      life.end()
      if (isCrash) disk.crash(random.fork('crash'))
      else disk.close()
      expect(['a', 'b', 'c'].map((key) => text(disk.read(key)))).toEqual([
        'old a',
        undefined,
        undefined,
      ])
      disk.open()
      expect(disk.isSound).toBe(true)
    }
  })

  test('a stalled disk does nothing, and then everything in a burst', () => {
    const { timeline, disk, log, commit, get } = holding(['a'])
    commit('under way', [put('b', '1')], true)
    disk.faults = { ...soundDisk, stalledUntilUs: 20_000 }
    get('a')
    commit('next', [put('c', '1')], true)
    timeline.runUntil(19_999)
    expect(log).toEqual([])
    disk.faults = soundDisk
    timeline.runUntil(20_000)
    expect(log).toEqual(['a=old a@20000', 'under way ok@20000'])
    timeline.runUntil(30_000)
    expect(log.at(-1)).toBe('next ok@21010')
  })
})

describe('a bad sector', () => {
  test('fails each read of its key and each scan over it, until it is written again', () => {
    const { timeline, disk, store, log, commit, get } = holding(['a', 'b'])
    disk.faults = { ...soundDisk, latentErrorPerMillion: always }
    get('b')
    disk.faults = soundDisk
    const scan = (): void =>
      store.scan({ from: 'a', to: 'z', limit: 9 }, (outcome) => {
        log.push(outcome.ok ? `${outcome.value.length} found` : `scan ${outcome.fault.code}`)
      })
    get('a')
    get('b')
    scan()
    commit('b', [put('b', 'new')], false)
    get('b')
    scan()
    timeline.runUntil(10_000)
    const told = log.map((line) => line.split('@')[0])
    expect(told.filter((line) => line !== 'b ok')).toEqual([
      ...['b=io', 'a=old a', 'b=io', 'scan io'],
      ...['b=new', '2 found'],
    ])
  })
})

describe('a crash', () => {
  test('keeps all, nothing, or some, as it is asked to', () => {
    const kept = (crashKeeps: 'some' | 'all' | 'nothing'): ReadonlySet<number> => {
      const counts = Array.from({ length: 20 }, (_, seed) => {
        const disk = new SimDisk()
        disk.faults = { ...soundDisk, crashKeeps }
        for (let i = 0; i < 4; i += 1) disk.apply([put(`${i}`, 'x')])
        disk.crash(new SimRandom(`${seed}`))
        return disk.keys
      })
      return new Set(counts)
    }
    expect(kept('all')).toEqual(new Set([4]))
    expect(kept('nothing')).toEqual(new Set([0]))
    expect(kept('some').size).toBe(5)
  })

  test('of a disk that lies may keep a commit and lose one before it', () => {
    const kept = Array.from({ length: 80 }, (_, seed) => {
      const disk = new SimDisk()
      disk.distrust()
      disk.lies = { ...honestDisk, isCrashScattered: true }
      for (let i = 0; i < 3; i += 1) disk.apply([put('n', `${i}`), put(`k${i}`, 'x')])
      disk.crash(new SimRandom(`${seed}`))
      const survivors = [0, 1, 2].filter((i) => disk.read(`k${i}`) !== undefined)
      expect(text(disk.read('n'))).toBe(survivors.at(-1)?.toString())
      return survivors.join('')
    })
    expect(new Set(kept)).toEqual(new Set(['', '0', '1', '2', '01', '02', '12', '012']))
  })
})

describe('a disk that lies', () => {
  test('has to be declared so', () => {
    const disk = new SimDisk()
    expect(() => {
      disk.lies = { ...honestDisk, phantomSyncPerMillion: 1 }
    }).toThrow('only a disk that is not trusted lies')
    expect(() => disk.revive('a', new Map())).toThrow('not trusted')
  })

  test('answers with the record beside the one that was asked for', () => {
    const stage = holding(['a', 'b', 'c'])
    lying(stage, { misdirectedReadPerMillion: always })
    for (const key of ['a', 'b', 'c']) stage.get(key)
    stage.timeline.runUntil(10_000)
    const told = stage.log.map((line) => line.split('@')[0])
    expect(told).toEqual(['a=old b', 'b=old c', 'c=old b'])
  })

  test('writes over the record beside the one it should, and leaves that as it was', () => {
    const stage = holding(['a', 'b'])
    lying(stage, { misdirectedWritePerMillion: always })
    stage.commit('a', [put('a', 'new')], true)
    stage.timeline.runUntil(10_000)
    expect(stage.log).toEqual(['a ok@6010'])
    const { disk } = stage
    expect([text(disk.read('a')), text(disk.read('b'))]).toEqual(['old a', 'new'])
  })

  test('acknowledges writes that it never does', () => {
    const stage = holding(['a'])
    lying(stage, { phantomWritePerMillion: always })
    stage.commit('a', [put('a', 'new'), put('b', 'new')], true)
    stage.get('a')
    stage.timeline.runUntil(10_000)
    expect(stage.log).toEqual(['a=old a@5100', 'a ok@6010'])
    expect(stage.disk.keys).toBe(1)
  })

  test('acknowledges syncs that it never does', () => {
    const stage = holding(['a'])
    lying(stage, { phantomSyncPerMillion: always })
    stage.disk.faults = { ...soundDisk, crashKeeps: 'nothing' }
    stage.commit('a', [put('a', 'new')], true)
    stage.timeline.runUntil(10_000)
    expect(stage.log).toEqual(['a ok@6010'])
    stage.disk.crash(new SimRandom('crash'))
    expect(text(stage.disk.read('a'))).toBe('old a')
  })

  test('brings back an old record, or one that was deleted, and forgets one that was new', () => {
    const { disk } = holding(['a', 'b'])
    const image = disk.snapshot()
    disk.apply([put('a', 'new'), { key: 'b', value: undefined }, put('c', 'new')])
    disk.distrust()
    for (const key of ['a', 'b', 'c']) disk.revive(key, image)
    expect(['a', 'b', 'c'].map((key) => text(disk.read(key)))).toEqual([
      'old a',
      'old b',
      undefined,
    ])
  })
})

test('a disk that is rolled back is what it was, and takes commits as before', () => {
  const { disk } = holding(['a', 'b'])
  const image = disk.snapshot()
  const { bytes } = disk
  disk.apply([put('a', 'new'), { key: 'b', value: undefined }, put('c', 'new')])
  disk.restore(image)
  expect([disk.snapshot(), disk.bytes, disk.unsynced]).toEqual([image, bytes, 0])
  disk.apply([put('d', 'later')])
  expect([text(disk.read('d')), disk.keys]).toEqual(['later', 3])
})

import { beforeEach, describe, expect, test } from 'vitest'
import { chainHeight, importFault, Scene, served, truth } from './scene.ts'

let scene: Scene

beforeEach(() => {
  scene = new Scene().open()
})

function joinThree(height = chainHeight): void {
  for (const peer of ['a', 'b', 'c']) scene.join(peer, height)
}

function failure() {
  return scene.status.failure
}

function timesFailed(): number {
  return scene.states.filter((state) => state === 'failed').length
}

describe('a fault of this node itself', () => {
  beforeEach(() => {
    scene.refusal = ({ fromHeight, toHeight }) =>
      fromHeight <= 40 && toHeight >= 40 ? importFault('execution-invalid') : undefined
    joinThree()
  })

  test('at a block twice is a failure that names it, and nobody is blamed', () => {
    scene.stage.run(1_000)
    expect(scene.states).not.toContain('failed')
    scene.stage.run(1_500)
    expect(failure()).toMatchObject({ kind: 'local', code: 'execution-invalid' })
    expect(failure()?.detail).toMatch(/block \d+ failed here 2 times/)
    expect(scene.reported).toEqual([])
    expect(scene.isGateOpen).toBe(false)
    expect(scene.stage.reports('sync-state-changed').at(-1)).toMatchObject({
      ...{ to: 'failed', failure: { kind: 'local', code: 'execution-invalid' } },
    })
  })

  test('is tried again after pauses that grow, whoever comes', () => {
    scene.stage.run(60_000)
    const times = timesFailed()
    expect(times).toBeGreaterThanOrEqual(3)
    expect(times).toBeLessThan(8)
    expect(scene.status.failures).toBe(times)
    scene.join('d', chainHeight)
    expect(timesFailed()).toBe(times)
    expect(scene.reported).toEqual([])
  })

  test('is over when it is lifted', () => {
    scene.stage.run(10_000)
    expect(timesFailed()).toBeGreaterThan(0)
    scene.refusal = () => undefined
    scene.stage.run(20_000)
    expect(scene.status).toMatchObject({
      ...{ state: 'synced', currentHeight: chainHeight, failure: undefined, failures: 0 },
    })
    expect(scene.isGateOpen).toBe(true)
  })

  test('is tried again at once when an operator says so', () => {
    scene.stage.run(30_000)
    scene.refusal = () => undefined
    for (let ms = 0; scene.status.state !== 'failed' && ms < 60_000; ms += 100) scene.stage.run(100)
    expect(scene.status.state).toBe('failed')
    expect(scene.ask('start-sync').state).not.toBe('failed')
    scene.stage.run(2_500)
    expect(scene.status).toMatchObject({ state: 'synced', currentHeight: chainHeight })
  })

  test('is not failed at again by what was found before the pause', () => {
    while (timesFailed() === 0) scene.stage.run(10)
    scene.refusal = () => undefined
    // Whatever comes as the pause ends, before the chain has said where it stands.
    scene.chainActor.react(() => undefined)
    for (let i = 0; i < 30; i += 1) {
      scene.stage.run(100)
      scene.join('d', chainHeight)
    }
    expect(timesFailed()).toBe(1)
  })
})

describe('a chain that takes nothing', () => {
  test.each(['gap', 'store-full', 'execution-unavailable'])(
    'because of "%s" twice is such a fault too, and recovers',
    (code) => {
      scene.refusal = () => importFault(code)
      joinThree()
      scene.stage.run(4_000)
      const told = scene.stage.reports('sync-state-changed').find(({ to }) => to === 'failed')
      expect(told?.failure).toMatchObject({ kind: 'local', code })
      scene.refusal = () => undefined
      scene.stage.run(20_000)
      expect(scene.status).toMatchObject({ state: 'synced', currentHeight: chainHeight })
      expect(scene.reported).toEqual([])
      expect(scene.stage.failures).toEqual([])
    },
  )

  test('since it never answers is found out when its time is over', () => {
    scene.refusal = () => 'nothing'
    joinThree()
    scene.stage.run(59_000)
    expect(scene.states).not.toContain('failed')
    scene.stage.run(3_000)
    expect(scene.states).toContain('failed')
    scene.refusal = () => undefined
    scene.stage.run(30_000)
    expect(scene.status).toMatchObject({ state: 'synced', currentHeight: chainHeight })
  })
})

test('a peer that comes ends a failure for want of peers, at once', () => {
  scene.stage.run(29_000)
  expect(scene.status).toMatchObject({ state: 'discovering', failures: 0 })
  scene.stage.run(2_500)
  expect(failure()).toMatchObject({ kind: 'no-peers', code: 'no-peers' })
  expect(scene.isGateOpen).toBe(false)
  joinThree(0)
  expect(scene.status).toMatchObject({ state: 'synced', failures: 0 })
})

test('without anybody it looks again by itself, more and more seldom', () => {
  scene.stage.run(300_000)
  const times = timesFailed()
  expect(times).toBeGreaterThan(5)
  expect(times).toBeLessThan(10)
})

describe('no progress', () => {
  test('for a minute is a failure that says what is missing', () => {
    for (const peer of ['a', 'b', 'c']) scene.join(peer, chainHeight, () => 'nothing')
    scene.stage.run(59_000)
    expect(scene.states).not.toContain('failed')
    scene.stage.run(3_000)
    expect(timesFailed()).toBe(1)
    const told = scene.stage.reports('sync-state-changed').findLast(({ to }) => to === 'failed')
    expect(told?.failure).toMatchObject({ kind: 'no-progress', code: 'no-progress' })
    expect(told?.failure?.detail).toMatch(/block 1 was asked for \d+ times, and 0 answers were/)
    expect(scene.reported).toEqual([])
  })

  test('because everybody lies says that, and one honest peer ends it', () => {
    for (const peer of ['a', 'b', 'c']) {
      scene.join(peer, chainHeight, (fetch) => {
        if (fetch.kind !== 'fetch-headers') return undefined
        return served({ kind: 'found', value: truth(fetch).toReversed() })
      })
    }
    scene.stage.run(64_000)
    const told = scene.stage.reports('sync-state-changed').findLast(({ to }) => to === 'failed')
    expect(told?.failure?.detail).toMatch(
      /block 1 was asked for [1-9]\d* times, and [1-3] answers were wrong/,
    )
    expect(scene.status.currentHeight).toBe(0)
    scene.join('honest', chainHeight)
    scene.stage.run(6_000)
    expect(scene.status).toMatchObject({ state: 'synced', currentHeight: chainHeight })
    expect(new Set(scene.reported)).toEqual(new Set(['a forged', 'b forged', 'c forged']))
    expect(scene.stage.failures).toEqual([])
  })

  test('is no failure while blocks are committed, however it is', () => {
    for (const peer of ['a', 'b', 'c']) scene.join(peer, chainHeight, () => 'nothing')
    for (let at = 1; at < 8; at += 1) {
      scene.advance(at)
      scene.stage.run(30_000)
    }
    expect(scene.states).not.toContain('failed')
  })
})

test('progress counts from where a restarted chain stands, however far it was before', () => {
  joinThree()
  scene.stage.run(3_000)
  expect(scene.committed).toBe(chainHeight)
  for (const peer of ['a', 'b', 'c']) scene.serve(peer, chainHeight, () => 'nothing')
  scene.restartChain(60)
  for (let at = 61; at < 66; at += 1) {
    scene.stage.run(30_000)
    scene.advance(at)
  }
  expect(scene.states).not.toContain('failed')
})

test('the last peer that leaves in the middle: others are looked for', () => {
  scene.join('a', chainHeight, () => 'nothing')
  scene.judge('a', { class: 'federation' })
  expect(scene.status.state).toBe('downloading-headers')
  scene.leave('a')
  expect(scene.status.state).toBe('discovering')
  joinThree()
  scene.stage.run(6_000)
  expect(scene.status).toMatchObject({ state: 'synced', currentHeight: chainHeight })
})

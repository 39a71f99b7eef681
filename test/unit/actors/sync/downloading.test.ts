import { beforeEach, describe, expect, test } from 'vitest'
import type { CertifiedHeader } from '../../../../src/protocol/wire/certified-header.ts'
import {
  type Answer,
  blockAt,
  blocks,
  chainHeight,
  type Fetch,
  fault,
  importFault,
  lookMs,
  type Manner,
  otherBlocks,
  Scene,
  served,
  truth,
} from './scene.ts'

let scene: Scene

beforeEach(() => {
  scene = new Scene().open()
})

/** Three peers that have the whole chain; the first answers in its own way. */
function joinThree(first?: Manner): void {
  scene.join('a', chainHeight, first)
  for (const peer of ['b', 'c']) scene.join(peer, chainHeight)
}

/** As an honest peer, but that one item of one kind of answer is another. */
function lying(kind: Fetch['kind'], change: (item: unknown, at: number) => unknown): Manner {
  return (fetch) => {
    if (fetch.kind !== kind) return undefined
    return served({ kind: 'found', value: truth(fetch).map(change) })
  }
}

function runsInOrder(): void {
  let next = 1
  for (const [from, to] of scene.runs) {
    expect(from).toBe(next)
    next = to + 1
  }
  expect(next).toBe(chainHeight + 1)
}

describe('a node that is behind', () => {
  test('asks for certificates, then headers, then bodies, and imports them in their order', () => {
    joinThree()
    scene.stage.run(2_000)
    expect(scene.status).toMatchObject({
      ...{ state: 'synced', currentHeight: chainHeight, provenHeight: chainHeight },
      ...{ progress: 1, reservedBytes: 0, requests: 0, remainingMs: undefined },
    })
    const kinds = scene.fetches.map(({ kind }) => kind)
    expect(kinds[0]).toBe('fetch-certified')
    expect(kinds.indexOf('fetch-headers')).toBeGreaterThan(kinds.lastIndexOf('fetch-certified'))
    expect(kinds.indexOf('fetch-bodies')).toBeGreaterThan(kinds.indexOf('fetch-headers'))
    runsInOrder()
    expect(scene.status.blocksPerSecond).toBeGreaterThan(0)
    expect(scene.status.bytesPerSecond).toBeGreaterThan(scene.status.blocksPerSecond * 300)
    scene.stage.run(10_000)
    expect(scene.status).toMatchObject({ blocksPerSecond: 0, bytesPerSecond: 0 })
    expect(scene.isGateOpen).toBe(true)
    expect(scene.reported).toEqual([])
    expect(scene.stage.failures).toEqual([])
  })

  test('puts headers together of what one peer gives at a time, and asks it for the rest', () => {
    const few: Manner = (fetch) => {
      if (fetch.kind !== 'fetch-headers') return undefined
      const { fromHeight, countMax } = fetch.request
      const first = blocks.slice(fromHeight - 1, fromHeight - 1 + Math.min(countMax, 7))
      return served({ kind: 'found', value: first.map(({ signed }) => signed) })
    }
    scene.join('few', chainHeight, few)
    scene.stage.run(8_000)
    expect(scene.status).toMatchObject({ state: 'synced', currentHeight: chainHeight })
    const asked = scene.fetches.filter(({ kind }) => kind === 'fetch-headers')
    expect(asked.length).toBeGreaterThanOrEqual(Math.ceil(chainHeight / 7))
    expect(scene.reported).toEqual([])
  })

  test('goes through its states, and says so', () => {
    joinThree()
    scene.stage.run(2_000)
    expect(scene.states).toEqual([
      ...['discovering', 'downloading-headers', 'downloading-blocks', 'catching-up', 'synced'],
    ])
    const counts = scene.stage.reports('segment-proven').map(({ count }) => count)
    expect(counts.reduce((sum, count) => sum + count)).toBe(chainHeight)
    const imported = scene.stage.reports('run-imported').map(({ count }) => count)
    expect(imported.reduce((sum, count) => sum + count)).toBe(chainHeight)
    expect(scene.stage.reports('sync-state-changed').at(-1)).toMatchObject({
      ...{ from: 'catching-up', currentHeight: chainHeight, targetHeight: chainHeight },
    })
  })

  test('tells what each peer did for it', () => {
    joinThree()
    scene.stage.run(2_000)
    const services = scene.peers.of('report-service')
    expect(new Set(services.map(({ outcome }) => outcome))).toContain('served')
    for (const { elapsedMs, outcome } of services) {
      if (outcome === 'served') expect(elapsedMs).toBeGreaterThanOrEqual(20)
    }
  })

  test('shows what comes in, and what it holds', () => {
    const slow: Manner = ({ kind }) => (kind === 'fetch-bodies' ? 'nothing' : undefined)
    for (const peer of ['a', 'b', 'c']) scene.join(peer, chainHeight, slow)
    scene.stage.run(300)
    const { reservedBytes, reservedBytesMax, requests, headOfLineMs } = scene.status
    expect(requests).toBeGreaterThan(0)
    expect(reservedBytes).toBeGreaterThan(0)
    expect(reservedBytes).toBeLessThan(reservedBytesMax)
    expect(headOfLineMs).toBeGreaterThan(100)
    expect(scene.status).toMatchObject({ state: 'downloading-blocks', provenHeight: chainHeight })
  })

  test('asks nothing of peers that may not be asked, or are no further', () => {
    scene.join('behind', 0)
    scene.join('shut', 0)
    scene.judge('shut', { isUsable: false })
    scene.join('shut', chainHeight)
    scene.join('ahead', chainHeight)
    scene.stage.run(8_000)
    expect(new Set(scene.asked())).toEqual(new Set(['ahead']))
    expect(scene.status.currentHeight).toBe(chainHeight)
  })

  test('goes on with others when a peer leaves in the middle', () => {
    joinThree(() => 'nothing')
    scene.stage.run(10)
    scene.leave('a')
    scene.stage.run(2_000)
    expect(scene.status).toMatchObject({ state: 'synced', currentHeight: chainHeight })
  })

  test('is overtaken by votes: what they bring is not imported again', () => {
    joinThree(({ kind }) => (kind === 'fetch-bodies' ? 'nothing' : undefined))
    scene.stage.run(30)
    scene.advance(150)
    scene.stage.run(8_000)
    expect(scene.status).toMatchObject({ state: 'synced', currentHeight: chainHeight })
    expect(scene.stage.failures).toEqual([])
  })

  test('follows a target that rises on the way, without beginning anew', () => {
    for (const peer of ['a', 'b', 'c']) scene.join(peer, 100)
    scene.stage.run(70)
    for (const peer of ['a', 'b', 'c']) scene.join(peer, chainHeight)
    scene.stage.run(3_000)
    expect(scene.status).toMatchObject({ state: 'synced', currentHeight: chainHeight })
    runsInOrder()
  })
})

describe('exactly one peer is blamed', () => {
  const spoilt = new Uint8Array([1, 2, 3])
  const lies: readonly (readonly [string, Manner])[] = [
    [
      'a forged certificate',
      lying('fetch-certified', (item, at) => {
        const { signed, certificate } = item as CertifiedHeader
        const forged = { ...certificate, signature: new Uint8Array(96) }
        return at === 0 ? { signed, certificate: forged } : item
      }),
    ],
    ['headers of another chain', lying('fetch-headers', (_item, at) => otherBlocks[at]?.signed)],
    [
      'headers in another order',
      lying('fetch-headers', (item, at) => (at === 3 ? blockAt(3).signed : item)),
    ],
    ['a wrong body', lying('fetch-bodies', (item, at) => (at === 0 ? spoilt : item))],
    [
      'a header that its author did not sign',
      lying('fetch-headers', (item, at) =>
        at === 0 ? { ...(item as object), signature: new Uint8Array(64) } : item,
      ),
    ],
  ]

  test.each(lies)('for %s, and the others bring the truth', (_what, manner) => {
    // Alone at first, so that it is the liar that is asked.
    scene.join('liar', chainHeight, manner)
    scene.judge('liar', { class: 'federation' })
    scene.stage.run(200)
    for (const peer of ['b', 'c']) scene.join(peer, chainHeight)
    scene.stage.run(8_000)
    expect(scene.stage.failures).toEqual([])
    expect(scene.status).toMatchObject({ state: 'synced', currentHeight: chainHeight })
    expect(new Set(scene.reported)).toEqual(new Set(['liar forged']))
    expect(scene.stage.failures).toEqual([])
  })

  test.each<[string, Answer]>([
    ['was unreachable', fault('unreachable')],
    ['took too long', fault('timeout')],
    ['was busy', served({ kind: 'busy', retryAfterMs: 1_000 })],
    ['has not got it', served({ kind: 'unavailable', fromHeight: 0, toHeight: 0 })],
  ])('and none that %s', (_what, given) => {
    scene.join('a', chainHeight, () => given)
    scene.judge('a', { class: 'federation' })
    scene.stage.run(200)
    for (const peer of ['b', 'c']) scene.join(peer, chainHeight)
    scene.stage.run(8_000)
    expect(scene.status).toMatchObject({ state: 'synced', currentHeight: chainHeight })
    expect(scene.reported).toEqual([])
  })
})

describe('paused', () => {
  test('it asks for nothing more, but imports what is under way; then it goes on', () => {
    joinThree()
    scene.stage.run(70)
    expect(scene.ask('pause-sync')).toMatchObject({ isPaused: true })
    scene.stage.run(100)
    const asked = scene.fetches.length
    const runs = scene.runs.length
    scene.stage.run(5_000)
    expect(scene.fetches).toHaveLength(asked)
    expect(scene.runs.length).toBeGreaterThanOrEqual(runs)
    expect(scene.status.isPaused).toBe(true)
    expect(scene.ask('resume-sync')).toMatchObject({ isPaused: false })
    scene.stage.run(3_000)
    expect(scene.status).toMatchObject({ state: 'synced', currentHeight: chainHeight })
    runsInOrder()
    const told = scene.stage.reports('sync-paused').map(({ isPaused }) => isPaused)
    expect(told).toEqual([true, false])
  })

  test('it imports what had come in before', () => {
    joinThree()
    while (scene.stage.reports('segment-proven').length === 0) scene.stage.run(1)
    scene.stage.run(5)
    const open = scene.status.requests
    expect(open).toBeGreaterThan(0)
    scene.ask('pause-sync')
    scene.stage.run(2_000)
    expect(scene.runs.length).toBeGreaterThan(0)
    expect(scene.status).toMatchObject({ requests: 0, isPaused: true })
  })

  test('for long it does not fail: nobody is at fault', () => {
    joinThree()
    scene.stage.run(70)
    scene.ask('pause-sync')
    scene.stage.run(180_000)
    expect(scene.states).not.toContain('failed')
    scene.ask('resume-sync')
    scene.stage.run(3_000)
    expect(scene.status).toMatchObject({ state: 'synced', currentHeight: chainHeight })
  })

  test('before there is anything to do, it waits', () => {
    scene.ask('pause-sync')
    joinThree()
    scene.stage.run(3_000)
    expect(scene.fetches).toEqual([])
    expect(scene.status).toMatchObject({ isPaused: true, targetHeight: chainHeight })
    scene.ask('start-sync')
    scene.stage.run(3_000)
    expect(scene.status).toMatchObject({ state: 'synced', isPaused: false })
  })
})

describe('a chain that is restarted in the middle', () => {
  test('lower than it was: downloads begin again from there', () => {
    joinThree()
    scene.stage.run(2_000)
    expect(scene.committed).toBe(chainHeight)
    scene.chainActor.clear()
    scene.restartChain(60)
    scene.stage.run(4_000)
    expect(scene.runs[0]?.[0]).toBe(61)
    expect(scene.status).toMatchObject({ state: 'synced', currentHeight: chainHeight })
    expect(scene.stage.failures).toEqual([])
  })

  test('while runs are on their way to it: they are given anew', () => {
    scene.refusal = () => 'nothing'
    joinThree()
    scene.stage.run(1_000)
    expect(scene.runs.length).toBeGreaterThan(0)
    scene.refusal = () => undefined
    scene.restartChain(0)
    scene.stage.run(3_000)
    expect(scene.status).toMatchObject({ state: 'synced', currentHeight: chainHeight })
  })

  test('unheard: what does not fit shows it', () => {
    let isLost = true
    scene.refusal = ({ fromHeight }) => {
      if (fromHeight === 1 || !isLost) return undefined
      isLost = false
      scene.committed = 0
      scene.kept = 0
      return importFault('gap')
    }
    joinThree()
    scene.stage.run(5_000)
    expect(isLost).toBe(false)
    expect(scene.status).toMatchObject({ state: 'synced', currentHeight: chainHeight })
    expect(scene.runs.filter(([from]) => from === 1).length).toBeGreaterThan(1)
    expect(scene.stage.reports('run-refused')).toMatchObject([{ code: 'gap', detail: 'because' }])
    expect(scene.reported).toEqual([])
  })

  test('unheard, and silent when it is asked: it is asked again', () => {
    let isLost = true
    scene.refusal = ({ fromHeight }) => {
      if (fromHeight === 1 || !isLost) return undefined
      isLost = false
      scene.committed = 0
      scene.kept = 0
      scene.isChainReady = false
      return importFault('gap')
    }
    joinThree()
    scene.stage.run(1_000)
    scene.isChainReady = true
    scene.stage.run(3 * lookMs)
    expect(scene.status).toMatchObject({ state: 'synced', currentHeight: chainHeight })
  })

  test.each(['busy', 'ended'])('%s: it is given the same a little later', (code) => {
    let times = 0
    scene.refusal = () => {
      times += 1
      return times % 3 === 1 ? importFault(code) : undefined
    }
    joinThree()
    scene.stage.run(1_500)
    expect(scene.status).toMatchObject({ state: 'synced', currentHeight: chainHeight })
    expect(scene.states).not.toContain('failed')
    expect(scene.reported).toEqual([])
  })
})

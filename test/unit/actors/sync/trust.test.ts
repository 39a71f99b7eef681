/** A node that knows a block of its chain from elsewhere, among peers that have another past. */
import { describe, expect, test } from 'vitest'
import { blockAt, chainHeight, Scene } from './scene.ts'

const trustedHeight = 120

function open(): Scene {
  const { hash } = blockAt(trustedHeight).signed
  return new Scene().open({ trusted: [{ height: trustedHeight, hash }] })
}

function failuresOf(scene: Scene): readonly (string | undefined)[] {
  return scene.stage
    .reports('sync-state-changed')
    .filter(({ to }) => to === 'failed')
    .map(({ failure }) => failure?.kind)
}

/** Whoever answers with another past when it is asked for the trusted one may be blamed; these may not. */
function expectSparedAre(scene: Scene, honest: readonly string[]): void {
  for (const peer of honest) expect(scene.reported).not.toContain(`${peer} forged`)
}

describe('a node with a trusted block', () => {
  test('follows the history that has it, and imports nothing before it is shown', () => {
    const scene = open()
    for (const peer of ['a', 'b', 'c']) scene.join(peer, chainHeight)
    while (scene.runs.length === 0 && scene.stage.simulation.nowMs < 5_000) scene.stage.run(1)
    expect(scene.status.provenHeight).toBeGreaterThanOrEqual(trustedHeight)
    scene.stage.run(3_000)
    expect(scene.status).toMatchObject({ state: 'synced', currentHeight: chainHeight })
    expect(failuresOf(scene)).toEqual([])
  })

  test('takes nothing of another, says why it fails, and blames nobody', () => {
    const scene = open()
    for (const peer of ['x', 'y', 'z']) scene.joinOther(peer, chainHeight)
    scene.stage.run(500)
    expect(scene.status).toMatchObject({
      ...{ state: 'failed', currentHeight: 0, canProduceBlocks: false },
      failure: { kind: 'history', code: 'not-trusted' },
    })
    expect(scene.status.failure?.detail).toMatch(/another history than the trusted one/)
    scene.stage.run(120_000)
    expect(scene.runs).toEqual([])
    expect(scene.reported).toEqual([])
    expect(scene.isGateOpen).toBe(false)
    expect(scene.stage.failures).toEqual([])
  })

  test('asks others, and follows the first that has its history', () => {
    const scene = open()
    for (const peer of ['x', 'y', 'z']) scene.joinOther(peer, chainHeight)
    scene.stage.run(20_000)
    scene.join('honest', chainHeight)
    scene.stage.run(20_000)
    expect(scene.status).toMatchObject({ state: 'synced', currentHeight: chainHeight })
    expect(scene.committed).toBe(chainHeight)
    expect(scene.reported).toEqual([])
  })

  test('gets there with both kinds around it', () => {
    const scene = open()
    for (const peer of ['x', 'y', 'z']) scene.joinOther(peer, chainHeight)
    for (const peer of ['a', 'b', 'c']) scene.join(peer, chainHeight)
    scene.stage.run(90_000)
    expect(scene.status).toMatchObject({ state: 'synced', currentHeight: chainHeight })
    expectSparedAre(scene, ['a', 'b', 'c'])
    expect(scene.stage.failures).toEqual([])
  })

  test('is not led astray by a shorter history, which does not reach so far', () => {
    const scene = open()
    for (const peer of ['x', 'y', 'z']) scene.joinOther(peer, trustedHeight - 20)
    scene.stage.run(62_000 + 2_000)
    expect(scene.runs).toEqual([])
    const told = scene.stage.reports('sync-state-changed').find(({ to }) => to === 'failed')
    expect(told?.failure).toMatchObject({ kind: 'no-progress' })
    expect(told?.failure?.detail).toMatch(/leads to the trusted block/)
    scene.join('honest', chainHeight)
    scene.stage.run(70_000)
    expect(scene.status).toMatchObject({ state: 'synced', currentHeight: chainHeight })
    expectSparedAre(scene, ['honest'])
  })

  test('does not go by the height of those that it does not follow', () => {
    const scene = open()
    for (const peer of ['x', 'y', 'z']) scene.joinOther(peer, chainHeight)
    scene.stage.run(5_000)
    scene.join('honest', chainHeight - 40)
    scene.stage.run(20_000)
    expect(scene.status).toMatchObject({
      ...{ state: 'synced', currentHeight: chainHeight - 40, targetHeight: chainHeight - 40 },
    })
  })
})

test('without one, a node follows what a quorum has certified', () => {
  const scene = new Scene().open()
  for (const peer of ['x', 'y', 'z']) scene.joinOther(peer, chainHeight)
  scene.stage.run(3_000)
  expect(scene.runs.length).toBeGreaterThan(0)
})

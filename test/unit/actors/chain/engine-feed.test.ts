import { beforeEach, describe, expect, test } from 'vitest'
import { SimRandom } from '../../../../sim/random.ts'
import type { ChainMessage } from '../../../../src/actors/chain/messages.ts'
import { keys } from '../../../../src/actors/storage/keys.ts'
import { federationOf, grow } from '../../../support/actors/federation.ts'
import { Prover } from '../../../support/actors/prover.ts'
import { openScene, runToSlot, type Scene } from './scene.ts'

const federation = federationOf(4)
const prover = new Prover(federation, grow(federation, 10))

let scene: Scene

/** A chain of ten committed blocks on the disk. */
beforeEach(() => {
  scene = openScene(federation)
  runToSlot(scene, 12)
  const run = prover.run(prover.segment(0, 10), 1, 10)
  scene.stage.ask<ChainMessage, unknown>(scene.chain, (reply) => ({
    ...{ kind: 'import-run', run, reply },
  }))
})

function restart(engineHeight: number): void {
  scene = openScene(federation, { after: scene.stage, engineHeight })
}

function executed(): readonly number[] {
  return scene.engine.of('execute').map(({ payload }) => payload.number)
}

describe('an engine', () => {
  test('that has everything is left alone', () => {
    restart(10)
    expect(executed()).toEqual([])
    expect(scene.stage.reports('engine-behind')).toEqual([])
  })

  test('that lost blocks is given them in order, and told the last is final', () => {
    restart(6)
    expect(executed()).toEqual([7, 8, 9, 10])
    expect(scene.stage.reports('engine-behind')).toEqual([
      { kind: 'engine-behind', from: 7, to: 10 },
    ])
    const last = scene.engine.of('execute').at(-1)?.payload.blockHash
    expect(scene.engine.of('set-head')[0]).toMatchObject({ head: last, finalized: last })
  })

  test('that does not answer is given the same block again', () => {
    scene = openScene(federation, { after: scene.stage, engineHeight: 8, engineSilences: 1 })
    scene.execution.outcome = { kind: 'unavailable', detail: 'timeout' }
    scene.stage.run(1_100)
    scene.execution.outcome = { kind: 'valid' }
    scene.stage.run(600)
    expect(executed()).toEqual([9, 9, 9, 10])
    expect(scene.stage.failures).toEqual([])
  })

  test('that lost everything is given everything', () => {
    restart(0)
    expect(executed()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  test('that is silent is asked twice a second until it answers', () => {
    scene = openScene(federation, { after: scene.stage, engineHeight: 9, engineSilences: 3 })
    scene.stage.run(1_300)
    expect(executed()).toEqual([])
    scene.stage.run(300)
    expect(executed()).toEqual([10])
    expect(scene.engine.of('get-engine-status')).toHaveLength(4)
  })
})

describe('a block on the disk that is damaged', () => {
  test('is waited for, and what stands on it: nobody fails', () => {
    scene.stage.host.disk.damage(keys.blockAt(8), new SimRandom('damage'))
    restart(6)
    scene.stage.run(60_000)
    expect(executed()).toEqual([7])
    expect(scene.stage.failures).toEqual([])
  })

  test('does no harm if the engine has it', () => {
    scene.stage.host.disk.damage(keys.blockAt(8), new SimRandom('damage'))
    restart(10)
    expect(scene.stage.failures).toEqual([])
    expect(scene.stage.reports('block-lost')).toEqual([])
  })
})

import { beforeEach, describe, expect, test } from 'vitest'
import { SimRandom } from '../../../../sim/random.ts'
import { StorageActor } from '../../../../src/actors/storage/actor.ts'
import { keys } from '../../../../src/actors/storage/keys.ts'
import type { StorageFault, StorageMessage } from '../../../../src/actors/storage/messages.ts'
import { ok, type Result } from '../../../../src/base/result.ts'
import type { Address } from '../../../../src/kernel/actor.ts'
import { federationOf } from '../../../support/actors/federation.ts'
import { Stage } from '../../../support/actors/stage.ts'

let stage: Stage
let storage: Address<StorageMessage>

function spawn(): void {
  const options = { committeeSize: 4, epoch: 0, genesis: federationOf(4).chain.genesis.hash }
  storage = stage.spawn<StorageMessage>('storage', (context) => {
    return new StorageActor(context, stage.environment.store, options)
  })
}

beforeEach(() => {
  stage = new Stage()
  spawn()
})

function keep(name: string, bytes: Uint8Array): Result<undefined, StorageFault> {
  return stage.ask<StorageMessage, Result<undefined, StorageFault>>(storage, (reply) => ({
    kind: 'keep-note',
    name,
    bytes,
    reply,
  }))
}

function load(name: string): Result<Uint8Array | undefined, StorageFault> {
  return stage.ask<StorageMessage, Result<Uint8Array | undefined, StorageFault>>(
    storage,
    (reply) => ({ kind: 'load-note', name, reply }),
  )
}

describe('a note', () => {
  test('is there under its name, and outlives a crash of the machine', () => {
    expect(load('one')).toEqual(ok(undefined))
    expect(keep('one', Uint8Array.of(1, 2))).toEqual(ok(undefined))
    expect(keep('two', Uint8Array.of(3))).toEqual(ok(undefined))
    stage.host.crash()
    stage.boot()
    spawn()
    expect(load('one')).toEqual(ok(Uint8Array.of(1, 2)))
    expect(load('two')).toEqual(ok(Uint8Array.of(3)))
  })

  test('takes the place of the one before', () => {
    keep('one', Uint8Array.of(1))
    keep('one', new Uint8Array(100_000).fill(2))
    expect(load('one')).toEqual(ok(new Uint8Array(100_000).fill(2)))
  })

  test('that is damaged is told of, and not served', () => {
    keep('one', Uint8Array.of(1, 2, 3))
    stage.host.disk.damage(keys.note('one'), new SimRandom('damage'))
    expect(load('one')).toMatchObject({ ok: false, fault: { code: 'corrupt' } })
    expect(stage.reports('record-corrupt')).toHaveLength(1)
  })

  test('that the disk refuses is a fault', () => {
    stage.host.disk.faults = { ...stage.host.disk.faults, ioErrorPerMillion: 1_000_000 }
    expect(keep('one', Uint8Array.of(1))).toMatchObject({ ok: false, fault: { code: 'io' } })
    expect(load('one')).toMatchObject({ ok: false, fault: { code: 'io' } })
  })
})

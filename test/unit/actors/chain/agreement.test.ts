import { describe, expect, test } from 'vitest'
import type { ChainMessage } from '../../../../src/actors/chain/messages.ts'
import type { EngineMessage } from '../../../../src/actors/engine/messages.ts'
import { StorageActor } from '../../../../src/actors/storage/actor.ts'
import type { StorageMessage } from '../../../../src/actors/storage/messages.ts'
import { sealPayload } from '../../../../src/protocol/execution/payload.ts'
import { hashOf } from '../../../../src/protocol/hash.ts'
import { certify, federationOf, grow, voteOf } from '../../../support/actors/federation.ts'
import {
  gossip,
  openScene,
  proposalOf,
  published,
  runToSlot,
  type Scene,
  type SceneOptions,
  statusOf,
} from './scene.ts'

const alone = federationOf(1)
const four = federationOf(4)
const [first] = grow(four, 1) as [ReturnType<typeof grow>[number]]

/** An engine that builds empty payloads. */
function buildPayloads(scene: Scene): void {
  let number = 0
  scene.engine.react((message: EngineMessage) => {
    if (message.kind === 'execute') message.reply({ kind: 'valid' })
    if (message.kind !== 'build') return
    const { head, timestampMs, feeRecipient, extraData } = message.request
    number += 1
    const roots = { stateRoot: hashOf('trie'), transactionsRoot: hashOf('node') }
    const payload = { parentHash: head, number, timestampMs, feeRecipient, extraData, ...roots }
    message.reply({ payload: sealPayload(payload), transactions: [] })
  })
}

/** Storage whose writes are answered when the test says so. */
function heldStorage() {
  const held: { readonly kinds: readonly string[]; release: () => void }[] = []
  const storage: SceneOptions['storage'] = (stage) => {
    const committeeSize = four.chain.committee.members.length
    const options = { committeeSize, epoch: 0, genesis: four.chain.genesis.hash }
    return stage.spawn<StorageMessage>('storage', (context) => {
      const inner = new StorageActor(context, stage.environment.store, options)
      return {
        receive: (message) => {
          if (message.kind !== 'persist') return inner.receive(message)
          const kinds = message.records.map(({ kind }) => kind)
          held.push({ kinds, release: () => inner.receive(message) })
        },
      }
    })
  }
  return { held, storage }
}

describe('a committee of one', () => {
  test('commits a block in each slot, by itself', () => {
    const scene = openScene(alone, { member: 0 })
    buildPayloads(scene)
    scene.stage.send(scene.chain, { kind: 'set-gate', isOpen: true })
    runToSlot(scene, 6)
    const committed = scene.stage.reports('block-committed')
    expect(committed.map(({ height, slot }) => [height, slot])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
      [5, 5],
      [6, 6],
    ])
    expect(scene.stage.failures).toEqual([])
  })

  test('goes on after a restart where it was', () => {
    let scene = openScene(alone, { member: 0 })
    buildPayloads(scene)
    scene.stage.send(scene.chain, { kind: 'set-gate', isOpen: true })
    runToSlot(scene, 3)
    const before = statusOf(scene)?.committed
    scene = openScene(alone, { member: 0, after: scene.stage, engineHeight: 3 })
    expect(statusOf(scene)?.committed).toEqual(before)
    expect(before?.height).toBe(3)
  })

  test('gives a slot up in which the engine builds nothing', () => {
    const scene = openScene(alone, { member: 0 })
    scene.engine.react((message) => {
      if (message.kind === 'build') message.reply(undefined)
    })
    scene.stage.send(scene.chain, { kind: 'set-gate', isOpen: true })
    runToSlot(scene, 2)
    expect(scene.stage.reports('block-proposed')).toEqual([])
    expect(scene.stage.reports('vote-sent').map(({ vote }) => vote.vote)).toEqual([
      { kind: 'nullify', from: 1, to: 1 },
    ])
  })

  test('proposes nothing once the gate is shut, however far its block has come', () => {
    const scene = openScene(alone, { member: 0 })
    buildPayloads(scene)
    scene.stage.send(scene.chain, { kind: 'set-gate', isOpen: true })
    runToSlot(scene, 3)
    const before = scene.stage.reports('block-proposed').length
    // In the moment when the block of the next slot goes to the disk.
    const builds = scene.engine.of('build').length
    while (scene.engine.of('build').length === builds) scene.stage.run(1)
    scene.stage.send(scene.chain, { kind: 'set-gate', isOpen: false })
    scene.stage.run(5_000)
    expect(scene.stage.reports('block-proposed')).toHaveLength(before)
    expect(scene.stage.failures).toEqual([])
  })

  test('keeps the engine on the head, with what is committed final', () => {
    const scene = openScene(alone, { member: 0 })
    buildPayloads(scene)
    scene.stage.send(scene.chain, { kind: 'set-gate', isOpen: true })
    runToSlot(scene, 2)
    const executed = scene.engine.of('execute').map(({ payload }) => payload.blockHash)
    const last = scene.engine.of('set-head').at(-1)
    expect(last).toMatchObject({ head: executed[1], finalized: executed[1] })
    // A9: a head is set only after it was executed.
    const kinds = scene.engine.received.map((message) => message.kind)
    expect(kinds.indexOf('execute')).toBeLessThan(kinds.indexOf('set-head'))
  })
})

describe('a vote', () => {
  test('is on the disk, with its record and its block, before it is sent', () => {
    const { held, storage } = heldStorage()
    const scene = openScene(four, { member: 2, storage })
    scene.stage.send(scene.chain, { kind: 'set-gate', isOpen: true })
    runToSlot(scene, 1, 200)
    gossip(scene, proposalOf(first))
    expect(held.map(({ kinds }) => kinds)).toEqual([['block', 'vote-record']])
    expect(published(scene, 'vote')).toEqual([])
    held[0]?.release()
    scene.stage.run(10)
    expect(published(scene, 'vote')).toMatchObject([
      { vote: voteOf(four, 2, { kind: 'notarise', slot: 1, block: first.signed.hash }) },
    ])
  })

  test('to finalise is stored together with the notarisation that allows it', () => {
    const { held, storage } = heldStorage()
    const scene = openScene(four, { member: 2, storage })
    scene.stage.send(scene.chain, { kind: 'set-gate', isOpen: true })
    runToSlot(scene, 1, 200)
    const certificate = certify(four, 'notarise', first)
    const verdict = (): void => undefined
    scene.stage.send(scene.chain, { kind: 'import-certificate', certificate, verdict })
    scene.stage.run(100)
    expect(held.map(({ kinds }) => kinds)).toEqual([['notarisation', 'vote-record']])
    expect(published(scene, 'vote')).toEqual([])
    held[0]?.release()
    scene.stage.run(10)
    expect(published(scene, 'vote').map(({ vote }) => vote.vote.kind)).toEqual(['finalise'])
  })

  test('is never sent if the disk refuses: the chain fails, for a supervisor to restart', () => {
    const scene = openScene(four, { member: 2 })
    scene.stage.send(scene.chain, { kind: 'set-gate', isOpen: true })
    runToSlot(scene, 1, 200)
    const { disk } = scene.stage.host
    disk.faults = { ...disk.faults, bytesMax: 1 }
    gossip(scene, proposalOf(first))
    expect(published(scene, 'vote')).toEqual([])
    expect(scene.stage.failures[0]).toContain('cannot be stored')
  })

  test('that was cast is sent again after a restart, and no other', () => {
    let scene = openScene(four, { member: 2 })
    scene.stage.send(scene.chain, { kind: 'set-gate', isOpen: true })
    runToSlot(scene, 1, 200)
    gossip(scene, proposalOf(first))
    const [sent] = published(scene, 'vote')
    scene = openScene(four, { member: 2, after: scene.stage })
    scene.stage.send(scene.chain, { kind: 'set-gate', isOpen: true })
    scene.stage.run(1_100)
    expect(published(scene, 'vote')[0]).toEqual(sent)
    expect(scene.stage.reports('chain-started').at(-1)?.lostVotes).toBe(false)
  })
})

describe('a group of records', () => {
  test('waits for the one before it, so that nothing is stored without its forerunner', () => {
    const { held, storage } = heldStorage()
    const scene = openScene(four, { member: 2, storage })
    scene.stage.send(scene.chain, { kind: 'set-gate', isOpen: true })
    runToSlot(scene, 1, 200)
    gossip(scene, proposalOf(first))
    for (const kind of ['notarise', 'finalise'] as const) {
      const certificate = certify(four, kind, first)
      const verdict = (): void => undefined
      scene.stage.send(scene.chain, { kind: 'import-certificate', certificate, verdict })
      scene.stage.run(50)
    }
    expect(held).toHaveLength(1)
    held[0]?.release()
    scene.stage.run(10)
    // The finalise vote and the commit go together.
    expect(held).toHaveLength(2)
    expect(held[1]?.kinds).toContain('committed')
    expect(held[1]?.kinds.filter((kind) => kind === 'vote-record')).toHaveLength(1)
    expect(scene.stage.reports('block-committed')).toEqual([])
    held[1]?.release()
    scene.stage.run(10)
    expect(scene.stage.reports('block-committed')).toHaveLength(1)
  })
})

test('a notarised block that the disk holds is taken up after a crash, and nobody is asked for it', () => {
  const before = openScene(four, { member: 2 })
  before.stage.send(before.chain, { kind: 'set-gate', isOpen: true })
  runToSlot(before, 1, 1_200)
  gossip(before, proposalOf(first))
  const certificate = certify(four, 'notarise', first)
  const verdict = (): void => undefined
  before.stage.send(before.chain, { kind: 'import-certificate', certificate, verdict })
  before.stage.run(100)
  expect(published(before, 'vote').map(({ vote }) => vote.vote.kind)).toContain('finalise')
  const scene = openScene(four, { member: 2, after: before.stage })
  const { hash } = first.signed
  expect(statusOf(scene)).toMatchObject({ head: { hash }, committed: { height: 0 } })
  expect(scene.network.of('fetch-block')).toEqual([])
})

test('a block is given from above the root and from the disk', () => {
  const scene = openScene(four)
  runToSlot(scene, 1)
  const get = (by: { hash: string } | { height: number }) =>
    scene.stage.ask<ChainMessage, unknown>(scene.chain, (reply) => ({
      kind: 'get-block',
      by,
      reply,
    }))
  expect(get({ hash: first.signed.hash })).toBeUndefined()
  gossip(scene, proposalOf(first))
  expect(get({ hash: first.signed.hash })).toEqual(first)
  const verdict = (): void => undefined
  const certificate = certify(four, 'finalise', first)
  scene.stage.send(scene.chain, { kind: 'import-certificate', certificate, verdict })
  scene.stage.run(100)
  expect(get({ height: 1 })).toEqual(first)
  expect(get({ hash: first.signed.hash })).toEqual(first)
})

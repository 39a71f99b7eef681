import { expect, test } from 'vitest'
import type { ChainMessage } from '../../../../src/actors/chain/messages.ts'
import { type WriteFault, WriteQueue } from '../../../../src/actors/chain/write-queue.ts'
import type { ChainRecord, StorageMessage } from '../../../../src/actors/storage/messages.ts'
import { present } from '../../../../src/base/assert.ts'
import { failed, ok } from '../../../../src/base/result.ts'
import type { Context } from '../../../../src/kernel/actor.ts'
import type { NodeEvent } from '../../../../src/node/event.ts'
import { Stage } from '../../../support/actors/stage.ts'

/** A queue whose storage answers when it is told to, and what became of what was handed over. */
function openQueue() {
  const stage = new Stage()
  const storage = stage.probe<StorageMessage>('storage')
  let context: Context<ChainMessage, NodeEvent> | undefined
  stage.spawn<ChainMessage>('chain', (own) => {
    context = own
    return { receive: () => undefined }
  })
  const life = present(context, 'a life')
  const queue = new WriteQueue({ context: life, storage: storage.address })
  /** As a turn of the actor. */
  const turn = (run: () => void): void => life.bind(run)()
  const told: string[] = []
  const promise = (name: string): void =>
    turn(() => queue.write([record(name)], undefined, () => told.push(name)))
  const bring = (name: string): void =>
    turn(() =>
      queue.writeImported([record(name)], (fault?: WriteFault) => {
        told.push(fault === undefined ? name : `${name}: ${fault.code}`)
      }),
    )
  let answered = 0
  const answer = (isWritten: boolean): void => {
    const asked = storage.of('persist')[answered]
    answered += 1
    asked?.reply(isWritten ? ok(undefined) : failed({ code: 'full', detail: '' }))
    stage.run(1)
  }
  /** What was asked to be written, commit by commit. */
  const commits = (): readonly string[] =>
    storage.of('persist').map(({ records }) => records.map(nameOf).join())
  const run = (): void => stage.run(1)
  return { queue, promise, bring, answer, told, commits, run, stage }
}

function record(hash: string): ChainRecord {
  return { kind: 'drop-block', slot: 1, hash }
}

function nameOf(each: ChainRecord): string {
  return each.kind === 'drop-block' ? each.hash : each.kind
}

test('what waits goes in one commit, but what was imported in commits of its own, in order', () => {
  const { promise, bring, answer, told, commits, run } = openQueue()
  for (const name of ['a', 'b']) promise(name)
  for (const name of ['c', 'd']) bring(name)
  for (const name of ['e', 'f']) promise(name)
  run()
  for (let i = 0; i < 5; i += 1) answer(true)
  expect(commits()).toEqual(['a', 'b', 'c', 'd', 'e,f'])
  expect(told).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})

test('one commit is under way at a time', () => {
  const { bring, answer, commits, run } = openQueue()
  for (const name of ['a', 'b']) bring(name)
  run()
  expect(commits()).toEqual(['a'])
  answer(true)
  expect(commits()).toEqual(['a', 'b'])
})

test('an import that fails takes those behind it with it, and leaves what was promised', () => {
  const { promise, bring, answer, told, commits, run, stage } = openQueue()
  bring('a')
  bring('b')
  promise('c')
  bring('d')
  run()
  answer(false)
  expect(told).toEqual(['a: full', 'b: full', 'd: full'])
  answer(true)
  expect(told.at(-1)).toBe('c')
  bring('e')
  run()
  answer(true)
  expect(commits()).toEqual(['a', 'c', 'e'])
  expect(told.at(-1)).toBe('e')
  expect(stage.failures).toEqual([])
})

test('a promise that fails fails the actor', () => {
  const { promise, answer, told, run, stage } = openQueue()
  promise('a')
  run()
  answer(false)
  expect(told).toEqual([])
  expect(stage.failures[0]).toContain('cannot be stored')
})

test('what waits for the disk is told when all before it is on it', () => {
  const { queue, bring, answer, told, run } = openQueue()
  queue.whenDurable(() => told.push('at once'))
  bring('a')
  queue.whenDurable(() => told.push('then'))
  run()
  expect(told).toEqual(['at once'])
  answer(true)
  expect(told).toEqual(['at once', 'a', 'then'])
})

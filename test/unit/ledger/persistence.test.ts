import { expect, test } from 'vitest'
import { openLedger } from '../../../src/ledger/opening.ts'
import { Persistence } from '../../../src/ledger/persistence.ts'
import { accountKey, finalisedKey, historyKey } from '../../../src/ledger/records.ts'
import type { ExecutedPayload } from '../../../src/protocol/execution/transition.ts'
import { MemoryStore } from './memory-store.ts'
import { addressAt, extend, genesisBlock, miner } from './world.ts'

const first = extend(genesisBlock, [{ from: 0, to: 1, nonce: 0 }])
const second = extend(first, [{ from: 2, to: 3, nonce: 0 }])
const third = extend(second)

function began(limits = { waitingMax: 10, unsavedMax: 10 }): {
  store: MemoryStore
  disk: Persistence
} {
  const store = new MemoryStore()
  openLedger(store, genesisBlock, () => undefined)
  store.run()
  store.commits.length = 0
  return { store, disk: new Persistence(store, genesisBlock, limits) }
}

function settle(disk: Persistence, log: string[], name: string): void {
  disk.settle((outcome) => {
    log.push(`${name} ${outcome.ok ? 'saved' : outcome.fault.code}`)
  })
}

function reopened(store: MemoryStore): ExecutedPayload | undefined {
  let found: ExecutedPayload | undefined
  const after = store.crash()
  openLedger(after, genesisBlock, (outcome) => {
    if (outcome.ok) found = outcome.value
  })
  after.run()
  return found
}

const keysOf = (store: MemoryStore): string[] =>
  store.commits.flatMap(({ writes }) => writes.map(({ key }) => key))

test('one commit holds the changed accounts, the history and the final payload', () => {
  const { store, disk } = began()
  disk.finalise([first])
  settle(disk, [], '')
  store.run()
  expect(store.commits.length).toBe(1)
  expect(keysOf(store).toSorted()).toEqual(
    [
      ...[addressAt(0), addressAt(1), miner].map(accountKey),
      historyKey(first.payload.blockHash),
      finalisedKey,
    ].toSorted(),
  )
})

test('an empty payload writes no account', () => {
  const { store, disk } = began()
  disk.finalise([extend(genesisBlock)])
  settle(disk, [], '')
  expect(keysOf(store).some((key) => key.includes('account'))).toBe(false)
})

test('what becomes final during a commit goes together into the next one', () => {
  const { store, disk } = began()
  const log: string[] = []
  disk.finalise([first])
  settle(disk, log, 'first')
  disk.finalise([second])
  settle(disk, log, 'second')
  disk.finalise([third])
  settle(disk, log, 'third')
  expect(store.commits.length).toBe(1)
  store.step()
  expect(log).toEqual(['first saved'])
  expect(reopenedNumber(new MemoryStore(store.durable))).toBe(1)
  store.run()
  expect(log).toEqual(['first saved', 'second saved', 'third saved'])
  expect(store.commits.length).toBe(2)
  expect(reopened(store)).toEqual({ payload: third.payload, state: expect.anything() })
})

test('when all is durable the answer comes at once and nothing is written', () => {
  const { store, disk } = began()
  const log: string[] = []
  settle(disk, log, 'nothing')
  expect(log).toEqual(['nothing saved'])
  expect(store.commits).toEqual([])
})

test('after a failure the next call writes everything that is missing', () => {
  const { store, disk } = began()
  const log: string[] = []
  store.failures = 1
  disk.finalise([first])
  settle(disk, log, 'first')
  store.run()
  expect(log).toEqual(['first io'])
  disk.finalise([second])
  settle(disk, log, 'second')
  store.run()
  expect(log).toEqual(['first io', 'second saved'])
  expect(store.durable.has(historyKey(first.payload.blockHash))).toBe(true)
  expect(reopenedNumber(store)).toBe(2)
})

test('a failed commit does not spoil one that waits behind it', () => {
  const { store, disk } = began()
  const log: string[] = []
  store.failures = 1
  disk.finalise([first])
  settle(disk, log, 'first')
  disk.finalise([second])
  settle(disk, log, 'second')
  store.run()
  expect(log).toEqual(['first io', 'second saved'])
  expect(reopenedNumber(store)).toBe(2)
})

test('what is final is known as such before and after it is written', () => {
  const { store, disk } = began()
  const answers: boolean[] = []
  const ask = (block: ExecutedPayload): void => {
    disk.wasFinal(block.payload.blockHash, (outcome) => answers.push(outcome.ok && outcome.value))
    store.run()
  }
  disk.finalise([first])
  ask(first)
  ask(second)
  settle(disk, [], '')
  ask(first)
  ask(genesisBlock)
  expect(answers).toEqual([true, false, true, true])
})

test('calls and payloads that wait for the disk are bounded', () => {
  const { store, disk } = began({ waitingMax: 1, unsavedMax: 1 })
  const log: string[] = []
  disk.finalise([first])
  settle(disk, log, 'first')
  expect(disk.hasRoom).toBe(true)
  disk.finalise([second])
  expect(disk.hasRoom).toBe(false)
  settle(disk, log, 'second')
  settle(disk, log, 'one too many')
  store.run()
  expect(log).toEqual(['one too many full', 'first saved', 'second saved'])
  expect(disk.hasRoom).toBe(true)
})

function reopenedNumber(store: MemoryStore): number | undefined {
  return reopened(store)?.payload.number
}

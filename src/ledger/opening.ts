/**
 * Reads the final state out of a store, or begins a new one with the genesis. Every record is checked,
 * and the accounts together must have the root that the final payload states, so that a record that
 * is lost, or old but whole, is found too. A store that is damaged is refused and left as it is.
 */
import { failed, ok, type Result } from '../base/result.ts'
import type { Entry, Store, StoreFault, Write } from '../kernel/environment.ts'
import { StateDraft } from '../protocol/execution/state-draft.ts'
import {
  type AccountTrie,
  accountsOf,
  emptyTrie,
  rootOf,
} from '../protocol/execution/state-trie.ts'
import type { ExecutedPayload } from '../protocol/execution/transition.ts'
import {
  accountKey,
  accountRecord,
  accountsFrom,
  accountsTo,
  finalisedKey,
  genesisKey,
  historyKey,
  historyRecord,
  keysFrom,
  keysTo,
  payloadRecord,
  type RecordFault,
  readAccountRecord,
  readPayloadRecord,
} from './records.ts'

/** Why a ledger cannot be opened. */
export type OpenFault =
  | RecordFault
  | { readonly code: 'store-failed'; readonly key: string; readonly detail: string }

type Opened = (outcome: Result<ExecutedPayload, OpenFault>) => void

const accountsPerScan = 1_000

/** The last final payload with its accounts: that of the store, or `genesis` if the store is empty. */
export function openLedger(store: Store, genesis: ExecutedPayload, done: Opened): void {
  store.scan({ from: keysFrom, to: keysTo, limit: 1 }, (outcome) => {
    if (!outcome.ok) return done(storeFailed(keysFrom, outcome.fault))
    if (outcome.value.length === 0) return begin(store, genesis, done)
    checkGenesis(store, genesis, done)
  })
}

function begin(store: Store, genesis: ExecutedPayload, done: Opened): void {
  const { payload } = genesis
  const accounts = accountsOf(genesis.state).map((entry): Write => {
    return { key: accountKey(entry.address), value: accountRecord(entry) }
  })
  const writes: readonly Write[] = [
    ...accounts,
    { key: genesisKey, value: payloadRecord(genesisKey, payload) },
    { key: finalisedKey, value: payloadRecord(finalisedKey, payload) },
    { key: historyKey(payload.blockHash), value: historyRecord(0) },
  ]
  store.commit({ writes, durable: true }, (outcome) => {
    done(outcome.ok ? ok(genesis) : storeFailed(genesisKey, outcome.fault))
  })
}

function checkGenesis(store: Store, genesis: ExecutedPayload, done: Opened): void {
  readPayloadAt(store, genesisKey, (outcome) => {
    if (!outcome.ok) return done(outcome)
    const { blockHash } = outcome.value
    if (blockHash === genesis.payload.blockHash) return readFinalised(store, done)
    const detail = `is ${blockHash}, not ${genesis.payload.blockHash}`
    done(failed({ code: 'genesis-differs', key: genesisKey, detail }))
  })
}

function readFinalised(store: Store, done: Opened): void {
  readPayloadAt(store, finalisedKey, (outcome) => {
    if (!outcome.ok) return done(outcome)
    const payload = outcome.value
    readAccounts(store, accountsFrom, new StateDraft(emptyTrie), (accounts) => {
      if (!accounts.ok) return done(accounts)
      const root = rootOf(accounts.value)
      if (root === payload.stateRoot) return done(ok({ payload, state: accounts.value }))
      const detail = `the accounts have ${root}, the final payload ${payload.stateRoot}`
      done(failed({ code: 'state-root-wrong', key: finalisedKey, detail }))
    })
  })
}

function readPayloadAt(
  store: Store,
  key: string,
  done: (outcome: Result<ExecutedPayload['payload'], OpenFault>) => void,
): void {
  store.get(key, (outcome) => {
    if (!outcome.ok) return done(storeFailed(key, outcome.fault))
    const value = outcome.value
    if (value !== undefined) return done(readPayloadRecord({ key, value }))
    done(failed({ code: 'record-missing', key, detail: 'other records are there' }))
  })
}

/** Adds the accounts at and after `from`, page by page, to `draft`, and finishes it. */
function readAccounts(
  store: Store,
  from: string,
  draft: StateDraft,
  done: (outcome: Result<AccountTrie, OpenFault>) => void,
): void {
  store.scan({ from, to: accountsTo, limit: accountsPerScan }, (outcome) => {
    if (!outcome.ok) return done(storeFailed(from, outcome.fault))
    const fault = addAccounts(draft, outcome.value)
    if (fault !== undefined) return done(failed(fault))
    const last = outcome.value.at(-1)
    if (last === undefined) return done(ok(draft.finish()))
    // The least key above the last one read.
    readAccounts(store, `${last.key}\0`, draft, done)
  })
}

/** Undefined: all could be read. */
function addAccounts(draft: StateDraft, entries: readonly Entry[]): RecordFault | undefined {
  for (const entry of entries) {
    const read = readAccountRecord(entry)
    if (!read.ok) return read.fault
    draft.set(read.value.address, read.value.account)
  }
  return undefined
}

function storeFailed(
  key: string,
  fault: StoreFault,
): { readonly ok: false; readonly fault: OpenFault } {
  return failed({ code: 'store-failed', key, detail: `${fault.code}: ${fault.detail}` })
}

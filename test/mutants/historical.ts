/**
 * T1, `H` and a number: mistakes in the public history of the chain which this one takes after, each made here in the
 * same spirit.
 */
import type { Mutant } from './mutant.ts'

const syncState = 'src/actors/sync/state.ts'

export const historicalMutants: readonly Mutant[] = [
  {
    id: 'H1',
    tier: 'T1',
    name: 'heights-below-zero',
    bug: 'what is asked of a peer that is behind is reckoned by subtraction, and goes below zero',
    edits: [
      {
        file: 'src/actors/sync/download/traffic.ts',
        find: 'has(peer, work) && hasRoom(peer, this.options) && fits(peer)',
        replace: 'hasRoom(peer, this.options) && fits(peer)',
      },
    ],
    scenario: 'servers-behind',
    expected: ['containment', 'caught-up', 'not-asked-in-vain'],
  },
  {
    id: 'H3',
    tier: 'T1',
    name: 'genesis-is-no-parent',
    bug: 'the first block is refused, since nobody has notarised what it stands on',
    edits: [
      {
        file: 'src/actors/chain/import.ts',
        find: 'const isOnGenesis = signed.header.parentHash === chain.genesis.hash',
        replace: 'const isOnGenesis = signed.header.height === 0',
      },
    ],
    scenario: 'calm',
    expected: ['no-false-accusation', 'every-slot', 'progress', 'blocks-come'],
  },
  {
    id: 'H4',
    tier: 'T1',
    name: 'check-skipped-at-one-height',
    bug: 'a check that failed at one height is skipped there',
    edits: [
      {
        file: 'src/validation/reference-run.ts',
        find: "if (!isRooted()) return 'root'",
        replace: "if (!isRooted() && header.height !== 100) return 'root'",
      },
    ],
    scenario: 'one-lie',
    expected: ['never-taken', 'reported'],
    pinnedSeed: 6,
  },
  {
    id: 'H5',
    tier: 'T1',
    name: 'second-answer-is-a-fault',
    bug: 'sync works with one peer only: the second of several answers counts as a wrong one',
    edits: [
      {
        file: 'src/actors/sync/download/certified.ts',
        find: '      return this.#traffic.beaten(flight, nowMs)\n    }\n    if (!fits',
        replace: '      return this.#traffic.service.forged(flight, nowMs)\n    }\n    if (!fits',
      },
    ],
    scenario: 'own-checks-fail',
    expected: ['no-false-accusation', 'nobody-reported', 'caught-up'],
  },
  {
    id: 'H6',
    tier: 'T1',
    name: 'failed-for-ever',
    bug: 'sync stops for ever after its first failure',
    edits: [
      {
        file: syncState,
        find: "return hasRested(state, facts) ? enter('discovering', nowMs, state.failures) : state",
        replace: 'return state',
      },
    ],
    scenario: 'every-peer-lies',
    expected: ['resumed', 'caught-up', 'sync-timers'],
  },
  {
    id: 'H9',
    tier: 'T1',
    name: 'never-dialled-again',
    bug: 'a peer that was lost is not dialled again',
    edits: [
      {
        file: 'src/actors/peer/dialling.ts',
        find: '    this.#underWay.delete(address)\n    const kept',
        replace:
          '    this.#underWay.delete(address)\n    if (isConnected) this.#kept.delete(address)\n    const kept',
      },
    ],
    scenario: 'behind-a-router',
    expected: ['met'],
  },
  {
    id: 'H10',
    tier: 'T1',
    name: 'back-by-one-certificate',
    bug: 'a start takes the last certificate but one for the end of the chain',
    edits: [
      {
        file: 'src/actors/storage/root-search.ts',
        find: 'firstReadable(reader, entries.value, 0, done)',
        replace: 'firstReadable(reader, entries.value, entries.value.length > 1 ? 1 : 0, done)',
      },
    ],
    expected: ['finality-is-monotone'],
  },
  {
    id: 'H11',
    tier: 'T1',
    name: 'only-certified-blocks-kept',
    bug: 'of the blocks of one commit only the last, which has a certificate of its own, is stored',
    edits: [
      {
        file: 'src/actors/chain/agreement.ts',
        find: 'const records: ChainRecord[] = blocks.map((block) => ({',
        replace: 'const records: ChainRecord[] = blocks.slice(-1).map((block) => ({',
      },
    ],
    expected: [
      'state-equality',
      'containment',
      'caught-up',
      'progress',
      'finality-is-monotone',
      'blocks-come',
    ],
  },
  {
    id: 'H12',
    tier: 'T1',
    name: 'sync-never-begins',
    bug: 'nothing makes sync begin when the chain has been read from the disk',
    edits: [
      {
        file: syncState,
        find: "return facts.isStarted ? enter('discovering', nowMs, 0) : state",
        replace: 'return state',
      },
    ],
    scenario: 'calm',
    expected: ['every-slot', 'progress', 'sync-timers', 'blocks-come'],
  },
]

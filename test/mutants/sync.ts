/** Bugs in how a node is brought up to the others: blame, order, memory, states. */
import type { Mutant } from './mutant.ts'

export const syncMutants: readonly Mutant[] = [
  {
    id: 'M-301',
    tier: 'T2',
    name: 'wrong-sender-blamed',
    bug: 'for a wrong body, whoever gave the headers is suspected',
    edits: [
      {
        file: 'src/actors/sync/download/bodies.ts',
        find: "this.#traffic.service.lied(flight, { of: 'body', height, print }, nowMs)",
        replace:
          "const to = segment.sender ?? flight.peer\n      this.#traffic.service.gaveWrongHeaders(to, { of: 'body', height, print }, nowMs)",
      },
    ],
    scenario: 'well-formed-lies',
    expected: ['no-false-accusation'],
  },
  {
    id: 'M-302',
    tier: 'T2',
    name: 'late-answer-is-a-lie',
    bug: 'an answer that comes after another was taken counts as a wrong one',
    edits: [
      {
        file: 'src/actors/sync/download/bodies.ts',
        find: 'else this.#traffic.beaten(flight, nowMs)',
        replace: 'else this.#traffic.service.forged(flight, nowMs)',
      },
    ],
    scenario: 'own-checks-fail',
    expected: ['no-false-accusation', 'nobody-reported'],
  },
  {
    id: 'M-303',
    tier: 'T2',
    name: 'blamed-without-truth',
    bug: 'whoever gave what was refused is blamed at once, even if our own check was broken',
    edits: [
      {
        file: 'src/actors/sync/download/service.ts',
        find: 'this.#suspects.note({ ...refusal, peer: flight.peer.id })',
        replace: 'this.forged(flight, nowMs)',
      },
    ],
    scenario: 'own-checks-fail',
    expected: ['no-false-accusation', 'nobody-reported'],
  },
  {
    id: 'M-304',
    tier: 'T2',
    name: 'run-left-out',
    bug: 'a run that the chain had no room for is not handed over again',
    edits: [
      {
        file: 'src/actors/sync/download/imports.ts',
        find: 'this.#next = Math.min(this.#next, range.fromHeight)',
        replace: '',
      },
    ],
    scenario: 'little-memory',
    expected: ['caught-up', 'bytes-freed'],
  },
  {
    id: 'M-305',
    tier: 'T2',
    name: 'runs-out-of-order',
    bug: 'runs above one that is still on its way are handed over before it',
    edits: [
      {
        file: 'src/actors/sync/download/imports.ts',
        find: "if (range?.state !== 'ready' || range.run === undefined) return",
        replace:
          "if (range === undefined) return\n      if (range.state !== 'ready' || range.run === undefined) {\n        this.#next = range.fromHeight + range.count\n        continue\n      }",
      },
    ],
    scenario: 'late-joiner',
    expected: ['caught-up'],
  },
  {
    id: 'M-306',
    tier: 'T2',
    name: 'adopted-before-durable',
    bug: 'the root moves to imported blocks before they are on the disk',
    edits: [
      {
        file: 'src/actors/chain/run-import.ts',
        find: '    this.#parts.disk.writeImported(group.records, (fault) => {\n      if (!this.#writing.includes(group)) return',
        replace:
          '    this.#wrote(group)\n    this.#parts.disk.writeImported(group.records, (fault) => {\n      if (fault === undefined) return',
      },
    ],
    scenario: 'crash-at-every-import',
    expected: ['finality-is-monotone'],
  },
  {
    id: 'M-307',
    tier: 'T2',
    name: 'lowest-not-first',
    bug: 'of the free ranges the highest is asked for first',
    edits: [
      {
        file: 'src/actors/sync/download/ranges.ts',
        find: 'this.#free.push(range.fromHeight, range)',
        replace: 'this.#free.push(-range.fromHeight, range)',
      },
    ],
    scenario: 'little-memory',
    expected: ['caught-up'],
  },
  {
    id: 'M-308',
    tier: 'T2',
    name: 'reservation-leaks',
    bug: 'what was reserved for the answers of a peer is kept when it leaves',
    edits: [
      {
        file: 'src/actors/sync/download/traffic.ts',
        find: '      this.cancel(flight, nowMs)\n      orphan(flight)',
        replace:
          "      this.tell({ kind: 'cancel', id: flight.id })\n      flight.work.flights.splice(flight.work.flights.indexOf(flight), 1)\n      orphan(flight)",
      },
    ],
    scenario: 'little-memory',
    expected: ['caught-up', 'bytes-freed'],
  },
  {
    id: 'M-309',
    tier: 'T2',
    name: 'claim-believed',
    bug: 'a claim raises the target before its certificate was verified',
    edits: [
      {
        file: 'src/actors/sync/target.ts',
        find: 'if (isGenuine === true) this.#raise(peer, certified)',
        replace: 'this.#raise(peer, certified)\n        if (isGenuine === true) return',
      },
    ],
    scenario: 'inflated-heights',
    expected: ['synced', 'target-is-proven'],
  },
  {
    id: 'M-310',
    tier: 'T2',
    name: 'synced-for-ever',
    bug: 'a node that was synced stays so, however far it falls behind',
    edits: [
      {
        file: 'src/actors/sync/state.ts',
        find: 'return hasLasted || behind > lostBehindBlocks ? enterFrom(state, placeOf(facts), nowMs) : state',
        replace: 'return hasLasted ? state : state',
      },
    ],
    scenario: 'member-left-behind',
    expected: ['production-gate'],
  },
  {
    id: 'M-311',
    tier: 'T2',
    name: 'gate-open-too-soon',
    bug: 'a node takes part before it knows where the others are',
    edits: [
      {
        file: 'src/actors/sync/state.ts',
        find: "if (name === 'synced') return true",
        replace: "if (name === 'synced' || name === 'discovering') return true",
      },
    ],
    expected: ['production-gate'],
  },
  {
    id: 'M-313',
    tier: 'T2',
    name: 'last-block-left-out',
    bug: 'the last block of a run is left out when it is imported',
    edits: [
      {
        file: 'src/actors/chain/run-batch.ts',
        find: 'const heightMax = Math.min(run.toHeight, parent.height + blocksMax)',
        replace: 'const heightMax = Math.min(run.toHeight - 1, parent.height + blocksMax)',
      },
    ],
    scenario: 'lying-server',
    expected: ['containment', 'caught-up'],
  },
  {
    id: 'M-314',
    tier: 'T2',
    name: 'served-from-one-too-high',
    bug: 'who asks for blocks is given those from one higher on',
    edits: [
      {
        file: 'src/actors/storage/serving.ts',
        find: 'return wanted.fromHeight + parts.length',
        replace: 'return wanted.fromHeight + parts.length + 1',
      },
    ],
    scenario: 'inflated-heights',
    expected: ['encoding', 'no-false-accusation', 'caught-up'],
  },
  {
    id: 'M-315',
    tier: 'T2',
    name: 'asked-for-one-too-few',
    bug: 'of the headers of a segment one too few is asked for',
    edits: [
      {
        file: 'src/actors/sync/download/headers.ts',
        find: 'const request = { fromHeight: segment.fromHeight + length, countMax }',
        replace:
          'const request = { fromHeight: segment.fromHeight + length, countMax: countMax - 1 }',
      },
    ],
    scenario: 'inflated-heights',
    expected: ['containment', 'caught-up', 'no-false-accusation'],
  },
  {
    id: 'M-316',
    tier: 'T2',
    name: 'list-changed-while-walked',
    bug: 'open questions are called off while the list of them is walked, so that every other is passed over',
    edits: [
      {
        file: 'src/actors/sync/download/certified.ts',
        find: 'for (const other of [...this.#quest.flights]) {\n      this.#flights.delete(other.id)\n      this.#traffic.beaten',
        replace:
          'for (const other of this.#quest.flights) {\n      this.#flights.delete(other.id)\n      this.#traffic.beaten',
      },
    ],
    scenario: 'slow-loris',
    expected: ['called-off'],
  },
  {
    id: 'M-317',
    tier: 'T2',
    name: 'timed-out-for-ever',
    bug: 'a question that was not answered in time is not asked of anybody else',
    edits: [
      {
        file: 'src/actors/network/fetch.ts',
        find: "    this.#giveUp(fetch, 'timeout',",
        replace:
          "    fetch.request.cancel()\n    this.#close(fetch, 'timeout')\n    if (fetch.errand.id < 0) this.#giveUp(fetch, 'timeout',",
      },
      {
        file: 'src/actors/sync/transfers.ts',
        find: 'deadlineMs: patience.deadlineMsMax + graceMs, ask }',
        replace: 'deadlineMs: 100_000 * graceMs, ask }',
      },
    ],
    scenario: 'single-peer-stalls',
    expected: ['caught-up', 'sync-timers'],
  },
  {
    id: 'M-318',
    tier: 'T2',
    name: 'busy-is-a-fault',
    bug: 'a server that asks for time counts as one that gave what is wrong',
    edits: [
      {
        file: 'src/actors/sync/download/traffic.ts',
        find: "if (served.kind === 'busy') this.service.busy(flight, served.retryAfterMs, nowMs)",
        replace: "if (served.kind === 'busy') this.service.forged(flight, nowMs)",
      },
    ],
    scenario: 'everybody-busy',
    expected: ['not-reported', 'no-false-accusation'],
  },
  {
    id: 'M-319',
    tier: 'T2',
    name: 'nothing-there-is-a-fault',
    bug: 'a server that does not have a block counts as one that gave what is wrong',
    edits: [
      {
        file: 'src/actors/sync/download/traffic.ts',
        find: 'else this.service.unavailable(flight, served, nowMs)',
        replace: 'else this.service.forged(flight, nowMs)',
      },
    ],
    scenario: 'servers-that-prune',
    expected: ['not-reported', 'no-false-accusation'],
  },
  {
    id: 'M-320',
    tier: 'T2',
    name: 'stood-still-unnoticed',
    bug: 'a node that stood still goes on as if it knew where the others are',
    edits: [
      {
        file: 'src/actors/sync/actor.ts',
        find: 'if (nowMs - this.#lookDueMs > stoodStillMs) this.#wokenMs = nowMs',
        replace: '',
      },
    ],
    scenario: 'suspended-at-the-tip',
    expected: ['production-off', 'production-gate'],
  },
  {
    id: 'M-326',
    tier: 'T2',
    name: 'gate-by-distance-alone',
    bug: 'who is at most ten blocks behind takes part, however large a share of the chain that is',
    edits: [
      {
        file: 'src/actors/sync/state.ts',
        find: 'return progressOf(facts) >= productionThreshold && behindOf(facts) <= behindBlocksMax',
        replace: 'return behindOf(facts) <= behindBlocksMax',
      },
    ],
    scenario: 'nearly-there',
    expected: ['production-gate'],
  },
  {
    id: 'M-322',
    tier: 'T2',
    name: 'one-opinion-is-enough',
    bug: 'a node is synced by the word of the first peer that it meets',
    edits: [
      {
        file: 'src/actors/sync/state.ts',
        find: 'const opinionsMin = 3',
        replace: 'const opinionsMin = 1',
      },
    ],
    scenario: 'first-met-is-behind',
    expected: ['production-off'],
  },
  {
    id: 'M-323',
    tier: 'T2',
    name: 'engine-not-fed',
    bug: 'an engine that lacks blocks is not given them again',
    edits: [
      {
        file: 'src/actors/chain/engine-feed.ts',
        find: 'if (from <= to) this.#parts.context.emit',
        replace:
          'if (from <= to) return this.#finish()\n      if (from < 0) this.#parts.context.emit',
      },
    ],
    scenario: 'damaged-blocks',
    expected: ['says-what-is-lost', 'blocks-restored', 'caught-up'],
  },
  {
    id: 'M-324',
    tier: 'T2',
    name: 'refused-run-not-tried-again',
    bug: 'a block that the engine has no time for ends its run for good',
    edits: [
      {
        file: 'src/actors/chain/run-import.ts',
        find: 'if (this.#refusedHeight === height) {',
        replace: 'if (this.#refusedHeight <= height) {',
      },
    ],
    scenario: 'engine-down-in-mid-sync',
    expected: ['waited-for', 'caught-up', 'sync-timers'],
  },
  {
    id: 'M-325',
    tier: 'T2',
    name: 'late-outcome-counts',
    bug: 'the outcome of an execution that was given up counts for the next one',
    edits: [
      {
        file: 'src/actors/chain/run-import.ts',
        find: '      if (this.#opened[0] !== opened) return\n',
        replace: '',
      },
    ],
    scenario: 'writes-refused',
    expected: ['import-order', 'finality-is-monotone', 'containment', 'caught-up', 'prefix'],
  },
]

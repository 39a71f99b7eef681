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
        replace: 'else this.#traffic.service.misshapen(flight, nowMs)',
      },
    ],
    scenario: 'slow-loris',
    expected: [],
    survives:
      'a request that another has answered is called off, so its own answer does not come; the part alone is told of one that crosses it',
    law: {
      file: 'test/property/download-chaos.test.ts',
      titles: ['no sequence of events breaks the scheduler, and all is well once all is well'],
    },
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
    scenario: 'well-formed-lies',
    expected: [],
    survives:
      'our own checks are never wrong in a simulated world, so whoever is blamed at once did lie',
    law: {
      file: 'test/property/download-chaos.test.ts',
      titles: ['no sequence of events breaks the scheduler, and all is well once all is well'],
    },
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
    scenario: 'late-joiner',
    expected: [],
    survives:
      'the chain has room for sixteen runs or 32 MiB, which chains of small blocks never fill',
    law: {
      file: 'test/property/download-chaos.test.ts',
      titles: ['no sequence of events breaks the scheduler, and all is well once all is well'],
    },
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
    scenario: 'our-link-is-slow',
    expected: [],
    survives: 'order matters where memory is short, and these chains fit into it several times',
    law: {
      file: 'test/property/download.test.ts',
      titles: ['one honest peer is enough, whatever the others do'],
    },
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
    scenario: 'late-joiner-under-churn',
    expected: [],
    survives: 'what is lost is far below the 256 MiB that may be reserved, in chains this small',
    law: {
      file: 'test/property/download-chaos.test.ts',
      titles: ['no sequence of events breaks the scheduler, and all is well once all is well'],
    },
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
]

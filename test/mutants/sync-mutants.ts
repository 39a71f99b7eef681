/** Bugs in how a node is brought up to the others: proofs, blame, order, memory, states, bans, checkpoints. */
import type { Mutant } from './mutant.ts'

const certifiedHeader = 'src/proof/certified-header.ts'
const bodies = 'src/actors/sync/download/bodies.ts'
const state = 'src/actors/sync/state.ts'
const downloads = 'test/property/download.test.ts'
const oneIsEnough = 'one honest peer is enough, whatever the others do'
const chaos = 'test/property/download-chaos.test.ts'
const allIsWell = 'no sequence of events breaks the scheduler, and all is well once all is well'

export const syncMutants: readonly Mutant[] = [
  {
    name: 'parent-not-checked',
    bug: 'headers are taken for a segment without looking at how they link',
    file: 'src/proof/proven-segment.ts',
    find: "if (header.parentHash !== before) return { code: 'not-linked', index }",
    replace: '',
    scenario: 'well-formed-lies',
    expected: ['liars-reported', 'containment', 'no-false-accusation', 'caught-up', 'prefix'],
  },
  {
    name: 'end-not-checked',
    bug: 'headers that link are taken for a segment although they do not end where the certificate does',
    file: 'src/proof/proven-segment.ts',
    find: "if (before !== end.place.hash) return { code: 'wrong-end', index: headers.length - 1 }",
    replace: '',
    tests: 'test/unit/proof/proven-segment.test.ts',
    expected: [
      'whatever a sender does to the headers, they prove nothing unless they are the ones',
    ],
  },
  {
    name: 'certified-not-verified',
    bug: 'a certificate counts before its signature was checked',
    file: certifiedHeader,
    find: 'const index = verdicts.indexOf(false)',
    replace: 'const index = -1 - verdicts.length',
    scenario: 'well-formed-lies',
    expected: ['certificate-validity', 'caught-up'],
  },
  {
    name: 'body-not-compared',
    bug: 'a body is not compared with the root in its header',
    file: 'src/validation/reference-run.ts',
    find: "if (!isRooted()) return 'root'",
    replace: '',
    scenario: 'well-formed-lies',
    expected: ['caught-up', 'containment', 'no-false-accusation'],
  },
  {
    name: 'wrong-sender-blamed',
    bug: 'for a wrong body, whoever gave the headers is suspected',
    file: bodies,
    find: "this.#traffic.service.lied(flight, { of: 'body', height, print }, nowMs)",
    replace:
      "const to = segment.sender ?? flight.peer\n      this.#traffic.service.gaveWrongHeaders(to, { of: 'body', height, print }, nowMs)",
    scenario: 'well-formed-lies',
    expected: ['no-false-accusation'],
  },
  {
    name: 'late-answer-is-a-lie',
    bug: 'an answer that comes after another was taken counts as a wrong one',
    file: bodies,
    find: 'else this.#traffic.beaten(flight, nowMs)',
    replace: 'else this.#traffic.service.misshapen(flight, nowMs)',
    tests: chaos,
    expected: [allIsWell],
  },
  {
    name: 'blamed-without-truth',
    bug: 'whoever gave what was refused is blamed at once, even if our own check was broken',
    file: 'src/actors/sync/download/service.ts',
    find: 'this.#suspects.note({ ...refusal, peer: flight.peer.id })',
    replace: 'this.forged(flight, nowMs)',
    tests: chaos,
    expected: [allIsWell],
  },
  {
    name: 'run-left-out',
    bug: 'a run that the chain had no room for is not handed over again',
    file: 'src/actors/sync/download/imports.ts',
    find: 'this.#next = Math.min(this.#next, range.fromHeight)',
    replace: '',
    tests: chaos,
    expected: [allIsWell],
  },
  {
    name: 'runs-out-of-order',
    bug: 'runs above one that is still on its way are handed over before it',
    file: 'src/actors/sync/download/imports.ts',
    find: "if (range?.state !== 'ready' || range.run === undefined) return",
    replace: [
      'if (range === undefined) return',
      "      if (range.state !== 'ready' || range.run === undefined) {",
      '        this.#next = range.fromHeight + range.count',
      '        continue',
      '      }',
    ].join('\n'),
    tests: downloads,
    expected: [oneIsEnough],
  },
  {
    name: 'adopted-before-durable',
    bug: 'the root moves to imported blocks before they are on the disk',
    file: 'src/actors/chain/run-import.ts',
    find: [
      '    this.#parts.disk.writeImported(group.records, (fault) => {',
      '      if (!this.#writing.includes(group)) return',
    ].join('\n'),
    replace: [
      '    this.#wrote(group)',
      '    this.#parts.disk.writeImported(group.records, (fault) => {',
      '      if (fault === undefined) return',
    ].join('\n'),
    scenario: 'crash-at-every-import',
    expected: ['finality-is-monotone'],
  },
  {
    name: 'lowest-not-first',
    bug: 'of the free ranges the highest is asked for first',
    file: 'src/actors/sync/download/ranges.ts',
    find: 'this.#free.push(range.fromHeight, range)',
    replace: 'this.#free.push(-range.fromHeight, range)',
    tests: downloads,
    expected: [oneIsEnough],
  },
  {
    name: 'reservation-leaks',
    bug: 'what was reserved for the answers of a peer is kept when it leaves',
    file: 'src/actors/sync/download/traffic.ts',
    find: '      this.cancel(flight, nowMs)\n      orphan(flight)',
    replace:
      "      this.tell({ kind: 'cancel', id: flight.id })\n      flight.work.flights.splice(flight.work.flights.indexOf(flight), 1)\n      orphan(flight)",
    tests: chaos,
    expected: [allIsWell],
  },
  {
    name: 'claim-believed',
    bug: 'a claim raises the target before its certificate was verified',
    file: 'src/actors/sync/target.ts',
    find: 'if (isGenuine === true) this.#raise(peer, certified)',
    replace: 'this.#raise(peer, certified)\n        if (isGenuine === true) return',
    scenario: 'inflated-heights',
    expected: ['synced', 'target-is-proven'],
  },
  {
    name: 'synced-for-ever',
    bug: 'a node that was synced stays so, however far it falls behind',
    file: state,
    find: 'return hasLasted || behind > lostBehindBlocks ? enterFrom(state, placeOf(facts), nowMs) : state',
    replace: 'return hasLasted ? state : state',
    scenario: 'member-left-behind',
    expected: ['production-gate'],
  },
  {
    name: 'gate-open-too-soon',
    bug: 'a node takes part before it knows where the others are',
    file: state,
    find: "if (name === 'synced') return true",
    replace: "if (name === 'synced' || name === 'discovering') return true",
    expected: ['production-gate'],
  },
  {
    name: 'ban-forgotten',
    bug: 'who was banned is not read back after a restart',
    file: 'src/actors/peer/notes.ts',
    find: 'if (ban !== undefined && record.ban === undefined) this.#judge.recall(record, ban)',
    replace: '',
    scenario: 'ban-outlives-crash',
    expected: ['ban-holds'],
  },
  {
    name: 'checkpoint-not-verified',
    bug: 'a start falls back to a checkpoint without checking its certificate',
    file: 'src/actors/storage/root-search.ts',
    find: "if (isGenuine !== true) return refuse({ code: 'forged', detail: 'its signature is wrong' })",
    replace: 'if (isGenuine === undefined) return',
    tests: 'test/unit/actors/storage/recovery.test.ts',
    expected: [
      'passes over a checkpoint that is forged (has a wrong signature), and takes the one before',
    ],
  },
]

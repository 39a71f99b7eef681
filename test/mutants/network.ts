/** Bugs in what a node bears from peers: limits, blame, farewells, members, bans, and who is heard. */
import type { Mutant } from './mutant.ts'

export const networkMutants: readonly Mutant[] = [
  {
    id: 'M-401',
    tier: 'T2',
    name: 'ban-forgotten',
    bug: 'who was banned is not read back after a restart',
    edits: [
      {
        file: 'src/actors/peer/notes.ts',
        find: 'if (ban !== undefined && record.ban === undefined) this.#judge.recall(record, ban)',
        replace: '',
      },
    ],
    scenario: 'ban-outlives-crash',
    expected: ['ban-holds'],
  },
  {
    id: 'M-402',
    tier: 'T2',
    name: 'overuse-overlooked',
    bug: 'who goes on asking far too fast is refused for ever, and never blamed',
    edits: [
      {
        file: 'src/actors/network/overuse.ts',
        find: "context.send(peers, { kind: 'report-peer', peer, offence: 'over-limit' })",
        replace: '',
      },
    ],
    scenario: 'request-flood',
    expected: ['banned'],
  },
  {
    id: 'M-403',
    tier: 'T2',
    name: 'share-not-taken',
    bug: 'requests for parts of the chain are not counted',
    edits: [
      {
        file: 'src/actors/network/purse.ts',
        find: 'this.#ofPeer.requests.spend(peer, 1, nowMs)',
        replace: '',
      },
    ],
    scenario: 'request-flood',
    expected: ['banned', 'share', 'pace'],
  },
  {
    id: 'M-404',
    tier: 'T2',
    name: 'forged-votes-forgiven',
    bug: 'who brings what is refused is not reported',
    edits: [
      {
        file: 'src/actors/network/actor.ts',
        find: "if (answer === 'reject') this.#report(from, 'invalid')\n      if (answer === 'accept' && isBlock)",
        replace: "if (answer === 'accept' && isBlock)",
      },
    ],
    scenario: 'vote-spam',
    expected: ['banned', 'work-bounded'],
  },
  {
    id: 'M-405',
    tier: 'T2',
    name: 'silent-kept-for-ever',
    bug: 'a peer that never shows a status is asked for it for ever',
    edits: [
      {
        file: 'src/actors/network/handshake.ts',
        find: "if (attempts >= attemptsMax) return this.#refuse(peer, 'no status', 'fault')",
        replace: 'if (attempts >= attemptsMax) return this.#retryLater(peer, 0)',
      },
    ],
    scenario: 'mute-strangers',
    expected: ['sent-away'],
  },
  {
    id: 'M-406',
    tier: 'T2',
    name: 'members-not-sought',
    bug: 'a member that misses others asks nobody where they are',
    edits: [
      {
        file: 'src/actors/peer/reunion.ts',
        find: 'if (chosen !== undefined) this.#ask(chosen)',
        replace: '',
      },
    ],
    scenario: 'members-meet',
    expected: ['full-mesh', 'full-mesh-again'],
  },
  {
    id: 'M-407',
    tier: 'T2',
    name: 'favoured-by-one-side',
    bug: 'a node that only follows favours members, who do not favour it',
    edits: [
      {
        file: 'src/actors/peer/ratings.ts',
        find: 'isFederation && committee.own !== undefined',
        replace: 'isFederation',
      },
    ],
    scenario: 'eclipse-attempt',
    expected: [],
    survives: 'the model of a network gives nobody precedence',
    law: {
      file: 'test/unit/actors/peer/ratings.test.ts',
      titles: ['of nobody to be favoured by a node that only follows, since nobody favours it'],
    },
  },
  {
    id: 'M-408',
    tier: 'T2',
    name: 'expired-word-believed',
    bug: 'a federation peer whose statement is not renewed stays one',
    edits: [
      {
        file: 'src/actors/network/handshake.ts',
        find: 'if (isGenuine === true) this.#renewLater(peer, statement.expiresAtMs)',
        replace: '',
      },
    ],
    scenario: 'members-meet',
    expected: [],
    survives: 'a statement holds for thirty days, and no world is that long',
    law: {
      file: 'test/unit/actors/network/handshake.test.ts',
      titles: [
        'is asked for a newer statement when half of the old one is over, and stays what it is',
        'whose statement is not renewed is one of many once it has expired, and not before',
      ],
    },
  },
]

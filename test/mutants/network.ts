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
    scenario: 'stale-statement',
    expected: ['favoured'],
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
    scenario: 'stale-statement',
    expected: ['favoured'],
  },
  {
    id: 'M-419',
    tier: 'T2',
    name: 'handshake-not-repeated',
    bug: 'a peer whose status did not come is never asked for it again',
    edits: [
      {
        file: 'src/actors/network/handshake.ts',
        find: 'if (!outcome.ok) return this.#retryLater(peer, attempts + 1)',
        replace: 'if (!outcome.ok) return',
      },
    ],
    scenario: 'met-by-one-side',
    expected: ['met'],
  },
  {
    id: 'M-420',
    tier: 'T2',
    name: 'lost-peer-stays-ready',
    bug: 'a peer that was lost counts as one that has been met, so that it is not met again',
    edits: [
      {
        file: 'src/actors/network/actor.ts',
        find: "        context.emit({ kind: 'peer-lost', peer })\n        this.#handshake.forget(peer)",
        replace: "        context.emit({ kind: 'peer-lost', peer })",
      },
    ],
    scenario: 'met-by-one-side',
    expected: ['met'],
  },
  {
    id: 'M-421',
    tier: 'T2',
    name: 'settled-votes-passed-on',
    bug: 'what is not worth checking, since it is settled, is passed on without a look',
    edits: [
      {
        file: 'src/actors/chain/actor.ts',
        find: "if (checks.length === 0) return verdict('ignore')",
        replace: "if (checks.length === 0) return verdict('accept')",
      },
    ],
    scenario: 'vote-spam',
    expected: ['gossip'],
  },
  {
    id: 'M-409',
    tier: 'T2',
    name: 'exchange-one-way',
    bug: 'what a neighbour answers to an exchange is not looked at',
    edits: [
      {
        file: 'src/actors/network/actor.ts',
        find: "        context.send(chainActor, { kind: 'exchange', theirs, from: peer, reply: nobody })\n",
        replace:
          '        if (theirs.votes.length < 0) nobody()\n        void context\n        void chainActor\n',
      },
    ],
    scenario: 'asymmetric-partition',
    expected: ['votes-count'],
  },
  {
    id: 'M-410',
    tier: 'T2',
    name: 'budget-not-refilled',
    bug: 'what a peer may ask for does not grow again',
    edits: [
      {
        file: 'src/actors/network/budget.ts',
        find: 'const gained = Math.max(0, nowMs - bucket.atMs) * perSecond',
        replace: 'const gained = Math.max(0, nowMs - bucket.atMs) * perSecond * 0',
      },
    ],
    scenario: 'one-neighbour',
    expected: ['on-time', 'no-false-accusation'],
  },
  {
    id: 'M-411',
    tier: 'T2',
    name: 'one-budget-for-all',
    bug: 'all peers share what each of them may have',
    edits: [
      {
        file: 'src/actors/network/budget.ts',
        find: 'const bucket = this.#buckets.get(key) ?? { left: max * 1_000, atMs: nowMs }',
        replace:
          "key = 'all'\n    const bucket = this.#buckets.get(key) ?? { left: max * 1_000, atMs: nowMs }",
      },
    ],
    scenario: 'chatterbox',
    expected: ['pace', 'no-false-accusation'],
  },
  {
    id: 'M-412',
    tier: 'T2',
    name: 'body-of-another-block',
    bug: 'a body is taken for a block without comparing it with the header',
    edits: [
      {
        file: 'src/actors/network/find-block.ts',
        find: 'block.signed.hash === hash && isWhole(block)',
        replace: 'block.signed.hash === hash',
      },
    ],
    scenario: 'spoiled-proposals',
    expected: ['no-false-accusation'],
    pinnedSeed: 5,
  },
  {
    id: 'M-413',
    tier: 'T2',
    name: 'asked-of-one-only',
    bug: 'a block is asked of one peer, and given up if that does not have it',
    edits: [
      {
        file: 'src/actors/network/find-block.ts',
        find: 'const triesMax = 8',
        replace: 'const triesMax = 1',
      },
    ],
    scenario: 'spoiled-proposals',
    expected: ['progress'],
  },
  {
    id: 'M-414',
    tier: 'T2',
    name: 'banned-stays-connected',
    bug: 'a ban is only written down: neither is the peer disconnected, nor does the network hear of it, which would let go of it by itself',
    edits: [
      {
        file: 'src/actors/peer/judge.ts',
        find: "    context.send(network, { kind: 'disconnect', peer, reason: 'banned' })\n",
        replace: '    void network\n',
      },
      {
        file: 'src/actors/peer/judge.ts',
        find: '      if (record.ban !== undefined) this.#tellNetwork(peer, true)\n',
        replace: '',
      },
    ],
    scenario: 'vote-spam',
    expected: ['let-go', 'work-bounded'],
  },
  {
    id: 'M-415',
    tier: 'T2',
    name: 'dialled-without-a-pause',
    bug: 'an address that does not answer is dialled again at once',
    edits: [
      {
        file: 'src/actors/peer/dialling.ts',
        find: 'kept.dueMs = nowMs + pauseMs + (pauseMs * this.#perMille()) / 5_000',
        replace: 'kept.dueMs = nowMs + (0 * pauseMs * this.#perMille()) / 5_000',
      },
    ],
    scenario: 'one-address',
    expected: ['recalled', 'acquainted'],
  },
  {
    id: 'M-416',
    tier: 'T2',
    name: 'conduct-never-forgotten',
    bug: 'what a peer did wrong weighs as much for ever',
    edits: [
      {
        file: 'src/actors/peer/decay.ts',
        find: 'return (value / 2 ** halvings) * (1 - rest / 2)',
        replace: 'return value + rest * halvings * 0',
      },
    ],
    scenario: 'bans-end',
    expected: ['forgiven'],
  },
  {
    id: 'M-417',
    tier: 'T2',
    name: 'ban-without-end',
    bug: 'a ban never ends',
    edits: [
      {
        file: 'src/actors/peer/ban.ts',
        find: 'if (nowMs >= untilMs) return true',
        replace: 'if (nowMs < 0) return true',
      },
    ],
    scenario: 'bans-end',
    expected: ['bans-hold', 'connected'],
  },
  {
    id: 'M-418',
    tier: 'T2',
    name: 'id-without-its-topic',
    bug: 'a message is known by its content alone, so that equal bytes on another topic count as a repetition',
    edits: [
      {
        file: 'src/platform/libp2p/gossip-rules.ts',
        find: '=> messageId(topic, data)',
        replace: '=> messageId(topic.slice(0, 0), data)',
      },
    ],
    scenario: 'calm',
    expected: [],
    survives:
      'the model of a network knows messages by their topics itself, and this is the real one’s; there, whoever says a vote under the other topic first could keep it from others',
    law: {
      file: 'test/unit/platform/libp2p/gossip.test.ts',
      titles: ['tell equal bytes on two topics apart, and only those'],
    },
  },
  {
    id: 'M-430',
    tier: 'T2',
    name: 'any-version-will-do',
    bug: 'a peer is taken in without a version of the protocols in common',
    edits: [
      {
        file: 'src/actors/network/handshake.ts',
        find: 'if (!isUnderstood(outcome.value.versions, this.#parts.versions)) {',
        replace: 'if (outcome.value.versions.newest < 1) {',
      },
    ],
    scenario: 'rolling-upgrade',
    expected: ['parted'],
  },
  {
    id: 'M-431',
    tier: 'T2',
    name: 'newest-version-alone',
    bug: 'a peer is taken in only if the newest version of both is the same',
    edits: [
      {
        file: 'src/protocol/wire/status.ts',
        find: 'return theirs.oldest <= ours.newest && ours.oldest <= theirs.newest',
        replace: 'return theirs.newest === ours.newest',
      },
    ],
    scenario: 'rolling-upgrade',
    expected: ['progress'],
  },
  {
    id: 'M-432',
    tier: 'T2',
    name: 'left-behind-for-good',
    bug: 'a peer that was of another version is not met again',
    edits: [
      {
        file: 'src/actors/network/handshake.ts',
        find: "return this.#refuse(peer, 'another version', 'other-version')",
        replace:
          "this.#parts.context.send(this.#parts.peers, { kind: 'report-peer', peer, offence: 'other-chain' })\n        return this.#refuse(peer, 'another version', 'other-version')",
      },
    ],
    scenario: 'rolling-upgrade',
    expected: ['caught-up', 'no-false-accusation'],
  },
]

/** Bugs in the runtime of actors: lives, turns, questions and supervision. */
import type { Mutant } from './mutant.ts'

export const kernelMutants: readonly Mutant[] = [
  {
    id: 'M-701',
    tier: 'T2',
    name: 'old-life-reaches-the-new',
    bug: 'what one life of an actor asked for is answered to the next',
    edits: [
      {
        file: 'src/kernel/turns.ts',
        find: '    if (cell.life !== life) return\n    if (this.#isAtRest)',
        replace: '    if (cell.isDead || life < 0) return\n    if (this.#isAtRest)',
      },
    ],
    expected: [
      'containment',
      'progress',
      'finality-is-monotone',
      'vote-lock',
      'caught-up',
      'blocks-come',
    ],
    survives: 'most of what an old life asked for means the same to the new one',
    law: {
      file: 'test/unit/kernel/system.test.ts',
      titles: ['neither timers nor callbacks of one life reach the next'],
    },
  },
  {
    id: 'M-702',
    tier: 'T2',
    name: 'question-without-deadline',
    bug: 'a question that nobody answers is waited for for ever',
    edits: [
      {
        file: 'src/kernel/context.ts',
        find: '    this.#timer = waker.wakeAt(this.#dueMs, this)\n',
        replace: '    void waker\n',
      },
    ],
    expected: ['progress', 'caught-up', 'blocks-come'],
    survives: 'whoever asks an actor that failed asks again at its next turn',
    law: {
      file: 'test/unit/kernel/system.test.ts',
      titles: ['an answer too late is dropped, and leaves a trace'],
    },
  },
  {
    id: 'M-703',
    tier: 'T2',
    name: 'messages-die-with-a-life',
    bug: 'messages that wait for an actor are lost when it fails',
    edits: [
      {
        file: 'src/kernel/mailbox.ts',
        find: '    this.#controls?.clear()\n',
        replace:
          '    this.#controls?.clear()\n    this.#high?.clear()\n    this.#normals?.clear()\n',
      },
    ],
    expected: [],
    survives:
      'whoever asked asks again at its deadline or with the next slot, so that a lost message costs time alone',
    law: {
      file: 'test/unit/kernel/supervision.test.ts',
      titles: [
        'restart: fresh state at once, and messages of others are kept',
        'restart at the boundary: messages wait until then, none is lost',
      ],
    },
  },
  {
    id: 'M-704',
    tier: 'T2',
    name: 'restarts-never-forgotten',
    bug: 'each restart counts for ever, so that the node gives up in the end',
    edits: [
      {
        file: 'src/kernel/supervisor.ts',
        find: 'return moments.filter((moment) => now - moment < windowMs)',
        replace: 'return moments.filter((moment) => moment <= now + windowMs)',
      },
    ],
    expected: ['progress', 'blocks-come'],
    survives: 'no actor fails nine times within a world of minutes',
    law: {
      file: 'test/unit/kernel/supervision.test.ts',
      titles: ['too many restarts within the window escalate; spread out, they do not'],
    },
  },
  {
    id: 'M-705',
    tier: 'T2',
    name: 'escalation-restarts-one',
    bug: 'when a group is to be restarted, the one that failed is restarted alone',
    edits: [
      {
        file: 'src/kernel/system.ts',
        find: 'for (const cell of cellsOf(group).toReversed()) this.#kill(cell)',
        replace: 'for (const cell of cellsOf(group).slice(0, 1)) this.#kill(cell)',
      },
    ],
    expected: [],
    survives: 'no actor fails nine times in two minutes, so nothing escalates',
    law: {
      file: 'test/unit/kernel/supervision.test.ts',
      titles: [
        'an escalation restarts the whole group, in order, and nobody outside it',
        'a sibling that was about to run a callback of its old life does not, and does not fail',
      ],
    },
  },
  {
    id: 'M-706',
    tier: 'T2',
    name: 'failure-swallowed',
    bug: 'an actor that fails goes on as if nothing had happened',
    edits: [
      {
        file: 'src/kernel/turns.ts',
        find: '      this.#lives.fail(cell, error)\n',
        replace: '      void error\n',
      },
    ],
    expected: [
      'progress',
      'vote-lock',
      'votes-are-durable',
      'containment',
      'finality-is-monotone',
      'blocks-come',
    ],
  },
  {
    id: 'M-707',
    tier: 'T2',
    name: 'cancelled-timer-comes',
    bug: 'a timer that was called off comes all the same',
    edits: [
      {
        file: 'src/kernel/context.ts',
        find: '    this.runtime.clock.cancel(timer)\n',
        replace: '    void timer\n',
      },
    ],
    expected: ['containment', 'progress', 'livelock', 'every-slot', 'blocks-come'],
    survives: 'what comes although it was called off finds that nobody waits for it',
    law: {
      file: 'test/unit/kernel/system.test.ts',
      titles: ['a delayed message comes at its time, a cancelled one never'],
    },
  },
]

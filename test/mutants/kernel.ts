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
    scenario: 'failures-leave-nothing',
    expected: ['as-few-timers', 'as-quiet'],
  },
  {
    id: 'M-702',
    tier: 'T2',
    name: 'question-without-deadline',
    bug: 'a question that nobody answers is waited for for ever',
    edits: [
      {
        file: 'src/kernel/context.ts',
        find: '    if (!this.#isSettled) this.#timer = this.#asker.waker.wakeAt(this.#dueMs, this)\n',
        replace: '    this.#timer = undefined\n',
      },
    ],
    scenario: 'asked-in-vain',
    expected: ['answered'],
  },
  {
    id: 'M-709',
    tier: 'T2',
    name: 'question-goes-with-a-life',
    bug: 'when an actor fails, whoever asked it is not told, and waits to the deadline',
    edits: [
      {
        file: 'src/kernel/system.ts',
        find: 'for (const question of cell.unanswerable()) question.end()',
        replace: 'void cell.unanswerable()',
      },
    ],
    scenario: 'asked-while-down',
    expected: ['answered'],
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
    scenario: 'asked-while-down',
    expected: ['answered'],
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
    scenario: 'failures-forgotten',
    expected: ['begun-alone'],
  },
  {
    id: 'M-708',
    tier: 'T2',
    name: 'group-begins-in-part',
    bug: 'when a group is to begin anew, the first of it does alone',
    edits: [
      {
        file: 'src/kernel/system.ts',
        find: 'const cells = cellsOf(child)\n    const lives',
        replace: 'const cells = cellsOf(child).slice(0, 1)\n    const lives',
      },
    ],
    scenario: 'failures-forgotten',
    expected: ['begun-together', 'progress'],
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
    expected: ['fetched-once', 'containment', 'progress', 'livelock'],
  },
]

/**
 * `alys/vitest`: stories of `alys/sim` as tests of vitest, which has to be installed beside this package.
 *
 *     simTest('survives crashes', counterStory, { seeds: 50 })
 *     simTest.fails('the bug of last week is found', counterStory('answer-early'))
 *     simTest.each([3, 5])('%i replicas agree', (replicas) => agreement(replicas))
 *
 * Every seed runs under the lock-down of `alys/lockdown`. One that fails is told again and shrunk; the test's message
 * names what was broken, when, by which faults, and the command that repeats it. `ALYS_SEEDS=500` tells as many seeds of
 * each test, `ALYS_SEED=17` that one. Names that are not listed here may change without notice.
 */

export { type SimTest, type SimTestOptions, simTest } from '../vitest/sim-test.ts'

/**
 * `alys/lockdown`: the tripwire for synchronous simulations. While simulated code runs, whatever would make one run
 * differ from the next (time, chance, timers, files, sockets, `Math.log` and its kin) throws an error that names what
 * was called and where; it is thrown again when the run is over, in case the code swallowed it.
 *
 *     const guard = installLockdown()
 *     sweep(story, { firstSeed: 1, seeds: 100, guard })
 *
 * It replaces functions of the runtime, once a process, which is why it is an entry point of its own: who does not
 * import this has the runtime as it is. Names that are not listed here may change without notice.
 */

export { installLockdown, type Lockdown } from '../tripwire/lockdown.ts'
export { NondeterminismError } from '../tripwire/tripwire.ts'

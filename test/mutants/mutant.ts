/**
 * A bug to be planted: one textual change of the production code, who hunts for it, and the property that
 * is expected to find it. If the code moves on so that the change no longer applies, a test says so: a
 * mutant never rots silently.
 */
export interface Mutant {
  readonly name: string
  /** What the bug is, in words. */
  readonly bug: string
  readonly file: string
  readonly find: string
  readonly replace: string
  /** The scenario that hunts for it, seed after seed; the swarm, where nothing is named. */
  readonly scenario?: string
  /** A file of tests that hunts instead, for what a simulated node would show late or never. */
  readonly tests?: string
  /** Properties by which it may be found: of a scenario, or the titles of tests. */
  readonly expected: readonly string[]
}

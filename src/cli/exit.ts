/** How a command ends: what its exit code says, and the one error that is the user's. */

/** What a command's exit code says. The same for every command. */
export const exitCode = {
  /** All that was asked held. */
  held: 0,
  /** A property was violated. */
  violated: 1,
  /** Nothing was violated, but it cannot be said that all held: too little ran, or could come to nothing. */
  undecided: 2,
  /** Two runs that must be the same were not. */
  nondeterministic: 3,
  /** The command was not understood, or cannot be done here. */
  usage: 4,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

/** The user asked for what cannot be. Its message is all that is printed; the exit code is 4. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The program `alys`: its commands, and what becomes of their errors. */
import { Command, CommanderError } from 'commander'
import { register as bench } from './command/bench.ts'
import { register as bisect } from './command/bisect.ts'
import { register as checkDeterminism } from './command/check-determinism.ts'
import { register as checkpoint } from './command/checkpoint.ts'
import { register as devnet } from './command/devnet.ts'
import { register as diff } from './command/diff.ts'
import { register as explore } from './command/explore.ts'
import { register as farm } from './command/farm.ts'
import { register as init } from './command/init.ts'
import { register as inspect } from './command/inspect.ts'
import { register as keys } from './command/keys.ts'
import { register as likelihood } from './command/likelihood.ts'
import { register as merge } from './command/merge.ts'
import { register as mutants } from './command/mutants.ts'
import { register as node } from './command/node.ts'
import { register as replay } from './command/replay.ts'
import { register as send } from './command/send.ts'
import { register as shrink } from './command/shrink.ts'
import { register as sim } from './command/sim.ts'
import { register as trace } from './command/trace.ts'
import { register as view } from './command/view.ts'
import { register as why } from './command/why.ts'
import { exitCode, UsageError } from './exit.ts'

/** In the order in which help shows them. */
const commands: readonly ((program: Command) => void)[] = [
  sim,
  merge,
  farm,
  replay,
  view,
  shrink,
  likelihood,
  why,
  trace,
  diff,
  explore,
  checkDeterminism,
  bisect,
  mutants,
  node,
  devnet,
  init,
  keys,
  send,
  inspect,
  checkpoint,
  bench,
]

const footer = `
Exit codes:
  0  all that was asked held
  1  a property was violated
  2  nothing was violated, but too little ran to say so
  3  nondeterminism: two runs that must be the same were not
  4  the command was not understood, or cannot be done here

Durations are written 500ms, 90s, 5m or 2h. Help on one command: alys <command> --help`

/**
 * Runs the command that `args` name (without the interpreter and the program). The result is the exit
 * code; commands set it in `process.exitCode`, as some go on after their action came back.
 */
export async function main(args: readonly string[]): Promise<number> {
  process.stdout.on('error', endQuietly)
  try {
    await program().parseAsync(args, { from: 'user' })
    return Number(process.exitCode ?? exitCode.held)
  } catch (error) {
    return codeOf(error)
  }
}

function program(): Command {
  const alys = new Command('alys')
    .description(
      'A federated proof-of-authority sidechain, and the deterministic simulator that tests it.\n' +
        'Start with "alys sim": it runs every scenario once, and says what held.',
    )
    .exitOverride()
    // An option belongs to the command that it comes after, also where one above has an option of that name.
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .showHelpAfterError('Run it with --help to see what it understands.')
    .addHelpText('after', footer)
  for (const register of commands) register(alys)
  return alys
}

/** Whoever read the output has seen enough, as `head` has. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  process.exit()
}

/** Says on the standard error stream what went wrong, unless commander has done so. */
function codeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.held : exitCode.usage
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`alys: ${error instanceof UsageError ? error.message : text}\n`)
  return exitCode.usage
}

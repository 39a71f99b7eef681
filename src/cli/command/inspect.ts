/** `alys inspect`: what lies in a node's data folder. Changes nothing; the node may be running. */
import type { Command } from 'commander'

interface Flags {
  readonly json?: true
}

export function register(program: Command): void {
  program
    .command('inspect')
    .description("Look into a node's data, without changing it. The node may be running.")
    .argument('<path>', "a node's folder or configuration file")
    .option('--json', 'one JSON object instead of text')
    .action(async (path: string, { json }: Flags) => {
      const { inspect } = await import('../node/inspect.ts')
      process.exitCode = await inspect(path, json === true)
    })
}

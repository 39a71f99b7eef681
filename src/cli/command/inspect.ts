/** `alys inspect`: what lies in a node's data folder, or in the bundle of a run. Changes nothing. */
import type { Command } from 'commander'
import { exitCode } from '../exit.ts'
import type { Bundle } from '../sim/bundle-schema.ts'
import { readBundle } from './bundle-file.ts'

interface Flags {
  readonly json?: true
}

export function register(program: Command): void {
  program
    .command('inspect')
    .summary("Look into a node's data, or into a bundle.")
    .description(
      "Look into a node's data, which may be in use, or into the bundle of a run. Nothing is changed. " +
        'Exit code 1 says that a record is damaged, that a block is missing, that the last certificate is not genuine, ' +
        'or that the node has stopped because its history was contradicted.',
    )
    .argument('<path>', "a node's folder or configuration file, or a bundle (.json)")
    .option('--json', 'one JSON object instead of text')
    .action(async (path: string, { json }: Flags) => {
      if (path.endsWith('.json')) return await inspectBundle(path, json === true)
      const { inspect } = await import('../node/inspect.ts')
      process.exitCode = await inspect(path, json === true)
    })
}

async function inspectBundle(file: string, isJson: boolean): Promise<void> {
  const bundle = await readBundle(file)
  if (isJson) console.log(JSON.stringify(bundle))
  else for (const line of bundleLines(bundle)) console.log(line)
  process.exitCode = exitCode.held
}

function bundleLines(bundle: Bundle): readonly string[] {
  const { scenario, seed, crypto, outcome, violation, digest } = bundle
  return [
    `run          ${scenario}, seed ${seed}, ${crypto} signatures`,
    `outcome      ${outcome}`,
    ...(violation === undefined
      ? []
      : [`violated     ${violation.property} at ${violation.atMs} ms: ${violation.detail}`]),
    `digest       ${digest === '' ? 'none' : digest}`,
    `made by      ${makerText(bundle)}`,
    ...recordLines(bundle),
    `faults       ${bundle.plan?.length ?? 0}`,
    ...(bundle.plan ?? []).map((fault) => `  ${JSON.stringify(fault)}`),
    `repeat with  ${bundle.command}`,
  ]
}

function makerText(bundle: Bundle): string {
  const { node, commit, isDirty } = bundle
  const source =
    commit === undefined ? '' : `, commit ${commit}${isDirty === true ? ' (changed)' : ''}`
  const program = bundle.version === 3 ? `alys ${bundle.made.alys} on ` : ''
  return `${program}Node.js ${node}${source}`
}

const repeatedBy = {
  recipe: 'its world, faults and transfers',
  plan: 'its plan of faults',
  seed: 'its seed alone',
}

/** What bundles have from the third version on. */
function recordLines(bundle: Bundle): readonly string[] {
  if (bundle.version !== 3) return []
  const { world, decisions, replays, leftOut = [] } = bundle
  return [
    ...(world === undefined ? [] : [`world        ${JSON.stringify(world)}`]),
    ...(decisions === undefined
      ? []
      : [
          `decisions    ${decisions.checkpoints.length} checkpoints, one every ${decisions.everyEvents} events; ` +
            `${decisions.streams.length} random streams`,
        ]),
    `repeated by  ${repeatedBy[replays]}`,
    ...(leftOut.length === 0 ? [] : [`no room for  ${leftOut.join(', ')}`]),
  ]
}

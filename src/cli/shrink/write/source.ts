/**
 * A case as the source of a scenario: its world spelt out, its faults as a schedule, what users send, and the steps of
 * the story. The text is right but not laid out; imports are relative to where it is to be written.
 */
import { dirname, join, relative } from 'node:path'
import type { Fault } from '../../../../sim/cluster/fault/catalogue.ts'
import type { Step } from '../../../../sim/cluster/script.ts'
import type { Transfer } from '../../../../sim/cluster/workload/senders.ts'
import type { WorldFacts } from '../../../../sim/cluster/world-facts.ts'
import { projectRoot } from '../../project-root.ts'
import type { Failure } from '../../sim/report.ts'
import type { Case } from '../case.ts'
import { diskText, durationText, linkText, literal, objectText } from './literal.ts'
import type { Origin } from './origin.ts'

export interface SourceFacts {
  /** Kebab-case. */
  readonly name: string
  /** In a sentence. */
  readonly title: string
  readonly failure: Failure
  /** Absolute. */
  readonly file: string
  /** What found it. */
  readonly command: string
  /** The scenario that it was a run of, for what is code. */
  readonly origin: Origin | undefined
  /** It is the same by whatever chance. */
  readonly isOfAnyChance: boolean
}

export function sourceOf({ recipe, crypto, network }: Case, facts: SourceFacts): string {
  const { world, plan, transfers, story, drawsAs } = recipe
  const { name, title, failure, command, isOfAnyChance } = facts
  const flags = [
    ...(network === 'model' ? [] : [` --network ${network}`]),
    ...(crypto === 'ideal' ? [] : [` --crypto ${crypto}`]),
  ]
  const told = flags.length === 0 ? [] : [`It takes \`alys sim\` with${flags.join('')}.`]
  const head = [
    ...textLines(
      `${failure.property} was broken at ${durationText(failure.atMs)}: ${failure.detail}`,
    ),
    ...told,
    `Found by \`${command}\`.`,
  ]
  const isOwn = story === 'own'
  const given = world.own.length > 0 ? '(random, seed)' : '()'
  const body = [
    ...(transfers.length > 0 || isOwn ? [transfersText(transfers, isOwn)] : []),
    ...(plan.length > 0 || isOwn ? [planText(plan, isOwn)] : []),
    ...(isOwn ? [`${exportedBy(facts)}.story(net, random, seed)`] : story.map(stepText)),
  ]
  const code = `
/**
${head.map((line) => ` * ${line}`).join('\n')}
 */
export const ${camel(name)}: Scenario = {
  name: ${literal(name)},
  title: ${literal(title)},
${isOfAnyChance ? '' : `  drawsAs: ${literal(drawsAs)},\n`}  world: ${given} => (${worldText(world, facts)}),
  story: ${isOwn ? '(net, random, seed)' : '(net)'} => {
${body.map((line) => `    ${line}`).join('\n')}
  },
}
`
  return `${importsFor(code, facts)}${code}`
}

/** `vote-lock-swarm-5` as it is exported. */
function camel(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** Within a comment, and no longer than a line should be. */
function textLines(text: string): readonly string[] {
  const lines: string[] = ['']
  for (const word of text.replaceAll('*/', '* /').split(/\s+/)) {
    const last = lines.at(-1) ?? ''
    if (last.length + word.length < 110) lines.splice(-1, 1, `${last} ${word}`.trimStart())
    else lines.push(word)
  }
  return lines
}

function exportedBy({ origin }: SourceFacts): string {
  if (origin === undefined) throw new Error('a scenario is told by code that is in no file')
  return origin.exported
}

// ----- the world -----

function worldText(world: WorldFacts, facts: SourceFacts): string {
  const { own, members, followers, slotMs, link, ...others } = world
  const fields = { members, followers, slotMs, link, ...others }
  const entries = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): readonly [string, string] => {
      return [name, optionText(name as keyof WorldFacts, value, world)]
    })
  const text = objectText(entries)
  if (own.length === 0) return text
  const spread = `...ownOf(${exportedBy(facts)}.world(random, seed), ${literal(own)}),`
  return text.replace('{', `{ ${spread}`)
}

function optionText(name: keyof WorldFacts, value: unknown, world: WorldFacts): string {
  switch (name) {
    case 'link':
      return linkText(world.link)
    case 'disk':
      return world.disk === undefined ? 'undefined' : diskText(world.disk)
    case 'clockOffsetMs':
    case 'clockDriftPpm':
      return `byName(${literal(value)}, 0)`
    case 'neighbours':
      return `byName<readonly string[]>(${literal(value)}, [])`
    case 'liars':
      return `lyingMembers(${literal(value)})`
    case 'hostile':
      return `hostileNodes(${literal(value)})`
    default:
      return literal(value)
  }
}

// ----- what happens -----

function planText(plan: readonly Fault[], isInstead: boolean): string {
  const faults = plan.toSorted((a, b) => a.atMs - b.atMs).map(faultText)
  return `${isInstead ? 'scheduleInstead' : 'schedule'}(net, [${faults.join(', ')}])`
}

function faultText({ kind, atMs, on, ...facts }: Fault): string {
  const written = Object.entries(facts).map(([name, value]): readonly [string, string] => {
    if (!name.endsWith('Ms')) return [name, literal(value)]
    return [name.slice(0, -'Ms'.length), literal(durationText(value as number))]
  })
  const what = `${literal(kind)}, ${objectText(written)}`
  if (on === undefined) return `at(${literal(durationText(atMs))}, ${what})`
  const since = atMs === 0 ? '' : `, ${literal(durationText(atMs))}`
  return `on(${literal(on)}, ${what}${since})`
}

function transfersText(transfers: readonly Transfer[], isInstead: boolean): string {
  const written = transfers.map(({ atMs, ...transfer }) => {
    return literal({ at: durationText(atMs), ...transfer })
  })
  return `${isInstead ? 'sendInstead' : 'send'}(net, [${written.join(', ')}])`
}

function stepText(step: Step): string {
  const { kind, ...facts } = step
  const values = Object.values(facts).map(literal).join(', ')
  const isFunction = kind === 'healCore' || kind === 'watchCore'
  return isFunction ? `${kind}(net, ${values})` : `net.${kind}(${values})`
}

// ----- imports -----

/** What a scenario may call, by the file that has it. */
const known: Readonly<Record<string, readonly string[]>> = {
  'sim/cluster/fault/heal.ts': ['healCore'],
  'sim/cluster/fault/schedule.ts': ['at', 'on', 'schedule', 'scheduleInstead'],
  'sim/cluster/liveness/watch-core.ts': ['watchCore'],
  'sim/cluster/workload/transfers.ts': ['send', 'sendInstead'],
  'sim/cluster/world-facts.ts': ['byName', 'hostileNodes', 'lyingMembers', 'ownOf'],
  'sim/distribution.ts': ['bimodal', 'constant', 'exponential', 'uniform'],
  'sim/link.ts': ['localLink', 'wideLink'],
}

function importsFor(code: string, { file, origin }: SourceFacts): string {
  const from = (path: string): string => {
    const way = relative(dirname(file), path).replaceAll('\\', '/')
    return way.startsWith('.') ? way : `./${way}`
  }
  const used = Object.entries(known).flatMap(([path, names]) => {
    // By calls, and by links: a word in a comment is neither.
    const called = names.filter((name) =>
      new RegExp(`(?<!\\w|[^.]\\.)${name}(?=[(<,\\s])`).test(bare(code)),
    )
    return called.length === 0
      ? []
      : [`import { ${called.join(', ')} } from '${from(join(projectRoot, path))}'`]
  })
  const isTold = origin !== undefined && new RegExp(`\\b${origin.exported}\\.`).test(bare(code))
  const lines = [
    ...(isTold ? [`import { ${origin.exported} } from '${from(origin.file)}'`] : []),
    ...used,
    `import type { Scenario } from '${from(join(projectRoot, 'sim/cluster/scenario.ts'))}'`,
  ]
  return `${lines.join('\n')}\n`
}

/** Code without what is said in comments and texts. */
function bare(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, '').replace(/'(?:[^'\\\n]|\\.)*'/g, "''")
}

/** A case in words: how much of it there is, in a line; and the whole recipe, for people. */
import { castOf } from '../../../sim/cluster/cast.ts'
import { ruleOf } from '../../../sim/cluster/fault/catalogue.ts'
import type { Recipe } from '../../../sim/cluster/recipe.ts'
import type { Step } from '../../../sim/cluster/script.ts'
import { localLink } from '../../../sim/link.ts'
import type { Millis } from '../../base/units.ts'
import { faultFacts } from '../sim/facts.ts'
import type { Failure } from '../sim/report.ts'
import { durationText, linkText } from './write/literal.ts'

/** How much there is of a recipe. */
export interface Size {
  readonly nodes: number
  readonly faults: number
  readonly transfers: number
  /** Virtual time that it takes at most; undefined if that is a matter of code. */
  readonly ms: Millis | undefined
}

export function sizeOf({ world, plan, transfers, story, untilMs }: Recipe): Size {
  const { members, followers = 0, twins = [] } = world
  return {
    nodes: castOf({ members, followers, twins }).names.length,
    faults: plan.length,
    transfers: transfers.length,
    ms:
      story === 'own'
        ? untilMs
        : story.reduce((sum, step) => sum + ('ms' in step ? step.ms : 0), 0),
  }
}

/** In a line, such as `3 nodes, 1 fault, no transfers, 20 s`. */
export function sizeText({ nodes, faults, transfers, ms }: Size): string {
  const parts = [
    counted(nodes, 'node'),
    counted(faults, 'fault'),
    counted(transfers, 'transfer'),
    ...(ms === undefined ? [] : [`${Math.ceil(ms / 1_000)} s`]),
  ]
  return parts.join(', ')
}

function counted(count: number, word: string): string {
  return `${count === 0 ? 'no' : count} ${word}${count === 1 ? '' : 's'}`
}

/** What happens, line by line, in the order of time. */
export function recipeLines(
  recipe: Recipe,
  { property, detail, atMs }: Failure,
  isOfAnyChance: boolean,
): readonly string[] {
  const { plan, transfers, story } = recipe
  const happenings = [
    ...plan.map((fault) => {
      const { kind, on } = fault
      const when = on === undefined ? 'at' : 'from'
      const facts = faultFacts(fault)
      return {
        atMs: fault.atMs,
        line: `${when} ${durationText(fault.atMs)}  ${kind} ${facts} (${ruleOf(kind).what})`,
      }
    }),
    ...transfers.map(({ from, to, node, atMs: dueMs }) => {
      return {
        atMs: dueMs,
        line: `at ${durationText(dueMs)}  user ${from} sends something to user ${to}, through ${node}`,
      }
    }),
  ]
  return [
    ...worldLines(recipe, isOfAnyChance),
    ...(plan.length === 0 ? ['no faults'] : []),
    ...happenings.toSorted((a, b) => a.atMs - b.atMs).map(({ line }) => line),
    ...(story === 'own' ? ['the story is told by its own code'] : storyLines(story)),
    `at ${durationText(atMs)}  ${property} is broken: ${detail.split('\n')[0] ?? ''}`,
  ]
}

function worldLines({ world, drawsAs }: Recipe, isOfAnyChance: boolean): readonly string[] {
  const { members, followers = 0, liars = {}, twins = [], hostile = {} } = world
  const who = [
    counted(members, 'member'),
    ...(followers === 0 ? [] : [counted(followers, 'follower')]),
  ].join(', ')
  const rest = new Set(Object.keys(world))
  for (const said of ['members', 'followers', 'liars', 'twins', 'hostile', 'link', 'own']) {
    rest.delete(said)
  }
  const isPlain = JSON.stringify(world.link) === JSON.stringify(localLink)
  return [
    isOfAnyChance
      ? `${who}, by any chance`
      : `${who}, by the chance of ${drawsAs.scenario} seed ${drawsAs.seed}`,
    ...Object.entries({ ...liars, ...hostile }).map(
      ([name, how]) => `${name} breaks the rules: ${how}`,
    ),
    ...twins.map((member) => `the keys of n${member} are on t${member} as well`),
    isPlain ? 'links of a machine room' : `links: ${linkText(world.link)}`,
    ...(rest.size === 0 ? [] : [`not as usual: ${[...rest].join(', ')}`]),
    ...(world.own.length === 0 ? [] : [`as the scenario has it: ${world.own.join(', ')}`]),
  ]
}

function storyLines(steps: readonly Step[]): readonly string[] {
  return steps.map((step) => {
    const { kind, ...facts } = step
    const values = Object.values(facts).map((value) => [value].flat().join(' '))
    return kind === 'run'
      ? `it runs for ${durationText(step.ms)}`
      : `then ${kind} ${values.join(', ')}`
  })
}

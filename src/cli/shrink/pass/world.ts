/**
 * The world made plain: what it has beside the usual, one option after another; then delays that are always the same,
 * disks that are swift, and clocks that are right.
 *
 * What the judges are lenient about stays as long as there is a reason for it in the world or among its faults.
 */
import { ruleOf } from '../../../../sim/cluster/fault/catalogue.ts'
import type { FaultId } from '../../../../sim/cluster/fault/fault.ts'
import type { Recipe } from '../../../../sim/cluster/recipe.ts'
import type { WorldFacts } from '../../../../sim/cluster/world-facts.ts'
import { constant, type Distribution } from '../../../../sim/distribution.ts'
import type { Search } from '../../../../sim/fewest.ts'
import { type LinkModel, localLink } from '../../../../sim/link.ts'
import { type Candidate, type Case, type Change, changed, demands, eachOf } from '../case.ts'

/** The options of a run, and of its world, that are not the usual. */
export function* usualOptions(current: Case): Search<Candidate, Case> {
  const { world, story } = current.recipe
  const tuning = Object.keys(world.tuning ?? {})
  return yield* eachOf(current, [
    onTheModel,
    withIdealSignatures,
    withoutReseeds,
    // Who lies, who is there and how long a slot is, is what a story in code is about.
    ...(story === 'own' ? [] : cast),
    without('tuning', 'nodes are tuned as usual'),
    ...tuning.map(untuned),
  ])
}

const onTheModel: Change = (now) =>
  now.network === 'model' ? undefined : { ...now, network: 'model', what: 'the model of a network' }

const withIdealSignatures: Change = (now) =>
  now.crypto === 'ideal' ? undefined : { ...now, crypto: 'ideal', what: 'ideal signatures' }

const withoutReseeds: Change = (now) => {
  const { reseeds, ...drawsAs } = now.recipe.drawsAs
  return reseeds === undefined ? undefined : changed(now, 'no later seeds', { drawsAs })
}

const cast: readonly Change[] = [
  without('liars', 'nobody lies'),
  without('twins', 'no twins'),
  without('hostile', 'nobody hostile'),
  without('neighbours', 'everybody dials everybody'),
  without('startLater', 'all start at once'),
  // What is demanded in so long is meant for slots of this length.
  (now) => (demands(now.recipe) ? undefined : without('slotMs', 'slots of two seconds')(now)),
]

export function* plainDelays(current: Case): Search<Candidate, Case> {
  const { link } = current.recipe.world
  return yield* eachOf(current, [
    withLink('links of a machine room', () => localLink),
    withLink('links that lose, copy and hold up nothing', (now) => ({
      ...now,
      ...{ lossPerMillion: 0, duplicatePerMillion: 0, reorderPerMillion: 0 },
      reorderDelay: localLink.reorderDelay,
    })),
    withLink('links that lose nothing', (now) => ({ ...now, lossPerMillion: 0 })),
    withLink('links that copy nothing', (now) => ({ ...now, duplicatePerMillion: 0 })),
    withLink('links that hold nothing up', (now) => ({
      ...now,
      reorderPerMillion: 0,
      reorderDelay: localLink.reorderDelay,
    })),
    withLink('links of any width', (now) => ({ ...now, bytesPerSecond: 0 })),
    ...delaysFor(link.latency).map((us) =>
      withLink(`a delay of ${us / 1_000} ms`, (now) => {
        const isPlainer = now.latency.kind === 'constant' && now.latency.us <= us
        return isPlainer ? now : { ...now, latency: constant(us) }
      }),
    ),
    without('disk', 'swift disks'),
    without('clockOffsetMs', 'clocks that are right at first'),
    without('clockDriftPpm', 'clocks that do not drift'),
    (now) =>
      isClockWrong(now.recipe) ? undefined : without('clockErrorMsMax', 'clocks are right')(now),
    (now) =>
      hasFaultOf(now.recipe, 'S')
        ? undefined
        : without('hasDiskErrors', 'disks refuse nothing')(now),
    (now) =>
      hasFaultOf(now.recipe, 'S') || hasFaultOf(now.recipe, 'P')
        ? undefined
        : without('untrustedDisks', 'disks are honest')(now),
  ])
}

function without(
  option: Exclude<keyof WorldFacts, 'members' | 'link' | 'own'>,
  what: string,
): Change {
  return (now) => {
    const { [option]: before, ...world } = now.recipe.world
    return before === undefined ? undefined : changed(now, what, { world: world as WorldFacts })
  }
}

function untuned(name: string): Change {
  return (now) => {
    const { world } = now.recipe
    const left = Object.entries(world.tuning ?? {}).filter(([other]) => other !== name)
    if (world.tuning === undefined || left.length === 0) return undefined
    const tuning = Object.fromEntries(left)
    return changed(now, `${name} as usual`, { world: { ...world, tuning } })
  }
}

function withLink(what: string, change: (link: LinkModel) => LinkModel): Change {
  return (now) => {
    const { world } = now.recipe
    const link = change(world.link)
    const isSame = JSON.stringify(link) === JSON.stringify(world.link)
    return isSame ? undefined : changed(now, what, { world: { ...world, link } })
  }
}

/** Constant delays that are tried, in microseconds, the shortest first: some that are short, and about what it was. */
function delaysFor(latency: Distribution): readonly number[] {
  const [leastUs, meanUs] = middleOf(latency)
  const delaysUs = [1_000, 10_000, leastUs, meanUs].map((us) => Math.ceil(us / 1_000) * 1_000)
  return [...new Set(delaysUs)].toSorted((a, b) => a - b)
}

/** The least of a law, and its mean. */
function middleOf(latency: Distribution): readonly [leastUs: number, meanUs: number] {
  switch (latency.kind) {
    case 'constant':
      return [latency.us, latency.us]
    case 'uniform':
      return [latency.minUs, (latency.minUs + latency.maxUs) / 2]
    case 'exponential':
      return [latency.minUs, latency.minUs + latency.meanUs]
    case 'bimodal':
      return middleOf(latency.usual)
    default:
      return latency satisfies never
  }
}

/** Whether one of the faults of a recipe is of this family. That memory is lost with the power is no fault of a disk. */
function hasFaultOf({ plan }: Recipe, family: 'C' | 'P' | 'S'): boolean {
  const isOf = (id: FaultId): boolean => id.startsWith(family) && id !== 'S1'
  return plan.some(({ kind }) => ruleOf(kind).ids.some(isOf))
}

function isClockWrong(recipe: Recipe): boolean {
  const { clockOffsetMs, clockDriftPpm } = recipe.world
  return clockOffsetMs !== undefined || clockDriftPpm !== undefined || hasFaultOf(recipe, 'C')
}

/**
 * Where a run that is repeated parts from the run of its bundle: the last checkpoint that both have in common, and the
 * random streams that were used otherwise by the next one. That is no more than where to look: what differs first may be
 * what was done with what was drawn.
 */
import type { Millis } from '../../base/units.ts'
import { formatCount, formatSeconds, formatTable } from '../table.ts'
import { type Checkpoint, type Decisions, parseStretches, type StreamRecord } from './decisions.ts'
import { firstDifferent } from './divergence.ts'

/** A stream that was used otherwise. */
export interface OtherUse {
  readonly label: string
  /** How much was drawn from it in the run of the bundle, and now. */
  readonly before: number
  readonly now: number
}

export interface Parting {
  /** The last checkpoint in common; undefined if there is none. */
  readonly common: Checkpoint | undefined
  /** When the next one is due in the run of the bundle; undefined if that was over before. */
  readonly next: Checkpoint | undefined
  /** Which streams were used otherwise by that next one, those that differ most first. */
  readonly streams: readonly OtherUse[]
  /** Whether less was noted of streams than there was, so that nothing can be said of some. */
  readonly isPartial: boolean
}

/** Both have a checkpoint every so many events, and the same number. */
export function partingOf(then: Decisions, now: Decisions): Parting {
  const digestsOf = ({ checkpoints }: Decisions): readonly string[] =>
    checkpoints.map(({ digest }) => digest)
  const same = firstDifferent(digestsOf(then), digestsOf(now))
  const { checkpoints, streams, streamsLeftOut = 0 } = then
  const usesThen = usesUntil(then, same + 1)
  const usesNow = usesUntil(now, same + 1)
  const isPartial = streamsLeftOut > 0 || streams.some(({ stretches }) => stretches === undefined)
  const labels = isPartial ? usesThen.keys() : new Set([...usesThen.keys(), ...usesNow.keys()])
  const others = [...labels]
    .map((label) => ({ label, before: usesThen.get(label) ?? 0, now: usesNow.get(label) ?? 0 }))
    .filter((use) => use.before !== use.now)
    .toSorted((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before))
  const common = checkpoints[same - 1]
  return { common, next: checkpoints[same], streams: others, isPartial }
}

/** By label: what was drawn in so many stretches; in all, if the run had no more of them. */
function usesUntil(
  { streams, checkpoints }: Decisions,
  stretches: number,
): ReadonlyMap<string, number> {
  const drawn = ({ draws, stretches: text = '' }: StreamRecord): number => {
    if (stretches > checkpoints.length) return draws
    const all = parseStretches(text, checkpoints.length) ?? []
    return all.slice(0, stretches).reduce((sum, each) => sum + each, 0)
  }
  const noted = streams.filter((stream) => stream.stretches !== undefined)
  return new Map(noted.map((stream) => [stream.label, drawn(stream)]))
}

const streamsShown = 12

/** In words. */
export function partingLines({ common, next, streams, isPartial }: Parting): readonly string[] {
  const by = next === undefined ? 'by its end' : `by ${placeText(next)}`
  const where =
    common === undefined
      ? `It differs from the start; ${by} at the latest.`
      : `It is the same up to ${placeText(common)}, and another ${by}.`
  if (streams.length === 0) {
    return [where, isPartial ? '' : 'No random stream was used otherwise by then.'].filter(Boolean)
  }
  const rows = streams
    .slice(0, streamsShown)
    .map(({ label, before, now }) => [
      `  ${label}`,
      `${formatCount(before)} then`,
      `${formatCount(now)} now`,
    ])
  const more = streams.length - streamsShown
  return [
    where,
    'Random streams that were used otherwise by then, with how much was drawn:',
    ...formatTable(rows).split('\n'),
    ...(more > 0 ? [`  … and ${formatCount(more)} more`] : []),
  ]
}

function placeText({ atMs, events }: Checkpoint): string {
  return `${formatSeconds(atMs)} s (${formatCount(events)} events)`
}

/** Since when they differ, for a sentence. */
export function sinceText({ common }: Parting): string {
  return common === undefined ? 'from the start' : `since ${secondsText(common.atMs)}`
}

function secondsText(ms: Millis): string {
  return `${(ms / 1_000).toFixed(1)} s`
}

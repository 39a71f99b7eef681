/**
 * Simpler facts of each fault by itself: rounder times, shorter spans, round numbers, fewer nodes. No fault gets longer
 * by it, nor more: where something is demanded in time, it may not become harder.
 */
import type { Fault } from '../../../../sim/cluster/fault/catalogue.ts'
import type { Search } from '../../../../sim/fewest.ts'
import type { Millis } from '../../../base/units.ts'
import { type Candidate, type Case, type Change, changed, eachOf } from '../case.ts'
import { rounderTimes } from './times.ts'

/** What spans are tried before they are rounded. */
const spansMs: readonly Millis[] = [1_000, 2_000, 5_000, 10_000]

export function* simplerFacts(current: Case): Search<Candidate, Case> {
  const { plan, transfers } = current.recipe
  const faults = plan.flatMap((fault, index) => [
    ...Object.entries(fault).flatMap(([name, value]) => factChanges(index, name, value)),
  ])
  const times = transfers.flatMap(({ atMs }, index) =>
    rounderTimes(atMs).map((simpler) => transferAt(index, atMs, simpler)),
  )
  return yield* eachOf(current, [...faults, ...times])
}

function factChanges(index: number, name: string, value: unknown): readonly Change[] {
  if (typeof value === 'number') {
    return simplerNumbers(name, value).map((simpler) => factOf(index, name, value, simpler))
  }
  if (Array.isArray(value)) return listChanges(index, name, value)
  const { nth } = (name === 'on' ? value : {}) as { readonly nth?: number }
  return nth === undefined || nth === 1
    ? []
    : [factOf(index, name, value, { ...(value as object), nth: 1 })]
}

/** What a number may be instead, the simplest first. */
function simplerNumbers(name: string, value: number): readonly number[] {
  if (name === 'forMs') return [...spansMs.filter((ms) => ms < value), ...rounderTimes(value)]
  if (name.endsWith('Ms')) return rounderTimes(value)
  const digits = Math.abs(Math.trunc(value)).toString().length
  const unit = 10 ** (digits - 1)
  const round = Math.trunc(value / unit) * unit
  return round === value ? [] : [round]
}

/** A fact made simpler, unless it has been already. */
function factOf(index: number, name: string, value: unknown, simpler: unknown): Change {
  return (now) => {
    const fault = now.recipe.plan[index]
    if (fault === undefined || Reflect.get(fault, name) !== value) return undefined
    const change = { ...fault, [name]: simpler } as Fault
    const text = JSON.stringify(simpler).replaceAll('"', '')
    const plan = now.recipe.plan.with(index, change)
    return changed(now, `${fault.kind}: ${name} ${text}`, { plan })
  }
}

function transferAt(index: number, atMs: Millis, simpler: Millis): Change {
  return (now) => {
    const transfer = now.recipe.transfers[index]
    if (transfer?.atMs !== atMs) return undefined
    const transfers = now.recipe.transfers.with(index, { ...transfer, atMs: simpler })
    return changed(now, `a transfer at ${simpler} ms`, { transfers })
  }
}

// ----- lists of nodes -----

/** Each node, or pair of nodes, left out of a list. */
function listChanges(index: number, name: string, list: readonly unknown[]): readonly Change[] {
  const items = name === 'groups' ? list.flat() : list
  return items.map((item) => (now: Case) => {
    const fault = now.recipe.plan[index]
    if (fault === undefined) return undefined
    const left = withoutItem(fault, name, item)
    if (left === undefined) return undefined
    const plan = now.recipe.plan.with(index, left)
    return changed(now, `${fault.kind}: ${name} without ${[item].flat().join(' to ')}`, { plan })
  })
}

/** The fault without somebody in one of its lists; undefined if it would be none then. */
function withoutItem(fault: Fault, name: string, item: unknown): Fault | undefined {
  const isOther = (each: unknown): boolean => JSON.stringify(each) !== JSON.stringify(item)
  const list = Reflect.get(fault, name) as readonly unknown[]
  const left =
    name === 'groups'
      ? (list as readonly string[][])
          .map((group) => group.filter(isOther))
          .filter((group) => group.length > 0)
      : list.filter(isOther)
  if (left.length < (name === 'groups' ? 2 : 1)) return undefined
  // What is clogged is let go again.
  const release = 'release' in fault && name === 'nodes' ? { release: left } : {}
  if (name === 'release') return undefined
  return { ...fault, [name]: left, ...release } as Fault
}

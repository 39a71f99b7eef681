/** Plain data as the text of TypeScript. How it is laid out is the formatter's business. */
import type { Distribution } from '../../../../sim/distribution.ts'
import { type LinkModel, localLink, wideLink } from '../../../../sim/link.ts'
import type { DiskModel } from '../../../../sim/store.ts'
import type { Millis } from '../../../base/units.ts'

/** A value of numbers, texts, lists and objects. What is undefined in an object is left out. */
export function literal(value: unknown): string {
  if (typeof value === 'number') return numberText(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value !== 'object' || value === null) return textOf(value)
  return objectText(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([name, each]) => [name, literal(each)]),
  )
}

/** An object of texts that are code already. */
export function objectText(entries: readonly (readonly [name: string, code: string])[]): string {
  const fields = entries.map(([name, code]) => `${keyText(name)}: ${code}`)
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') return String(value)
  const inside = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inside}'`
}

function keyText(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : textOf(name)
}

/** With its thousands apart. */
function numberText(value: number): string {
  const [whole = '', fraction] = String(value).split('.')
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, '_')
  return fraction === undefined ? apart : `${apart}.${fraction}`
}

/** A time or span as people write it: `12s`, `1.5s`, `40ms`, to the microsecond. */
export function durationText(ms: Millis): string {
  const us = Math.round(Math.abs(ms) * 1_000)
  const sign = ms < 0 ? '-' : ''
  return us >= 1_000_000 ? `${sign}${us / 1_000_000}s` : `${sign}${us / 1_000}ms`
}

/** A call of the function that makes this law. */
function distributionText(law: Distribution): string {
  switch (law.kind) {
    case 'constant':
      return `constant(${literal(law.us)})`
    case 'uniform':
      return `uniform(${literal(law.minUs)}, ${literal(law.maxUs)})`
    case 'exponential':
      return `exponential(${[law.minUs, law.meanUs, law.maxUs].map(literal).join(', ')})`
    case 'bimodal': {
      const parts = [distributionText(law.usual), distributionText(law.rare)]
      return `bimodal(${parts.join(', ')}, ${literal(law.rarePerMillion)})`
    }
    default:
      return law satisfies never
  }
}

/** A link by its name, or by what is other than in a machine room. */
export function linkText(link: LinkModel): string {
  if (isSame(link, localLink)) return 'localLink'
  if (isSame(link, wideLink)) return 'wideLink'
  const names = Object.keys(link) as (keyof LinkModel)[]
  const other = names.filter((name) => !isSame(link[name], localLink[name]))
  const fields = other.map((name): readonly [string, string] => {
    const value = link[name]
    return [name, typeof value === 'object' ? distributionText(value) : literal(value)]
  })
  return objectText(fields).replace('{', '{ ...localLink,')
}

export function diskText({ read, write, sync }: DiskModel): string {
  return objectText(
    Object.entries({ read, write, sync }).map(([name, law]) => [name, distributionText(law)]),
  )
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

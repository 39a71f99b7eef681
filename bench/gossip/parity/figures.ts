/** What the loads come to, and the table in which worlds stand side by side. */
import { median, nodeProgram, standingOf } from '../../contest.ts'
import type { Figure, SuiteReport } from '../../report.ts'
import { quantile } from '../../sync/statistics.ts'
import type { Section } from '../figures.ts'
import type { GossipPlan } from '../plan.ts'
import { processesWorld } from './processes.ts'
import { type Stage, stages } from './worlds.ts'

const bodyBytes = 10_000
const ways = ['gossiped', 'fetched'] as const

/** One load on one stage. */
interface Case {
  readonly name: string
  readonly stage: number
  readonly peers: number
  readonly way: (typeof ways)[number]
  readonly blocks: number
}

function casesOf({ sizesMax, virtualBlocks, realBlocks }: GossipPlan): readonly Case[] {
  return stages.flatMap(({ world, links, peers }, stage) => {
    const blocks = world === processesWorld ? realBlocks : virtualBlocks
    return peers.slice(0, sizesMax).flatMap((count) => {
      return ways.map((way): Case => {
        const name = `${way}, ${count} peers, ${links} links, ${world.name}`
        return { name, stage, peers: count, way, blocks }
      })
    })
  })
}

export function paritySection(plan: GossipPlan): Section {
  const cases = casesOf(plan)
  return {
    rounds: 1,
    contenders: cases.map(({ name, stage, peers, blocks, way }) => {
      const args = [stage, peers, blocks, bodyBytes, way]
      return { name, command: nodeProgram('gossip/parity/main.ts', ...args) }
    }),
    figures: (standings) =>
      cases.flatMap(({ name, peers, stage }) => {
        const { samples } = standingOf(standings, name)
        const amounts = (part: string): readonly number[] => {
          return samples.flatMap((sample) => (sample.part === part ? [sample.amount] : []))
        }
        return figuresOf(name, peers, amounts, stages[stage])
      }),
  }
}

/** The quantities of a row, in the order of the table's columns. */
const columns = ['half after', '99 of 100 after', 'delivered', 'sent a block', 'copies'] as const

function figuresOf(
  name: string,
  size: number,
  amounts: (part: string) => readonly number[],
  stage: Stage | undefined,
): readonly Figure[] {
  const delivery = amounts('delivery')
  const boundBy = stage?.world.counts ?? ''
  const one = (what: (typeof columns)[number], value: number, unit: string): Figure => {
    const isLessBetter = what !== 'delivered'
    return { name: `${name}: ${what}`, value, unit, size, isLessBetter, boundBy }
  }
  return [
    one('half after', quantile(delivery, 0.5), 'ms'),
    one('99 of 100 after', quantile(delivery, 0.99), 'ms'),
    one('delivered', 100 * median(amounts('delivered, of 1')), '%'),
    one('sent a block', median(amounts('wire bytes a block')) / 1e3, 'kB'),
    one('copies', median(amounts('copies')), 'bodies / delivery'),
  ]
}

/** The worlds side by side, in Markdown. */
export function parityPage({ results, machine }: SuiteReport): string {
  const rows = new Map<string, Map<string, string>>()
  for (const { name, value, unit } of results) {
    const parts = partsOf(name)
    if (parts === undefined) continue
    const [load, column] = parts
    const row = rows.get(load) ?? new Map<string, string>()
    rows.set(load, row.set(column, `${value} ${unit}`))
  }
  const lines = [...rows].map(([load, row]) => {
    return [load, ...columns.map((column) => row.get(column) ?? '')].join(' | ')
  })
  return [
    '# The same load on every network',
    '',
    `Peers that each dial four others; one announces a block of ${bodyBytes} bytes each two seconds. Bodies are`,
    'gossiped whole, or fetched from whoever announced them. Only worlds on the same links can be compared.',
    'Bytes are those of messages in the abstract model, and those of sockets among processes.',
    '',
    `${machine.cpu}, ${machine.cores} cores, Node.js ${machine.node}, load ${machine.loadAverage.join(' ')}`,
    '',
    `| load | ${columns.join(' | ')} |`,
    `|---|${columns.map(() => '---:').join('|')}|`,
    ...lines.map((line) => `| ${line} |`),
    '',
  ].join('\n')
}

/** The load and the column that a figure's name is made of; undefined if it is not of a load. */
function partsOf(name: string): readonly [string, string] | undefined {
  const at = name.lastIndexOf(': ')
  const column = name.slice(at + 2)
  const isOurs = columns.some((each) => each === column) && ways.some((way) => name.startsWith(way))
  return isOurs ? [name.slice(0, at), column] : undefined
}

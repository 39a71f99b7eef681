/**
 * Reads a plan of faults that comes from a file. The facts of a kind are those that its rule draws: which of them there
 * must be is learnt from examples, and what each may be follows from its name, as facts of one name mean one thing in
 * every kind.
 */
import { z } from 'zod'
import {
  type Fault,
  type FaultName,
  faultCatalogue,
  ruleOf,
} from '../../../sim/cluster/fault/catalogue.ts'
import { SimRandom } from '../../../sim/random.ts'
import { ms, node, perMillion, signedMs } from './field-schema.ts'

const countMax = 1e12
const nodesMax = 10_000

const count = z.number().min(0).max(countMax)
const nodes = z.array(node).max(nodesMax)
const point = z
  .strictObject({
    event: z.string().max(100).optional(),
    disk: z.enum(['commit-begun', 'commit-durable']).optional(),
    key: z.string().min(1).max(200).optional(),
    node: node.optional(),
    nth: z.int().min(1).max(countMax).optional(),
  })
  .refine((value) => (value.event === undefined) !== (value.disk === undefined), {
    message: 'expected either an event or a moment of the disk',
  })
  .refine((value) => value.key === undefined || value.disk === 'commit-begun', {
    path: ['key'],
    message: 'expected a commit that has begun',
  })

/** What each fact may be, by its name. */
const facts: Readonly<Record<string, z.ZodType>> = {
  ...{ node, other: node, a: node, b: node },
  // Of an address that may be nobody's.
  of: z.string().max(100),
  ...{ nodes, release: nodes, early: nodes, late: nodes, from: nodes, to: nodes },
  ...{ groups: z.array(nodes).max(nodesMax), pairs: z.array(z.tuple([node, node])).max(nodesMax) },
  ...{ forMs: ms, byMs: signedMs, errorMs: signedMs, stepMs: ms, everyMs: ms, ageMs: ms },
  ...{ stallMs: ms, tickMs: ms },
  ...{ perMillion, readsPerMillion: perMillion, writesPerMillion: perMillion },
  worsenPerMillion: perMillion,
  ...{ percent: count, reach: count, times: count, connectionsMax: count, stuck: count },
  ...{ spare: count, burst: count, bytesPerSecond: count },
  ppm: z.number().min(-1_000_000).max(1_000_000),
  path: z.string().max(200),
  keeps: z.enum(['all', 'nothing']),
  isFinal: z.boolean(),
  on: point,
}

/** A plan as bundles hold it. A run has hundreds of faults at most. */
export const planSchema = z
  .array(z.looseObject({ kind: z.string(), atMs: ms }).superRefine(check))
  .max(100_000)
  .transform((plan) => plan as unknown as readonly Fault[])

function check(fault: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void {
  const refuse = (message: string, ...path: readonly string[]): void =>
    context.addIssue({ code: 'custom', message, path: [...path] })
  const { kind, atMs: _, ...given } = fault
  const rule = faultCatalogue.find((each) => each.kind === kind)
  if (rule === undefined) return refuse('expected a kind of fault (alys sim --list-faults)', 'kind')
  const { needed, known } = shapeOf(rule.kind)
  const missing = needed.find((name) => given[name] === undefined)
  if (missing !== undefined) return refuse(`a fault "${rule.kind}" needs it`, missing)
  for (const [name, value] of Object.entries(given)) {
    const schema = facts[name]
    if (schema === undefined || !known.has(name)) {
      return refuse(
        `a fault "${rule.kind}" has no such fact: it has ${[...known].join(', ')}`,
        name,
      )
    }
    const [issue] = schema.safeParse(value).error?.issues ?? []
    if (issue !== undefined) return refuse(issue.message, name, ...issue.path.map(String))
  }
}

interface Shape {
  /** Facts without which a fault of this kind is none. */
  readonly needed: readonly string[]
  readonly known: ReadonlySet<string>
}

/** What is there in one of two is there in all of so many with a chance of 2^-64. */
const examples = 64
const shapes = new Map<FaultName, Shape>()
const realm = { names: ['n0', 'n1', 'n2', 'n3'], harmable: () => ['n0'] }

function shapeOf(kind: FaultName): Shape {
  const before = shapes.get(kind)
  if (before !== undefined) return before
  const random = new SimRandom(`shape of ${kind}`)
  const drawn = Array.from({ length: examples }, () =>
    Object.entries(ruleOf(kind).draw(random, realm)),
  )
  const names = drawn.map((entries) => {
    return new Set(entries.filter(([, value]) => value !== undefined).map(([name]) => name))
  })
  const known = new Set(names.flatMap((each) => [...each]))
  const needed = [...known].filter((name) => names.every((each) => each.has(name)))
  // Any fault may wait for something, and what lasts may last for good.
  const shape = {
    needed: needed.filter((name) => name !== 'forMs'),
    known: known.add('on').add('forMs'),
  }
  shapes.set(kind, shape)
  return shape
}

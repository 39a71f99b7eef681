/**
 * Where a node's processor time went: a profile of V8 (`--cpu-prof`), summed by stage of a block's way in.
 *
 * Each sample counts for the nearest function on its stack, from the top down, whose file belongs to a stage; so what a
 * hash or a copy takes counts for whoever wanted it. A sample of nobody's is of the engine itself. Work of threads
 * that run no JavaScript is not in it: LevelDB's, the parts of libuv, the compiler's and most of the collector's.
 */
import { z } from 'zod'
import { assert, present } from '../../src/base/assert.ts'

/** What a block goes through, and what it takes besides. */
export const stages = [
  'network',
  'decoding',
  'validation',
  'transaction signatures',
  'execution',
  'storage',
  'actors',
  'garbage',
  'engine',
] as const

export type Stage = (typeof stages)[number]

/** Parts of `file#function`, the first that fits: what is special comes before what is general. */
const rules: readonly (readonly [RegExp, Stage])[] = [
  [/\/src\/ledger\/signatures\.ts#|#checkSignature$/, 'transaction signatures'],
  [/\/src\/(ledger|protocol\/execution)\//, 'execution'],
  [/\/src\/(platform\/verifier|platform\/validation\/|validation\/)/, 'validation'],
  [/\/src\/protocol\/(block|wire|consensus)\/|\/src\/base\/codec/, 'decoding'],
  [/\/src\/platform\/store\.ts#|\/(classic|abstract)-level\/|\/src\/actors\/storage\//, 'storage'],
  [/\/src\/platform\/(network\.ts|libp2p\/)/, 'network'],
  [/\/node_modules\/(@libp2p|libp2p|@chainsafe|@multiformats|multiformats|it-|uint8)/, 'network'],
  [/^node:(net|internal\/stream|stream)/, 'network'],
  [
    /\/src\/(actors|kernel|node|cli)\/|\/src\/platform\/(clock|counters|http|json-rpc|log|services)/,
    'actors',
  ],
]

const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string() }),
      children: z.array(z.number()).exactOptional(),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
})

type Profile = z.infer<typeof profileSchema>
type Frame = Profile['nodes'][number]['callFrame']

/** Milliseconds of the processor in each stage. */
export type StageTimes = Readonly<Record<Stage, number>>

/**
 * Divides what a thread had of the processor by its profile, in which time is that of the wall, and so has in it what
 * the thread waited for the processor. Throws if the text is no profile.
 */
export function stageTimesOf(text: string, threadCpuMs: number): StageTimes {
  const { nodes, samples, timeDeltas } = profileSchema.parse(JSON.parse(text))
  assert(samples.length === timeDeltas.length, 'a time for each sample')
  const stageOf = stagesByNode(nodes)
  const times = Object.fromEntries(stages.map((stage) => [stage, 0])) as Record<Stage, number>
  let busy = 0
  samples.forEach((id, i) => {
    const stage = present(stageOf.get(id), 'a node of the profile')
    if (stage === 'idle') return
    const delta = Math.max(0, timeDeltas[i] ?? 0)
    times[stage] += delta
    busy += delta
  })
  for (const stage of stages) times[stage] *= busy === 0 ? 0 : threadCpuMs / busy
  return times
}

/** Parents come before their children in a profile, so what a node has of its parent is known in time. */
function stagesByNode(nodes: Profile['nodes']): ReadonlyMap<number, Stage | 'idle'> {
  const stageOf = new Map<number, Stage | 'idle'>()
  for (const { id, callFrame, children = [] } of nodes) {
    const stage = ownStage(callFrame) ?? stageOf.get(id) ?? 'engine'
    stageOf.set(id, stage)
    for (const child of children) stageOf.set(child, stage)
  }
  return stageOf
}

function ownStage({ functionName, url }: Frame): Stage | 'idle' | undefined {
  if (functionName === '(idle)') return 'idle'
  if (functionName === '(garbage collector)') return 'garbage'
  return rules.find(([pattern]) => pattern.test(`${url}#${functionName}`))?.[1]
}

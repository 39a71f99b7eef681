import { liars } from '../../sim/cluster/adversary/catalogue.ts'
import type { ClusterOptions } from '../../sim/cluster/cluster.ts'
import { clockErrorMsMax } from '../../sim/cluster/fault/clock.ts'
import { healCore } from '../../sim/cluster/fault/heal.ts'
import { unleash } from '../../sim/cluster/fault/swarm.ts'
import type { Scenario } from '../../sim/cluster/scenario.ts'
import { transfers } from '../../sim/cluster/workload/transfers.ts'
import { exponential, uniform } from '../../sim/distribution.ts'
import { localLink } from '../../sim/link.ts'
import type { SimRandom } from '../../sim/random.ts'
import { quorumOf } from '../../src/protocol/committee.ts'

const chaosMs = 90_000
/** Long enough for every bound of who is well: dials, downloads, checkpoints, blocks. */
const afterwardsMs = 120_000
const members = 5
const names = Array.from({ length: members }, (_, index) => `n${index}`)

/** Everything at once, each kind of fault in half of the worlds; then a quorum is healed. */
export const swarm: Scenario = {
  name: 'swarm',
  title:
    'Five members, any mix of faults, a liar at times: never two histories, and a healed quorum goes on',
  world: (random) => drawWorld(random),
  story: (net, random) => {
    transfers(net, { everyMs: 700, untilMs: chaosMs })
    unleash(net, random.fork('plan'), { names, forMs: chaosMs })
    net.run(chaosMs)
    const quorum = quorumOf(net.chain.committee)
    const size = Math.min(net.correct.length, quorum + random.below(members - quorum + 1))
    const core = random.shuffle(net.correct).slice(0, size)
    healCore(net, core)
    net.requireProgress(core, 5, 120_000)
    const height = Math.max(...core.map((name) => net.heightOf(name)))
    net.requireCaughtUp(core, height, 60_000)
    // Some are looked on at for longer: that all goes well, and goes on going well.
    if (random.fork('afterwards').chance(1, 8)) net.run(afterwardsMs)
  },
}

function drawWorld(random: SimRandom): ClusterOptions {
  const minUs = 1_000 * (1 + random.below(60))
  const latency = random.chance(1, 2)
    ? uniform(minUs, minUs + 1_000 * (1 + random.below(240)))
    : exponential(minUs, 1_000 * (1 + random.below(100)), 900_000)
  const some = (perMillion: number): number => (random.chance(1, 2) ? 0 : random.below(perMillion))
  const offsets = names.map(() => random.between(-250, 250))
  const drifts = names.map(() => random.between(-200, 200))
  const isSkewed = random.chance(1, 2)
  const of = (values: readonly number[], name: string): number =>
    isSkewed ? (values[names.indexOf(name)] ?? 0) : 0
  return {
    members,
    link: {
      ...localLink,
      latency,
      lossPerMillion: some(50_000),
      duplicatePerMillion: some(100_000),
      reorderPerMillion: some(200_000),
      reorderDelay: uniform(1_000, 400_000),
      bytesPerSecond: random.chance(1, 3) ? 20_000 + random.below(2_000_000) : 0,
    },
    clockOffsetMs: (name) => of(offsets, name),
    clockDriftPpm: (name) => of(drifts, name),
    clockErrorMsMax: clockErrorMsMax + 100,
    // A disk that may refuse makes actors fail; otherwise none may.
    hasDiskErrors: true,
    ...drawLiar(random),
    tuning: drawTuning(random.fork('tuning')),
  }
}

/** Some checkpoints in each run, among the faults; and in a quarter of the worlds mailboxes that are soon full. */
function drawTuning(random: SimRandom): NonNullable<ClusterOptions['tuning']> {
  const mailbox = random.chance(1, 4) ? { mailboxMax: 8 } : {}
  return { checkpointIntervalBlocks: 10, ...mailbox }
}

/** One liar in a third of the worlds, of any kind there is, or a member with a twin: of the five a quorum is left. */
function drawLiar(random: SimRandom): Pick<ClusterOptions, 'liars' | 'twins'> {
  if (!random.chance(1, 3)) return {}
  const member = random.below(members)
  const liar = random.pick([...Object.values(liars), undefined])
  return liar === undefined ? { twins: [member] } : { liars: new Map([[member, liar.make]]) }
}

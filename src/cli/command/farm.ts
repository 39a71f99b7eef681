/** `alys farm`: a sweep on many machines that share a Redis. */
import { type Command, Option } from 'commander'
import type { Millis } from '../../base/units.ts'
import { positiveDuration, wholeNumber } from '../argument.ts'
import { addReportOptions, type ReportFlags, reportSettings } from './report-options.ts'
import { jobsOption, scenariosFor } from './sim-options.ts'
import { addSweepOptions, planFor, type SweepFlags } from './sweep-options.ts'

interface Flags extends Omit<SweepFlags, 'shard'> {
  readonly redis: string
  readonly seedsPerJob: number
}

interface WorkFlags {
  readonly redis: string
  readonly sweep?: string
  readonly jobs: number
  readonly lock: Millis
  readonly giveUp: Millis
}

interface TellFlags extends ReportFlags {
  readonly redis: string
  readonly sweep?: string
}

export function register(program: Command): void {
  const farm = program
    .command('farm')
    .summary('Share a sweep among machines, by a queue in Redis.')
    .description(
      'Put a sweep into a queue in Redis, from which any number of machines take seeds ("alys farm work"); "alys farm ' +
        'report" makes one report of it at any time. It needs the packages bullmq and ioredis. Without a server, see ' +
        '"alys sim --shard" and "alys merge".\n\n' +
        'The same sweep of the same sources is put in once: what has been run is not run again.',
    )
    .enablePositionalOptions()
    .argument('[pattern...]', 'scenarios to run, as of "alys sim"; all of them without a pattern')
    .addOption(redisOption())
  addSweepOptions(farm)
    .option(
      '--seeds-per-job <k>',
      'seeds that a machine takes at a time',
      wholeNumber(1, 10_000),
      10,
    )
    .addHelpText('after', examples)
    .action(begin)
  farm
    .command('work')
    .summary('Work on a sweep until nothing of it is left.')
    .addOption(redisOption())
    .addOption(sweepOption())
    .addOption(jobsOption())
    .option(
      '--lock <time>',
      'a machine that is silent for so long has lost its job',
      positiveDuration,
      30_000,
    )
    .option('--give-up <time>', 'end if Redis is away for so long', positiveDuration, 30_000)
    .action(workOn)
  const report = farm
    .command('report')
    .summary('Say what a sweep has come to so far.')
    .addOption(redisOption())
    .addOption(sweepOption())
  addReportOptions(report)
    .option('--out <folder>', 'write report.json, report.html and junit.xml')
    .action(tell)
}

const examples = `
Examples:
  alys farm swarm --seeds 10000 --redis redis://host:6379
  alys farm work --redis redis://host:6379 --jobs 8     on each machine, with the same sources
  alys farm report --redis redis://host:6379 --out reports/farm`

function redisOption(): Option {
  return new Option('--redis <url>', 'the Redis that all machines share').default(
    'redis://127.0.0.1:6379',
  )
}

function sweepOption(): Option {
  return new Option('--sweep <id>', 'which sweep, as "alys farm" called it; the latest without')
}

async function begin(patterns: readonly string[], flags: Flags): Promise<void> {
  const { redisUrl } = await import('../farm/redis.ts')
  const url = redisUrl(flags.redis)
  const scenarios = await scenariosFor(patterns)
  const plan = await planFor(scenarios, { ...flags, shard: { index: 1, count: 1 } })
  const { enqueue } = await import('../farm/enqueue.ts')
  process.exitCode = await enqueue(plan, { url, seedsPerJob: flags.seedsPerJob })
}

async function workOn(flags: WorkFlags): Promise<void> {
  const { redisUrl } = await import('../farm/redis.ts')
  const { redis, sweep, jobs, lock, giveUp } = flags
  const { work } = await import('../farm/work.ts')
  process.exitCode = await work({
    ...{ url: redisUrl(redis), sweep, workersMax: jobs, lockMs: lock, awayMsMax: giveUp },
  })
}

async function tell(flags: TellFlags): Promise<void> {
  const { redisUrl } = await import('../farm/redis.ts')
  const { report } = await import('../farm/report.ts')
  process.exitCode = await report({
    ...reportSettings(flags),
    ...{ url: redisUrl(flags.redis), sweep: flags.sweep },
  })
}

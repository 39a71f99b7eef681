/**
 * A bundle: all that is known of a run that did not hold, in one file that outlives the terminal and the sources. The
 * run is repeated from what is a `Job` and from what it was made of: world, faults, transfers. The rest tells whether it
 * came out the same, and if not, where it parted. How it is read is in `bundle-schema.ts`.
 */
import { createHash } from 'node:crypto'
import { parse } from 'node:path'
import {
  bundleBytesMax,
  bundleVersion,
  checksumOf,
  detailMax,
  type PresentBundle,
} from './bundle-schema.ts'
import { thinned } from './decisions.ts'
import { jobOf, replayCommand } from './job.ts'
import type { Maker } from './maker.ts'
import type { RunReport } from './report.ts'
import { isScenarioFile } from './scenario-file.ts'

/** The bundle of a run. What of its record there is no room for is left out. */
export function bundleOf(report: RunReport, maker: Maker): PresentBundle {
  const { outcome, failure, digest, plan, parts, recorded } = report
  const { node, alys, v8, lock, sources, revision } = maker
  const made = { alys, v8, ...(lock === undefined ? {} : { lock }), sources }
  const bundle: Unsealed = {
    format: 'alys-bundle',
    version: bundleVersion,
    ...jobOf(report),
    reseeds: report.reseeds ?? [],
    mix: report.mix ?? 'swarm',
    ...{ outcome, digest },
    ...(failure === undefined
      ? {}
      : { violation: { ...failure, detail: failure.detail.slice(0, detailMax) } }),
    node,
    made,
    ...revision,
    command: replayCommand(report),
    replays: recorded?.by ?? 'seed',
    ...parts,
    plan,
    ...(recorded === undefined ? {} : { decisions: recorded.decisions }),
  }
  const fitting = fitted(bundle)
  return { ...fitting, checksum: checksumOf(fitting) }
}

type Unsealed = Omit<PresentBundle, 'checksum'>

/** Room for the checksum, which comes last. */
const checksumBytes = 64

/** As much of a bundle as there is room for. */
function fitted(bundle: Unsealed): Unsealed {
  let fitting = bundle
  while (!fits(fitting)) {
    const { decisions, transfers, plan, replays, leftOut = [], ...rest } = fitting
    if (decisions !== undefined && decisions.streams.length > 0) {
      fitting = { ...fitting, decisions: thinned(decisions) }
    } else if (transfers !== undefined) {
      // Without them there is no recipe.
      const by = replays === 'recipe' ? 'plan' : replays
      const less = decisions === undefined ? {} : { decisions }
      fitting = { ...rest, ...less, plan, replays: by, leftOut: [...leftOut, 'transfers'] }
    } else {
      // A hundred thousand faults: only the seed gives them back.
      const { world: _, ...least } = rest
      const gone = ['world', 'plan', 'decisions']
      return { ...least, plan: [], replays: 'seed', leftOut: [...leftOut, ...gone] }
    }
  }
  return fitting
}

function fits(bundle: Unsealed): boolean {
  return Buffer.byteLength(bundleText(bundle)) <= bundleBytesMax - checksumBytes
}

/** The text of the file: JSON with a line for each field of it and of its parts, and for each object in a list. */
export function bundleText(bundle: object): string {
  return `${textOf(bundle, '')}\n`
}

function textOf(value: unknown, pad: string): string {
  const inner = `${pad}  `
  if (Array.isArray(value) && value.some((item) => typeof item === 'object')) {
    return `[\n${value.map((item) => inner + JSON.stringify(item)).join(',\n')}\n${pad}]`
  }
  const isPart = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isPart || pad.length >= padMax) return JSON.stringify(value)
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .map(([name, field]) => `${inner}${JSON.stringify(name)}: ${textOf(field, inner)}`)
  return fields.length === 0 ? '{}' : `{\n${fields.join(',\n')}\n${pad}}`
}

/** What is in parts of parts has no lines of its own. */
const padMax = 4

/** The name of a run's bundle in a folder of reports. What is long has a mark that differs. */
export function bundleName(report: RunReport): string {
  const { scenario, seed, crypto, network, reseeds = [], faults, mix = 'swarm' } = report
  const unusual = [
    ...(crypto === 'ideal' ? [] : [crypto]),
    ...(network === 'model' ? [] : [network]),
    ...(mix === 'swarm' ? [] : [mix]),
    ...(faults === undefined ? [] : [`f${markOf(faults.join())}`]),
    ...(reseeds.length === 0 ? [] : [`r${markOf(JSON.stringify(reseeds))}`]),
  ]
  // Of a scenario in a file, the name is a path.
  const name = isScenarioFile(scenario) ? parse(scenario).name : scenario
  return `${[name, seed, ...unusual].join('-')}${bundleSuffix}`
}

/** Eight digits that follow from a text. */
function markOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}

export const bundleSuffix = '.bundle.json'

/**
 * Chains that were made once are kept in the folder for temporary files, by what they look like and by the sources that
 * make them: a chain of yesterday's format is made anew.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { assert } from '../../src/base/assert.ts'
import { nodeProgram } from '../contest.ts'
import type { ChainPlan } from './settings.ts'

/** A chain on the disk. */
export interface ChainOnDisk {
  /** The data folder of a node that has it. */
  readonly folder: string
  /** Of all blocks in their encoding, header and body. */
  readonly blockBytes: number
  /** Of some blocks, the last among them. */
  readonly hashes: readonly string[]
}

const sources = ['src/protocol', 'src/ledger', 'src/actors/storage', 'bench/sync'] as const
const root = join(import.meta.dirname, '../..')
/** Far more than making 100,000 blocks takes on a slow machine. */
const makeMsMax = 1_200_000

const manifestSchema = z.object({
  blockBytes: z.number().positive(),
  hashes: z.array(z.string()),
})

/** The chain of this plan, made now if it is not there. Progress is shown while it is made. */
export function chainOnDisk(plan: ChainPlan): ChainOnDisk {
  const { blocks, senders, certifiedEvery } = plan
  const name = `${blocks}-${senders}-${certifiedEvery}-${digestOfSources()}`
  const folder = join(tmpdir(), 'alys-bench-chains', name)
  if (!existsSync(folder)) {
    const making = `${folder}.${process.pid}`
    rmSync(making, { recursive: true, force: true })
    mkdirSync(making, { recursive: true })
    const [program = '', ...args] = nodeProgram('sync/make-chain.ts', making, blocks, senders)
    const { status } = spawnSync(program, [...args, String(certifiedEvery)], {
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: makeMsMax,
    })
    assert(status === 0, 'a chain was made')
    // Whoever made the same chain meanwhile has made it as well.
    if (existsSync(folder)) rmSync(making, { recursive: true })
    else renameSync(making, folder)
  }
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
  return { folder: join(folder, 'data'), ...manifestSchema.parse(manifest) }
}

function digestOfSources(): string {
  const digest = createHash('sha256')
  for (const source of sources) {
    const names = readdirSync(join(root, source), { recursive: true, encoding: 'utf8' })
    for (const name of names.filter((each) => each.endsWith('.ts')).sort()) {
      digest.update(name).update(readFileSync(join(root, source, name)))
    }
  }
  return digest.digest('hex').slice(0, 12)
}

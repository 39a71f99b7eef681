/** What `alys checkpoint` does: opens a data folder, or a copy of one, and tells what it found or did. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { failed, ok, type Result } from '../../../base/result.ts'
import type { Store } from '../../../kernel/environment.ts'
import { openLevelStore } from '../../../platform/store.ts'
import type { Chain } from '../../../protocol/chain.ts'
import { checkpointFault, type VerificationLevel } from '../../../protocol/checkpoint/checks.ts'
import { checkpointId, decodeCheckpoint } from '../../../protocol/checkpoint/codec.ts'
import type { Packing } from '../../../protocol/checkpoint/file.ts'
import { type ExitCode, exitCode } from '../../exit.ts'
import { readChainFile } from '../chain-file.ts'
import { type NodeSettings, readNodeSettings } from '../config-file.ts'
import { checkDataOwner } from '../data-owner.ts'
import { configFileAt, dataFolderOf } from '../inspect.ts'
import { scratchCopy } from '../scratch-copy.ts'
import { type SetupFault, valueOrEnd } from '../setup-fault.ts'
import { checkTrustedHistory } from '../trusted-history.ts'
import { describeChanges, describeCheckpoint, listLines, plainCheckpoint } from './describe.ts'
import { exportCheckpoint, readExported } from './export.ts'
import {
  checkpointFaultIn,
  type FoundCheckpoint,
  findCheckpoints,
  forgeryOf,
  makeCheckpoint,
} from './offline.ts'
import { dropAbove, lookAbove } from './recover.ts'

/** Which data folder is meant. */
export interface Where {
  /** A node's folder or configuration file. */
  readonly path: string
  /** In the place of the configuration's own data folder. */
  readonly data: string | undefined
}

interface OpenData {
  readonly store: Store
  readonly settings: NodeSettings
  readonly folder: string
}

type Setup<Value> = Promise<Result<Value, SetupFault>>

/** Prints every checkpoint. 1 if one is damaged or not of this chain. */
export async function listCheckpoints(where: Where, isJson: boolean): Promise<ExitCode> {
  return await onCopy(where, async ({ store, settings }) => {
    const found = valueOrEnd(await findCheckpoints(store, settings.chain))
    if (isJson) console.log(JSON.stringify(found.map(plainCheckpoint)))
    else for (const line of listLines(found)) console.log(line)
    return found.every(({ read }) => read.ok) ? exitCode.held : exitCode.violated
  })
}

/** Prints one checkpoint, all of it. */
export async function showCheckpoint(where: Where, id: string, isJson: boolean): Promise<ExitCode> {
  return await onCopy(where, async ({ store, settings }) => {
    const one = valueOrEnd(await byId(store, settings.chain, id))
    if (isJson) console.log(JSON.stringify(plainCheckpoint(one)))
    else for (const line of describeCheckpoint(one)) console.log(line)
    return one.read.ok ? exitCode.held : exitCode.violated
  })
}

/** Looks whether one checkpoint, or each of them, is good. 1 if one is not. */
export async function verifyCheckpoints(
  where: Where,
  id: string | undefined,
  level: VerificationLevel,
): Promise<ExitCode> {
  return await onCopy(where, async ({ store, settings: { chain } }) => {
    const all = valueOrEnd(await findCheckpoints(store, chain))
    const wanted = id === undefined ? all : [valueOrEnd(pick(all, id))]
    let faults = 0
    for (const found of wanted) {
      const fault = valueOrEnd(await checkpointFaultIn(store, chain, found, level))
      const verdict = fault === undefined ? `good (${level})` : `${fault.code}: ${fault.detail}`
      console.log(`height ${found.height}  ${found.id ?? 'unreadable'}  ${verdict}`)
      if (fault !== undefined) faults += 1
    }
    if (wanted.length === 0) console.log('no checkpoints')
    return faults === 0 ? exitCode.held : exitCode.violated
  })
}

/** Looks whether an exported file is of a chain, and genuine. 1 if not. */
export function verifyExported(file: string, chainFile: string): ExitCode {
  const chain = valueOrEnd(readChainFile(chainFile))
  const content = valueOrEnd(readExported(file))
  const read = decodeCheckpoint(content)
  if (!read.ok) {
    console.log(`malformed: ${read.fault.field} ${read.fault.detail}`)
    return exitCode.violated
  }
  const { certificate, signed } = read.value.chain
  const fault = checkpointFault(chain, read.value) ?? forgeryOf(chain, certificate)
  const verdict = fault === undefined ? 'good (certificate)' : `${fault.code}: ${fault.detail}`
  console.log(`${checkpointId(content)}  ${verdict}`)
  if (fault !== undefined) return exitCode.violated
  console.log(`start with it: --trusted-checkpoint ${signed.header.height}:${signed.hash}`)
  return exitCode.held
}

/** Makes one of the last committed block, and writes it into the data folder. */
export async function createCheckpointIn(where: Where): Promise<ExitCode> {
  return await onData(where, async ({ store, settings }) => {
    const { chain, tuning } = settings
    const made = valueOrEnd(await makeCheckpoint(store, chain, tuning.checkpointsMax, Date.now()))
    const { height } = made.checkpoint.chain.signed.header
    console.log(`${made.isNew ? 'made' : 'is there already'}: ${made.id} at height ${height}`)
    return exitCode.held
  })
}

/** Writes one into a file of its own. */
export async function exportCheckpointTo(
  where: Where,
  id: string,
  out: { readonly file: string; readonly packing: Packing },
): Promise<ExitCode> {
  return await onCopy(where, async ({ store, settings }) => {
    const one = valueOrEnd(await byId(store, settings.chain, id))
    const fault = valueOrEnd(await checkpointFaultIn(store, settings.chain, one, 'certificate'))
    if (fault !== undefined || one.bytes === undefined) {
      console.log(`not exported, ${fault?.code}: ${fault?.detail}`)
      return exitCode.violated
    }
    const bytes = valueOrEnd(exportCheckpoint(out.file, one.bytes, out.packing))
    console.log(`${out.file}: ${one.id}, ${bytes} bytes`)
    return exitCode.held
  })
}

/**
 * Takes the folder back to a checkpoint, if that is wholly good. Without `isMeant` it only says what it
 * would do.
 */
export async function recoverTo(where: Where, id: string, isMeant: boolean): Promise<ExitCode> {
  return await onData(where, async ({ store, settings: { chain, member, trusted }, folder }) => {
    valueOrEnd(await checkTrustedHistory(store, chain, trusted, folder))
    const one = valueOrEnd(await byId(store, chain, id))
    const fault = valueOrEnd(await checkpointFaultIn(store, chain, one, 'full'))
    if (fault !== undefined || !one.read.ok) {
      console.log(`nothing was changed, ${fault?.code}: ${fault?.detail}`)
      return exitCode.violated
    }
    const checkpoint = one.read.value
    const above = valueOrEnd(await lookAbove(store, checkpoint))
    for (const line of describeChanges(checkpoint, above, member !== undefined)) {
      console.error(line)
    }
    if (!isMeant) {
      console.log('nothing was changed; repeat it with --yes to do this')
      return exitCode.held
    }
    valueOrEnd(await dropAbove(store, checkpoint, above))
    console.log(`${folder} ends at height ${one.height} now`)
    return exitCode.held
  })
}

// ----- which data -----

/** The checkpoint whose id begins with these digits. */
async function byId(store: Store, chain: Chain, id: string): Setup<FoundCheckpoint> {
  const all = await findCheckpoints(store, chain)
  return all.ok ? pick(all.value, id) : all
}

function pick(all: readonly FoundCheckpoint[], id: string): Result<FoundCheckpoint, SetupFault> {
  const wanted = id.toLowerCase()
  const matching = all.filter((found) => found.id?.startsWith(wanted) === true)
  const [one] = matching
  if (one !== undefined && matching.length === 1) return ok(one)
  const count = matching.length === 0 ? 'no checkpoint here has' : 'several checkpoints have'
  return failed({ code: 'missing', detail: `${count} an id that begins with ${id}` })
}

function settingsAt({ path, data }: Where): { settings: NodeSettings; folder: string } {
  const file = valueOrEnd(configFileAt(path))
  const settings = valueOrEnd(readNodeSettings(file, data))
  return { settings, folder: valueOrEnd(dataFolderOf(settings, file)) }
}

/** For looking: a copy, so that the node may be running. */
async function onCopy(where: Where, use: (data: OpenData) => Promise<ExitCode>): Promise<ExitCode> {
  const { settings, folder } = settingsAt(where)
  const copy = valueOrEnd(scratchCopy(folder))
  try {
    return await withStore(copy.folder, { settings, folder }, use)
  } finally {
    copy.remove()
  }
}

/** For changing: the folder itself, which must not be in use. */
async function onData(where: Where, use: (data: OpenData) => Promise<ExitCode>): Promise<ExitCode> {
  const { settings, folder } = settingsAt(where)
  return await withStore(folder, { settings, folder }, use)
}

async function withStore(
  opened: string,
  { settings, folder }: Omit<OpenData, 'store'>,
  use: (data: OpenData) => Promise<ExitCode>,
): Promise<ExitCode> {
  const store = valueOrEnd(await openLevelStore(opened))
  try {
    valueOrEnd(await checkDataOwner(store, settings.chain, folder))
    return await use({ store, settings, folder })
  } finally {
    await store.close()
  }
}

/** The chain file beside an exported checkpoint, if the user did not name one. */
export function chainFileBeside(file: string): string | undefined {
  const beside = join(dirname(file), 'chain.toml')
  return existsSync(beside) ? beside : undefined
}

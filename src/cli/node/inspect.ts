/** Shows a node's data to people, or as JSON. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { heightIn, keys } from '../../actors/storage/keys.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import { openLevelStore } from '../../platform/store.ts'
import { trustedPlaces } from '../../protocol/checkpoint/checks.ts'
import { type ExitCode, exitCode } from '../exit.ts'
import { type NodeSettings, readNodeSettings } from './config-file.ts'
import { type DataReport, reportOnData } from './data-report.ts'
import { scratchCopy } from './scratch-copy.ts'
import { type SetupFault, valueOrEnd } from './setup-fault.ts'

/** Prints the report. 0 if all is sound, 1 if a record is damaged, missing, or does not belong to the chain. */
export async function inspect(path: string, isJson: boolean): Promise<ExitCode> {
  const file = valueOrEnd(configFileAt(path))
  const settings = valueOrEnd(readNodeSettings(file))
  const folder = valueOrEnd(dataFolderOf(settings, file))
  const report = valueOrEnd(await readData(folder, settings))
  const diskBytes = bytesIn(folder)
  const isOpen = isUndecided(report, settings)
  if (isJson) console.log(JSON.stringify({ folder, diskBytes, ...report }))
  else for (const line of describe(report, folder, diskBytes, isOpen)) console.log(line)
  const isWhole = report.damagedCount === 0 && report.missingCount === 0
  const isSound = report.isOfChain && isWhole && !isOpen && isProven(report)
  return isSound ? exitCode.held : exitCode.violated
}

/** The configuration file that a path names: itself, or that of a node's folder. */
export function configFileAt(path: string): Result<string, SetupFault> {
  if (!existsSync(path)) return failed({ code: 'missing', detail: `there is no ${path}` })
  if (statSync(path).isFile()) return ok(path)
  const file = join(path, 'config.toml')
  if (existsSync(file)) return ok(file)
  const detail = `${path} holds no config.toml; expected the folder of a node`
  return failed({ code: 'missing', detail })
}

/** Where a node keeps its data, if there is some. */
export function dataFolderOf(
  { dataFolder }: NodeSettings,
  file: string,
): Result<string, SetupFault> {
  if (dataFolder === undefined) {
    return failed({ code: 'data', detail: `the node of ${file} keeps no data` })
  }
  if (existsSync(join(dataFolder, 'CURRENT'))) return ok(dataFolder)
  return failed({ code: 'missing', detail: `there is no data in ${dataFolder}` })
}

async function readData(
  folder: string,
  { chain }: NodeSettings,
): Promise<Result<DataReport, SetupFault>> {
  const copy = scratchCopy(folder)
  if (!copy.ok) return copy
  try {
    const store = await openLevelStore(copy.value.folder)
    if (!store.ok) return failed({ code: 'data', detail: store.fault.detail })
    const report = await reportOnData(store.value, chain)
    await store.value.close()
    return report
  } finally {
    copy.value.remove()
  }
}

function bytesIn(folder: string): number {
  const files = readdirSync(folder).map((name) =>
    statSync(join(folder, name), { throwIfNoEntry: false }),
  )
  return files.reduce((sum, file) => sum + (file?.size ?? 0), 0)
}

/** Whether the node would not go on, as nobody has said yet which of two histories is the right one. */
function isUndecided({ contradiction }: DataReport, { chain, trusted }: NodeSettings): boolean {
  const places = trustedPlaces(chain, trusted)
  const heights = places.ok ? places.value.map(({ height }) => height) : []
  return contradiction !== undefined && Math.max(0, ...heights) < contradiction.decidedAt
}

function isProven({ root }: DataReport): boolean {
  return root === undefined || root.certificate === 'genuine'
}

// ----- for people -----

const remedy =
  'what to do   let the node run: it fetches committed blocks that are damaged or missing from its peers again'

function contradictionLines({ contradiction }: DataReport, isOpen: boolean): readonly string[] {
  if (contradiction === undefined) return []
  const shown = `contradicted ${contradiction.detail}`
  if (!isOpen) return [`${shown}; settled by the block that is trusted`]
  return [`${shown}: the node has stopped`, `what to do   ${contradiction.remedy}`]
}

function hasLostBlocks({ damaged, missingCount }: DataReport): boolean {
  return missingCount > 0 || damaged.some((key) => key === keys.blockAt(heightIn(key)))
}

function describe(
  report: DataReport,
  folder: string,
  diskBytes: number,
  isOpen: boolean,
): readonly string[] {
  const { root, ledger, openBlocks, notarisedSlots, damaged, damagedCount } = report
  const { missing, missingCount } = report
  const highest = openBlocks.at(-1)
  return [
    `folder       ${folder}, ${diskBytes} bytes`,
    ...(report.isOfChain ? [] : ['chain        another one than the configuration names']),
    root === undefined
      ? 'committed    nothing above genesis'
      : `committed    height ${root.height}, slot ${root.slot}, ${root.hash}, certificate ${root.certificate}`,
    ledger === undefined ? 'ledger       none' : `ledger       ${ledgerState(report, ledger)}`,
    `above it     ${openBlocks.length} blocks${highest === undefined ? '' : ` up to height ${highest.height}, slot ${highest.slot}`}, ${notarisedSlots.length} notarisations`,
    `votes        ${votesOf(report)}`,
    ...Object.entries(report.sizes).map(
      ([kind, { records, bytes }]) => `  ${kind.padEnd(18)} ${records} records, ${bytes} bytes`,
    ),
    `damaged      ${damagedCount === 0 ? 'nothing' : `${damagedCount} records: ${damaged.join(', ')}`}`,
    `missing      ${missingCount === 0 ? 'nothing' : `${missingCount} blocks: ${missing.join(', ')}`}`,
    ...(hasLostBlocks(report) ? [remedy] : []),
    ...contradictionLines(report, isOpen),
  ]
}

/** The ledger follows the blocks, and may be behind them when a node was ended at once. */
function ledgerState({ root }: DataReport, ledger: { number: number; stateRoot: string }): string {
  const place = `final up to height ${ledger.number}`
  if (root?.height !== ledger.number) return place
  const isEqual = ledger.stateRoot === root.stateRoot
  return `${place}, its state root ${isEqual ? 'is that of the block' : 'is NOT that of the block'}`
}

function votesOf({ voteRecord }: DataReport): string {
  if (voteRecord === undefined) return 'no record'
  const { notarised, finalised, proposed, nullifiedTo, floor } = voteRecord
  return [
    `notarised to slot ${notarised.slot}`,
    `finalised to ${finalised.slot}`,
    `gave up to ${nullifiedTo}`,
    `proposed to ${proposed.slot}`,
    ...(floor > 0 ? [`silent to ${floor}`] : []),
  ].join(', ')
}

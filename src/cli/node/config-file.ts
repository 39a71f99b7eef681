/**
 * The configuration file of one node, as TOML: where the chain file, the keys and the data are, whom to
 * dial, what to answer. Paths are relative to the file. Neighbours need not agree on any of it.
 *
 * A field that is not known is an error: a setting that was misspelt would otherwise be silently absent.
 */
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { checkpointsKeptMax, checkpointsKeptMin } from '../../actors/storage/checkpoint-records.ts'
import { equalBytes } from '../../base/bytes.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import { defaultTuning, type NodeTuning } from '../../node/config.ts'
import { type NodeKeys, readKeys } from '../../platform/keys.ts'
import type { LogLevel } from '../../platform/log.ts'
import { workersMax } from '../../platform/validation/layout.ts'
import { defaultWorkers } from '../../platform/validation/pool.ts'
import type { Chain, TrustedPlace } from '../../protocol/chain.ts'
import { trustedPlaces } from '../../protocol/checkpoint/checks.ts'
import { blsPublicKey } from '../../protocol/crypto/bls.ts'
import { ed25519PublicKey } from '../../protocol/crypto/ed25519.ts'
import { addressBytes } from '../../protocol/execution/transaction.ts'
import { readChainFile } from './chain-file.ts'
import {
  announcedAddress,
  hexBytes,
  listenAddress,
  peerAddress,
  trustedPlace,
  wholeNumber,
} from './fields.ts'
import {
  type NetworkSettings,
  networkFaults,
  networkSchema,
  networkSettingsOf,
} from './network-settings.ts'
import type { SetupFault } from './setup-fault.ts'
import { readTomlFile, wrong } from './toml-file.ts'

/** In place of a folder: nothing is kept when the node ends. */
export const inMemory = ':memory:'

const addressesMax = 256
const tuningMax = 2 ** 40
/** Peers that one process is ever asked to hold. */
const connectedMax = 10_000
/** With less than this under way, a download waits for each answer: some requests and what is being imported. */
const syncBytesMin = 16 * 1_048_576
/** One segment. */
const syncBlocksMin = 1_024

/** Everything that one node process needs to know. */
export interface NodeSettings {
  readonly chain: Chain
  readonly keys: NodeKeys
  /** This node's place in the committee; undefined if it has none and follows. */
  readonly member: number | undefined
  /** Undefined: nothing is kept. */
  readonly dataFolder: string | undefined
  readonly listen: readonly string[]
  readonly announce: readonly string[]
  readonly network: NetworkSettings
  readonly peers: readonly string[]
  /** 20 bytes; the account of the author key where this is undefined. */
  readonly feeRecipient: Uint8Array | undefined
  /** Undefined: no calls are answered. */
  readonly rpc: RpcSettings | undefined
  readonly log: { readonly level: LogLevel; readonly file: string | undefined }
  /** Threads that validate; 0 for none besides the node's own. */
  readonly verifier: { readonly workers: number }
  readonly tuning: NodeTuning
  /** How downloads are scheduled: by what is learnt of each peer, or by fixed rules. */
  readonly downloads: 'adaptive' | 'fixed'
  /** A block that the operator trusts; histories without it are refused. */
  readonly trusted: TrustedPlace | undefined
}

export interface RpcSettings {
  readonly host: string
  readonly port: number
  readonly bodyBytesMax?: number
  readonly requestsPerSecondMax?: number
  readonly concurrentMax?: number
  readonly connectionsMax?: number
}

const rpcSchema = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: wholeNumber(0, 65_535),
  body_bytes_max: wholeNumber(1_024, 16 * 1024 * 1024).optional(),
  requests_per_second_max: wholeNumber(1, 1_000_000).optional(),
  concurrent_max: wholeNumber(1, 10_000).optional(),
  connections_max: wholeNumber(1, 100_000).optional(),
})

/** One field for each of the node's own, in the file's spelling. */
const tuningSchema = z.strictObject(
  Object.fromEntries(
    Object.keys(defaultTuning).map((name) => [
      snakeCase(name),
      wholeNumber(1, tuningMax).optional(),
    ]),
  ),
)

const schema = z.strictObject({
  chain: z.string().min(1),
  keys: z.string().min(1),
  data: z.string().min(1),
  listen: z.array(listenAddress).max(addressesMax).default([]),
  announce: z.array(announcedAddress).max(addressesMax).default([]),
  peers: z.array(peerAddress).max(addressesMax).default([]),
  fee_recipient: hexBytes(addressBytes).optional(),
  network: networkSchema.prefault({}),
  rpc: rpcSchema.optional(),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error', 'off']).default('info'),
      file: z.string().min(1).optional(),
    })
    .default({ level: 'info' }),
  verifier: z.strictObject({ workers: wholeNumber(0, workersMax).optional() }).default({}),
  sync: z
    .strictObject({
      trusted_checkpoint: trustedPlace.optional(),
      downloads: z.enum(['adaptive', 'fixed']).default('adaptive'),
    })
    .default({ downloads: 'adaptive' }),
  tuning: tuningSchema.default({}),
})

type Table = z.infer<typeof schema>

/** Where a node answers. Does not read the files that its configuration names. */
export function readRpcSettings(file: string): Result<RpcSettings | undefined, SetupFault> {
  const read = readTomlFile(file, schema)
  return read.ok ? ok(rpcOf(read.value.rpc)) : read
}

/**
 * Reads the file and those it names. `dataFolder` and `trusted` take the place of the file's own, if
 * given.
 */
export function readNodeSettings(
  file: string,
  dataFolder?: string,
  trusted?: TrustedPlace,
): Result<NodeSettings, SetupFault> {
  const read = readTomlFile(file, schema)
  if (!read.ok) return read
  const table = read.value
  const path = (name: string): string => resolve(dirname(file), name)
  const chain = readChainFile(path(table.chain))
  if (!chain.ok) return chain
  const keys = readKeys(path(table.keys))
  if (!keys.ok) return failed({ code: 'keys', detail: keys.fault.detail })
  const member = memberOf(chain.value, keys.value)
  if (!member.ok) return wrong(path(table.keys), [member.fault])
  const folder = table.data === inMemory ? undefined : path(table.data)
  const settings: NodeSettings = {
    ...{ chain: chain.value, keys: keys.value, member: member.value },
    dataFolder: dataFolder === undefined ? folder : resolve(dataFolder),
    listen: table.listen,
    announce: table.announce,
    network: networkSettingsOf(table.network),
    peers: table.peers,
    feeRecipient: table.fee_recipient,
    rpc: rpcOf(table.rpc),
    log: { level: table.log.level, file: table.log.file && path(table.log.file) },
    verifier: { workers: table.verifier.workers ?? defaultWorkers() },
    tuning: tuningOf(table.tuning),
    downloads: table.sync.downloads,
    trusted: trusted ?? table.sync.trusted_checkpoint,
  }
  const faults = relationFaults(settings)
  return faults.length === 0 ? ok(settings) : wrong(file, faults)
}

/** Whose keys these are. One key of a member without the other is a mix-up. */
function memberOf(chain: Chain, keys: NodeKeys): Result<number | undefined, string> {
  const authorKey = ed25519PublicKey(keys.authorSecret)
  const voteKey = blsPublicKey(keys.voteSecret)
  const { members } = chain.committee
  const author = members.findIndex((member) => equalBytes(member.authorKey, authorKey))
  const voter = members.findIndex((member) => equalBytes(member.voteKey, voteKey))
  if (author === voter) return ok(author < 0 ? undefined : author)
  const place = (index: number): string => (index < 0 ? 'nobody' : `members[${index}]`)
  return failed(
    `author_secret is that of ${place(author)}, vote_secret that of ${place(voter)}; ` +
      'expected both of one member, or of nobody',
  )
}

function relationFaults(settings: NodeSettings): readonly string[] {
  const { chain, dataFolder, listen, member, network, tuning } = settings
  const faults: string[] = []
  // A member that forgets how it has voted may vote again, differently.
  if (dataFolder === undefined && member !== undefined && chain.committee.members.length > 1) {
    faults.push(
      `data is "${inMemory}"; expected a folder, since a member must not forget its votes`,
    )
  }
  const places = trustedPlaces(chain, settings.trusted)
  if (!places.ok)
    faults.push(`sync.trusted_checkpoint contradicts the chain: ${places.fault.detail}`)
  const placesMax = tuning.peersMax + tuning.federationPeersMax
  return [...faults, ...tuningFaults(tuning), ...networkFaults(network, listen, placesMax)]
}

function tuningFaults(tuning: NodeTuning): readonly string[] {
  const faults: string[] = []
  if (tuning.dialPauseMsMin > tuning.dialPauseMsMax) {
    faults.push('tuning.dial_pause_ms_min is larger than tuning.dial_pause_ms_max')
  }
  const { checkpointsMax } = tuning
  if (checkpointsMax < checkpointsKeptMin || checkpointsMax > checkpointsKeptMax) {
    const bounds = `from ${checkpointsKeptMin} to ${checkpointsKeptMax}`
    faults.push(`tuning.checkpoints_max is ${checkpointsMax}; expected a whole number ${bounds}`)
  }
  if (tuning.peersTarget > tuning.peersMax) {
    faults.push('tuning.peers_target is larger than tuning.peers_max')
  }
  for (const name of ['peersMax', 'federationPeersMax'] as const) {
    if (tuning[name] <= connectedMax) continue
    faults.push(`tuning.${snakeCase(name)} is ${tuning[name]}; expected ${connectedMax} at most`)
  }
  const atLeast = { syncBytesMax: syncBytesMin, syncBlocksMax: syncBlocksMin } as const
  for (const name of ['syncBytesMax', 'syncBlocksMax'] as const) {
    if (tuning[name] >= atLeast[name]) continue
    faults.push(`tuning.${snakeCase(name)} is ${tuning[name]}; expected ${atLeast[name]} at least`)
  }
  return faults
}

function rpcOf(table: Table['rpc']): RpcSettings | undefined {
  if (table === undefined) return undefined
  const { host, port, body_bytes_max, requests_per_second_max } = table
  const { concurrent_max, connections_max } = table
  return {
    host,
    port,
    ...(body_bytes_max !== undefined && { bodyBytesMax: body_bytes_max }),
    ...(requests_per_second_max !== undefined && { requestsPerSecondMax: requests_per_second_max }),
    ...(concurrent_max !== undefined && { concurrentMax: concurrent_max }),
    ...(connections_max !== undefined && { connectionsMax: connections_max }),
  }
}

function tuningOf(table: Table['tuning']): NodeTuning {
  const given = Object.keys(defaultTuning).flatMap((name) => {
    const value = table[snakeCase(name)]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...defaultTuning, ...Object.fromEntries(given) }
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** What a configuration file says when it is written by a command. */
export interface ConfigFile {
  readonly chain: string
  readonly keys: string
  readonly data: string
  readonly listen: readonly string[]
  /** Whether peers are looked for on the local network. */
  readonly mdns: boolean
  readonly peers: readonly string[]
  readonly rpc: { readonly host: string; readonly port: number }
  readonly logLevel: LogLevel
  /** Threads that validate; undefined: as many as the machine is good for. */
  readonly workers: number | undefined
}

/** The text of a configuration file. */
export function configFileText(content: ConfigFile): string {
  const { chain, keys, data, listen, mdns, peers, rpc, logLevel, workers } = content
  return [
    '# One node. Paths are relative to this file; fields that are absent have their defaults.',
    `chain = "${chain}"`,
    `keys = "${keys}"`,
    data === inMemory
      ? '# Nothing is kept when the node ends.'
      : '# Never run two nodes on one folder.',
    `data = "${data}"`,
    'listen = [',
    ...listen.map((address) => `  "${address}",`),
    ']',
    'peers = [',
    ...peers.map((peer) => `  "${peer}",`),
    ']',
    '',
    '# dht: whether peers are found through peers; "client" for a node that nobody outside can dial.',
    '# mdns: whether they are looked for on the local network.',
    '[network]',
    'dht = true',
    `mdns = ${mdns}`,
    '',
    '# Neither encrypted nor authenticated: keep it on this machine, or behind a proxy.',
    '[rpc]',
    `host = "${rpc.host}"`,
    `port = ${rpc.port}`,
    '',
    '[log]',
    `level = "${logLevel}"`,
    '',
    `# Threads that validate blocks and signatures, 0 to ${workersMax}. With 0 the node's own does it, which is`,
    '# enough for a small chain. If absent: one less than there are cores, of some 30 MB each.',
    '[verifier]',
    workers === undefined ? '# workers = 1' : `workers = ${workers}`,
    '',
  ].join('\n')
}

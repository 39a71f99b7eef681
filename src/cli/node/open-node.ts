/**
 * One real node in this process: the six parts of its environment, the ledger as its engine on the
 * same store, the node itself, and its door for JSON-RPC. This is the only place that knows all of them.
 *
 * What cannot work is found before the node begins: data in use, a ledger of another chain, a port that
 * is taken. What was opened until then is closed again, in reverse.
 */

import { servedProtocols, topicsOf } from '../../actors/network/topics.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import type { TraceReader } from '../../kernel/trace.ts'
import { LedgerEngine } from '../../ledger/engine.ts'
import { defaultLimits } from '../../ledger/limits.ts'
import type { NodeConfig } from '../../node/config.ts'
import { type Node, startNode } from '../../node/node.ts'
import { openClock, type PlatformClock } from '../../platform/clock.ts'
import { eventCounters } from '../../platform/counters.ts'
import { blstSigner, nativeCrypto } from '../../platform/crypto.ts'
import { serveRpc } from '../../platform/http.ts'
import type { RpcCall } from '../../platform/json-rpc.ts'
import { logReader } from '../../platform/log.ts'
import { openLibp2pNetwork, type PlatformNetwork } from '../../platform/network.ts'
import { openRandom } from '../../platform/random.ts'
import { platformServices } from '../../platform/services.ts'
import { openLevelStore, openMemoryStore, type PlatformStore } from '../../platform/store.ts'
import { openCallingThreadJudge } from '../../platform/validation/open-judge.ts'
import type { ValidationReport } from '../../platform/validation/tally.ts'
import { openVerifier, type PlatformVerifier } from '../../platform/verifier.ts'
import { addressOf } from '../../protocol/execution/transaction.ts'
import type { NodeSettings } from './config-file.ts'
import { checkDataOwner } from './data-owner.ts'
import { type DownloadReport, downloadTally } from './download-tally.ts'
import { logLevels, type ProcessEvent } from './log-levels.ts'
import { networkOptionsOf } from './network-settings.ts'
import type { SetupFault } from './setup-fault.ts'
import { checkTrustedHistory } from './trusted-history.ts'

/** A node that runs in this process. */
export interface RunningNode {
  readonly peer: string
  /** Multiaddrs with the peer id. */
  readonly addresses: readonly string[]
  /** Undefined if no calls are answered. */
  readonly rpcUrl: string | undefined
  /** Writes a line of the process itself into the log. */
  log(event: ProcessEvent): void
  /** Answers calls under way, stops the actors, and lets go of ports and disk, in this order. */
  close(): Promise<void>
}

/** Calls under way have this long when the node stops. */
const callsGraceMs = 1_000
/** libp2p waits for its streams; a peer that does not answer must not hold up the end. */
const networkCloseMsMax = 5_000
/** Connections beside those of peers that have a place. */
const connectionsSpare = 64

type Close = () => Promise<unknown> | unknown
type AnyReader = TraceReader<{ readonly kind: string }>

/** Opens everything and starts the node. `onFailure` is told when its root supervisor gives up. */
export async function openNode(
  settings: NodeSettings,
  onFailure: (error: unknown) => void,
): Promise<Result<RunningNode, SetupFault>> {
  const opened: Close[] = []
  const close = async (): Promise<void> => {
    for (let end = opened.pop(); end !== undefined; end = opened.pop()) await end()
  }
  const outcome = await openParts(settings, onFailure, opened)
  if (!outcome.ok) {
    await close()
    return outcome
  }
  return ok({ ...outcome.value, close })
}

async function openParts(
  settings: NodeSettings,
  onFailure: (error: unknown) => void,
  opened: Close[],
): Promise<Result<Omit<RunningNode, 'close'>, SetupFault>> {
  const clock = openClock()
  opened.push(() => clock.close())
  const counters = eventCounters()
  const download = downloadTally()
  const log = logReader({
    level: settings.log.level,
    levels: logLevels,
    ...(settings.log.file !== undefined && { to: settings.log.file }),
  })
  const tell = (event: ProcessEvent): void => log.event?.(clock.now(), 'process', event)

  const store = await openStore(settings.dataFolder)
  if (!store.ok) return store
  opened.push(() => store.value.close())
  const owner = await checkDataOwner(store.value, settings.chain, settings.dataFolder)
  if (!owner.ok) return owner
  const { chain, trusted, dataFolder } = settings
  const history = await checkTrustedHistory(store.value, chain, trusted, dataFolder)
  if (!history.ok) return history
  const judge = await openCallingThreadJudge((error) =>
    tell({ kind: 'validation-judge-failed', reason: String(error) }),
  )
  const verifier = openVerifier({ workers: settings.verifier.workers, judge, tell })
  opened.push(() => verifier.close())
  const ledger = await openLedger(settings, { store: store.value, verifier }, tell)
  if (!ledger.ok) return ledger
  const network = await openNetwork(settings, tell)
  if (!network.ok) return network
  opened.push(() => withinMs(network.value.close(), networkCloseMsMax))

  let node: Node | undefined
  opened.push(() => node?.stop())
  const call: RpcCall = (method, params, done) => {
    if (method === processMethod) {
      const [events, validation] = [counters.counts(), verifier.report()]
      return done({ result: describeProcess({ events, validation, download: download.report() }) })
    }
    if (node !== undefined) return node.call(method, params, done)
    done({ error: { code: -32_002, message: 'the node is starting' } })
  }
  const rpc = await openRpc(settings, call, opened)
  if (!rpc.ok) return rpc

  node = start(
    settings,
    { clock, store: store.value, network: network.value, verifier, ledger: ledger.value },
    {
      readers: [log, counters.reader, download.reader],
      onFailure,
    },
  )
  const { self: peer } = network.value
  const addresses = network.value.addresses()
  return ok({ peer, addresses, rpcUrl: rpc.value, log: tell })
}

// ----- the parts -----

async function openStore(folder: string | undefined): Promise<Result<PlatformStore, SetupFault>> {
  if (folder === undefined) return ok(await openMemoryStore())
  const store = await openLevelStore(folder)
  return store.ok ? store : failed({ code: 'data', detail: store.fault.detail })
}

/** The ledger, open. One that is damaged has been rebuilt, which is logged. */
async function openLedger(
  { chain, dataFolder }: NodeSettings,
  parts: Pick<StartParts, 'store' | 'verifier'>,
  tell: (event: ProcessEvent) => void,
): Promise<Result<LedgerEngine, SetupFault>> {
  const ledger = new LedgerEngine({
    ...parts,
    chainTag: chain.tag,
    verifySignature: nativeCrypto().verifyEd25519,
    limits: defaultLimits,
    genesis: { timestampMs: chain.slots.genesisMs, allocations: chain.spec.allocations },
  })
  const { promise, resolve } =
    Promise.withResolvers<Parameters<Parameters<typeof ledger.open>[0]>[0]>()
  ledger.open(resolve)
  const outcome = await promise
  if (!outcome.ok) {
    const { code, key, detail } = outcome.fault
    const where = `the ledger in ${dataFolder ?? 'memory'}`
    const what = code === 'genesis-differs' ? 'belongs to another chain' : 'cannot be read'
    return failed({ code: 'data', detail: `${where} ${what} (${key}: ${detail})` })
  }
  const { damage } = outcome.value
  if (damage !== undefined) tell({ kind: 'ledger-rebuilt', ...damage })
  return ok(ledger)
}

async function openNetwork(
  settings: NodeSettings,
  tell: (event: ProcessEvent) => void,
): Promise<Result<PlatformNetwork, SetupFault>> {
  const { chain, keys, listen, announce, tuning } = settings
  const { consensus, transactions } = topicsOf(chain)
  try {
    const network = await openLibp2pNetwork({
      ...networkOptionsOf(settings.network, chain.tag, listen.length > 0),
      seed: keys.peerSeed,
      listen,
      announce,
      topics: [consensus, transactions],
      protocols: servedProtocols,
      // Who has a place is decided above; here is room for all of them, and for those at the door.
      connectionsMax:
        settings.network.connectionsMax ??
        tuning.peersMax + tuning.federationPeersMax + connectionsSpare,
      note: tell,
    })
    return ok(network)
  } catch (error) {
    return failed({ code: 'port', detail: listenFault(error) })
  }
}

/** libp2p tells each address that failed on a line of its own, with its stack beneath. */
function listenFault(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const lines = [...text.matchAll(/^ {2}(\/\S+): (?:\w*Error: )?(.*)$/gm)].map(
    ([, address, reason]) => {
      const isInUse = /EADDRINUSE|address already in use/i.test(reason ?? '')
      return `cannot listen on ${address}: ${isInUse ? 'the port is in use' : reason}`
    },
  )
  return lines.length > 0 ? lines.join('\n') : `the network cannot start: ${text}`
}

async function openRpc(
  { rpc }: NodeSettings,
  call: RpcCall,
  opened: Close[],
): Promise<Result<string | undefined, SetupFault>> {
  if (rpc === undefined) return ok(undefined)
  const server = await serveRpc(rpc, call)
  if (!server.ok) return failed({ code: 'port', detail: server.fault.detail })
  opened.push(() => server.value.close(callsGraceMs))
  const { host, port } = server.value
  return ok(`http://${host.includes(':') ? `[${host}]` : host}:${port}`)
}

interface StartParts {
  readonly clock: PlatformClock
  readonly store: PlatformStore
  readonly network: PlatformNetwork
  readonly verifier: PlatformVerifier
  readonly ledger: LedgerEngine
}

function start(
  settings: NodeSettings,
  { clock, store, network, verifier, ledger }: StartParts,
  hooks: { readonly readers: readonly AnyReader[]; readonly onFailure: (error: unknown) => void },
): Node {
  const services = platformServices({ engine: (request, done) => ledger.handle(request, done) })
  const random = openRandom()
  return startNode(
    { clock, random, network, store, verifier, services },
    nodeConfig(settings, network.self),
    hooks,
  )
}

function nodeConfig(settings: NodeSettings, self: string): NodeConfig {
  const { chain, downloads, keys, member, peers, trusted, tuning } = settings
  const signer = blstSigner(keys.authorSecret, keys.voteSecret)
  const feeRecipient = settings.feeRecipient ?? addressOf(signer.authorKey)
  return {
    chain,
    authority: member === undefined ? undefined : { member, signer, feeRecipient },
    // One list may serve all members.
    peerAddresses: peers.filter((address) => !address.endsWith(`/p2p/${self}`)),
    tuning,
    downloads,
    trusted,
  }
}

// ----- the process itself -----

/** Answered here, since no actor knows of the process. */
const processMethod = 'alys_getProcess'

/** What was counted since the start. */
interface ProcessCounts {
  readonly events: Readonly<Record<string, number>>
  readonly validation: ValidationReport
  readonly download: DownloadReport
}

function describeProcess(counts: ProcessCounts): object {
  return {
    version: process.version,
    pid: process.pid,
    uptimeMs: Math.round(process.uptime() * 1_000),
    residentBytes: process.memoryUsage.rss(),
    ...counts,
  }
}

async function withinMs(work: Promise<unknown>, msMax: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timeout = setTimeout(resolve, msMax)
  await Promise.race([work, promise])
  clearTimeout(timeout)
}

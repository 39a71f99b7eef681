/** Ways to import a chain from its bytes into an importer: stage by stage, all at once, or one run after another. */
import type { ChainMessage, ChainStatus, ImportFault } from '../../src/actors/chain/messages.ts'
import { assert, present } from '../../src/base/assert.ts'
import type { Result } from '../../src/base/result.ts'
import type { PlatformVerifier } from '../../src/platform/verifier.ts'
import { type Place, type ProvenHeader, verifyCertified } from '../../src/proof/certified-header.ts'
import { type ProvenSegment, proveSegment } from '../../src/proof/proven-segment.ts'
import { type ValidatedRun, validateBodies } from '../../src/proof/validated-run.ts'
import { decodeSignedHeader, type SignedHeader } from '../../src/protocol/block/header.ts'
import type { WireChain } from './chain.ts'
import type { Importer } from './importer.ts'

type Outcome = Result<ChainStatus, ImportFault>

/** Blocks of one answer of a peer. */
const runBlocks = 128
/** Runs that are validated or imported at once. */
const runsAhead = 12

/** Reads and proves all headers: certificates first, then the segments between them. */
export async function proveAll(
  { chain, blocks, certificates }: WireChain,
  verifier: PlatformVerifier,
): Promise<readonly ProvenSegment[]> {
  const headers = blocks.map(({ header }) => readHeader(header))
  const pairs = [...certificates].map(([height, certificate]) => ({
    ...{ signed: present(headers[height - 1], 'a header'), certificate },
  }))
  const proven = await new Promise<readonly ProvenHeader[]>((resolve) => {
    verifyCertified({ chain, verifier, context }, pairs, (outcome) => {
      assert(outcome.ok, 'genuine certificates')
      resolve(outcome.value)
    })
  })
  const segments: ProvenSegment[] = []
  let parent: Place = chain.genesis
  for (const end of proven) {
    const between = headers.slice(parent.height, end.place.height)
    const segment = proveSegment(chain, { parent, headers: between, end })
    assert(segment.ok, 'headers of the chain')
    segments.push(segment.value)
    parent = end.place
  }
  return segments
}

interface Claim {
  readonly segment: ProvenSegment
  readonly fromHeight: number
  readonly toHeight: number
}

/** What of the segments is in one run each. */
export function claimsOf(segments: readonly ProvenSegment[]): readonly Claim[] {
  return segments.flatMap((segment) => {
    const claims: Claim[] = []
    for (let from = segment.parent.height + 1; from <= segment.end.height; from += runBlocks) {
      const toHeight = Math.min(from + runBlocks - 1, segment.end.height)
      claims.push({ segment, fromHeight: from, toHeight })
    }
    return claims
  })
}

/** Has the bodies of one run validated. */
export function validate(
  { chain, blocks }: WireChain,
  verifier: PlatformVerifier,
  { segment, fromHeight, toHeight }: Claim,
): Promise<ValidatedRun> {
  const bodies = blocks.slice(fromHeight - 1, toHeight).map(({ body }) => body)
  return new Promise((resolve) => {
    const claim = { segment, fromHeight, bodies }
    validateBodies({ chain, verifier, context }, claim, ({ run, fault }) => {
      assert(run !== undefined && fault === undefined, 'bodies of the chain')
      resolve(run)
    })
  })
}

export function importRun({ system, chainActor }: Importer, run: ValidatedRun): Promise<void> {
  return asked((reply) => system.send<ChainMessage>(chainActor, { kind: 'import-run', run, reply }))
}

/** Does `work` for each item, so many at a time, begun in their order. */
export async function inOrder<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  const under: Promise<unknown>[] = []
  for (const item of items) {
    under.push(work(item))
    if (under.length >= runsAhead) await under.shift()
  }
  await Promise.all(under)
}

/** From bytes to the disk, every stage at once. */
export async function importByRuns(
  wire: WireChain,
  verifier: PlatformVerifier,
  importer: Importer,
): Promise<void> {
  const segments = await proveAll(wire, verifier)
  // Validation ends in the order in which it was asked for.
  await inOrder(claimsOf(segments), async (claim) => {
    await importRun(importer, await validate(wire, verifier, claim))
  })
}

/** From bytes to the disk, one run after another: each is validated, executed and stored before the next. */
export async function importInTurn(
  wire: WireChain,
  verifier: PlatformVerifier,
  importer: Importer,
): Promise<void> {
  const segments = await proveAll(wire, verifier)
  for (const claim of claimsOf(segments)) {
    await importRun(importer, await validate(wire, verifier, claim))
  }
}

/** Whose callbacks are plain functions: no actor asks here. */
const context = { bind: <Run>(run: Run): Run => run }

function readHeader(bytes: Uint8Array): SignedHeader {
  const read = decodeSignedHeader(bytes)
  assert(read.ok, 'a header')
  return read.value
}

/** Waits for an answer that is a status; `starting` is asked again. */
async function asked(ask: (reply: (outcome: Outcome) => void) => void): Promise<void> {
  for (;;) {
    const outcome = await new Promise<Outcome>((resolve) => ask(resolve))
    if (outcome.ok) return
    const { code, detail } = outcome.fault
    assert(code === 'starting', `${code}: ${detail}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

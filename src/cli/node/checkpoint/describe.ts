/** Checkpoints for people, and as plain values for programs. */
import { type Checkpoint, metadataOf } from '../../../protocol/checkpoint/checkpoint.ts'
import { formatCount, formatTable } from '../../table.ts'
import type { FoundCheckpoint } from './offline.ts'
import type { Above } from './recover.ts'

/** A table of all of them. */
export function listLines(found: readonly FoundCheckpoint[]): readonly string[] {
  if (found.length === 0) return ['no checkpoints']
  const rows = found.map(({ height, id, read }) =>
    read.ok
      ? [
          formatCount(height),
          id ?? '',
          formatCount(read.value.chain.covered.count),
          madeAt(read.value),
          'whole',
        ]
      : [formatCount(height), id ?? 'unreadable', '', '', read.fault.code],
  )
  const head = ['height', 'id', 'blocks', 'made', 'state']
  return formatTable([head, ...rows], ['end', 'start', 'end', 'start', 'start']).split('\n')
}

/** One of them, all that it says. */
export function describeCheckpoint({
  height,
  id,
  read,
  bytes,
}: FoundCheckpoint): readonly string[] {
  if (!read.ok)
    return [`height     ${height}`, `state      ${read.fault.code}: ${read.fault.detail}`]
  const { chain, sync, peers, federation, governance } = read.value
  const { certificate, covered, previous, signed } = chain
  const { parentHash, slot, stateRoot } = signed.header
  const { quorum, members } = federation
  return [
    `id           ${id}, ${bytes?.length} bytes`,
    `block        height ${height}, slot ${slot}, ${signed.hash}`,
    `on           ${parentHash}`,
    `state root   ${stateRoot}`,
    `made         ${madeAt(read.value)}`,
    `certificate  by members ${certificate.signers.join(', ')}; ${quorum} of ${members} had to sign`,
    `committee    ${federation.committee}, epoch ${federation.epoch}`,
    `covers       ${formatCount(covered.count)} blocks, Merkle root ${covered.root}`,
    `before it    ${previous ?? 'none'}`,
    `sync         ${sync === undefined ? 'not known' : `${sync.state}, ${sync.progressPpm / 10_000} % of height ${sync.targetHeight}`}`,
    `peers        ${peers.length}`,
    ...peers.map((peer) => `  ${peer.peer}  ${peer.class}  ${peer.addresses.join(' ')}`.trimEnd()),
    `governance   ${governance.events} events`,
    `trust it     --trusted-checkpoint ${height}:${signed.hash}`,
  ]
}

/** As one JSON object. */
export function plainCheckpoint({ height, id, read }: FoundCheckpoint): object {
  if (!read.ok) return { height, id, fault: read.fault }
  const { chain, sync, peers, federation, governance } = read.value
  const { covered, previous, certificate } = chain
  const { signers } = certificate
  return {
    ...{ id, ...metadataOf(read.value), covered, previous, signers },
    ...{ sync, peers, federation, governance },
  }
}

/** What recovery is about to do, as a warning. */
export function describeChanges(
  { chain }: Checkpoint,
  { topHeight, checkpoints, isLedgerAhead }: Above,
  isMember: boolean,
): readonly string[] {
  const { height } = chain.signed.header
  return [
    `WARNING: this drops the ${formatCount(topHeight - height)} committed blocks above height ${height},`,
    `their certificates, and ${checkpoints} newer checkpoints. Committed blocks are final: do this only if`,
    'this disk is damaged and other nodes of the chain still have those blocks. If nobody has them, the',
    'chain stands still for ever, since its members must not vote again on slots that they have finalised.',
    ...(isMember ? ['What this member has voted is kept.'] : []),
    ...(isLedgerAhead ? ['The accounts are made again from the blocks at the next start.'] : []),
  ]
}

function madeAt({ createdAtMs }: Checkpoint): string {
  return new Date(createdAtMs).toISOString()
}

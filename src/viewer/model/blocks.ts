/**
 * The tree of blocks that a run brought forth: who proposed each and when, what it stands on, and when it was notarised and
 * committed for the first time. All of it is read from what nodes reported; a block that nobody reported is not there.
 */

/** Until when nothing of the kind has happened. */
const never = Number.POSITIVE_INFINITY

export interface Block {
  /** As it is shown: its first digits. */
  readonly hash: string
  /** The block below, by its place in the tree; −1 if it is not known. */
  readonly parent: number
  readonly height: number
  readonly slot: number
  /** When it was first heard of. */
  readonly seenUs: number
  readonly notarisedUs: number
  readonly committedUs: number
  /** When another block of its height was committed, or it stood on one that had lost. */
  readonly lostUs: number
  /** The record that told of it first. */
  readonly record: number
  /** Who proposed it, as a lane; −1 if nobody said so. */
  readonly author: number
  /** In which row it is drawn: 0 for the chain that was committed. */
  readonly row: number
}

export interface BlockTree {
  /** In order of their being heard of. */
  readonly blocks: readonly Block[]
  readonly rows: number
}

/** What is known of a block at a moment. */
export type BlockLevel = 'unseen' | 'proposed' | 'notarised' | 'committed' | 'lost' | 'conflicting'

export function levelAt(block: Block, us: number): BlockLevel {
  if (us < block.seenUs) return 'unseen'
  if (us >= block.committedUs) return us >= block.lostUs ? 'conflicting' : 'committed'
  if (us >= block.lostUs) return 'lost'
  return us >= block.notarisedUs ? 'notarised' : 'proposed'
}

/** What one report says of a block. */
export interface Sighting {
  readonly hash: string
  readonly what: 'seen' | 'proposed' | 'notarised' | 'committed'
  readonly atUs: number
  readonly record: number
  readonly lane: number
  readonly parent?: string | undefined
  readonly height?: number | undefined
  readonly slot?: number | undefined
}

interface Draft {
  hash: string
  parent: string | undefined
  height: number | undefined
  slot: number
  seenUs: number
  notarisedUs: number
  committedUs: number
  record: number
  author: number
}

/** The tree that reports add up to. They come in order of time. */
export function treeOf(sightings: Iterable<Sighting>): BlockTree {
  const drafts = new Map<string, Draft>()
  for (const sighting of sightings) take(drafts, sighting)
  const list = [...drafts.values()]
  const places = new Map(list.map(({ hash }, place) => [hash, place]))
  const parents = list.map(({ parent }) => places.get(parent ?? '') ?? -1)
  const heights = heightsOf(list, parents)
  const losses = lossesOf(list, parents, heights)
  const rows = rowsOf(list, parents, losses)
  const blocks = list.map((draft, place): Block => {
    const { hash, slot, seenUs, notarisedUs, committedUs, record, author } = draft
    const parent = parents[place] ?? -1
    const known = { hash, slot, seenUs, notarisedUs, committedUs, record, author, parent }
    const derived = {
      height: heights[place] ?? 0,
      lostUs: losses[place] ?? never,
      row: rows[place] ?? 0,
    }
    return { ...known, ...derived }
  })
  return { blocks, rows: 1 + Math.max(0, ...rows) }
}

function take(drafts: Map<string, Draft>, sighting: Sighting): void {
  const { hash, what, atUs, record, lane, parent, height, slot } = sighting
  let draft = drafts.get(hash)
  if (draft === undefined) {
    draft = {
      hash,
      parent: undefined,
      height: undefined,
      slot: slot ?? 0,
      seenUs: atUs,
      notarisedUs: never,
      committedUs: never,
      record,
      author: -1,
    }
    drafts.set(hash, draft)
  }
  draft.parent ??= parent
  draft.height ??= height
  if (draft.slot === 0) draft.slot = slot ?? 0
  if (what === 'proposed' && draft.author === -1) draft.author = lane
  if (what === 'notarised' || what === 'committed') {
    draft.notarisedUs = Math.min(draft.notarisedUs, atUs)
  }
  if (what === 'committed') draft.committedUs = Math.min(draft.committedUs, atUs)
}

/** Heights that were told, or one more than the parent's. */
function heightsOf(drafts: readonly Draft[], parents: readonly number[]): readonly number[] {
  const heights = drafts.map(({ height }) => height ?? -1)
  // A parent may have been heard of later than its child, so once is not always enough.
  for (let round = 0; round < 3; round += 1) {
    for (const [place, parent] of parents.entries()) {
      const below = heights[parent] ?? -1
      if (heights[place] === -1 && below !== -1) heights[place] = below + 1
    }
  }
  return heights.map((height) => Math.max(0, height))
}

/** When each block lost: as another of its height was committed, or as its parent lost. */
function lossesOf(
  drafts: readonly Draft[],
  parents: readonly number[],
  heights: readonly number[],
): readonly number[] {
  const winners = new Map<number, number[]>()
  for (const [place, { committedUs }] of drafts.entries()) {
    if (committedUs === never) continue
    const height = heights[place] ?? 0
    winners.set(height, [...(winners.get(height) ?? []), place])
  }
  const losses = drafts.map((_, place) => {
    const others = (winners.get(heights[place] ?? 0) ?? []).filter((other) => other !== place)
    return Math.min(never, ...others.map((other) => drafts[other]?.committedUs ?? never))
  })
  for (const [place, parent] of parents.entries()) {
    const ofParent = losses[parent] ?? never
    const isCommitted = (drafts[place]?.committedUs ?? never) !== never
    if (!isCommitted) losses[place] = Math.min(losses[place] ?? never, ofParent)
  }
  return losses
}

/** What was committed is in row 0; each branch that lost has a row that is free while it goes on. */
function rowsOf(
  drafts: readonly Draft[],
  parents: readonly number[],
  losses: readonly number[],
): readonly number[] {
  const rows: number[] = []
  /** Until when each row is taken. */
  const takenUs: number[] = [0]
  /** Blocks that another one already stands on. */
  const built = new Set<number>()
  const rowFor = (place: number, seenUs: number): number => {
    const parent = parents[place] ?? -1
    const parentRow = rows[parent] ?? 0
    if (parentRow > 0 && !built.has(parent)) return parentRow
    const free = takenUs.findIndex((untilUs, row) => row > 0 && untilUs < seenUs)
    return free > 0 ? free : takenUs.length
  }
  for (const [place, { seenUs, committedUs }] of drafts.entries()) {
    const lostUs = losses[place] ?? never
    const isMain = lostUs === never || committedUs < lostUs
    const row = isMain ? 0 : rowFor(place, seenUs)
    rows.push(row)
    built.add(parents[place] ?? -1)
    takenUs[row] = seenUs + branchGapUs
  }
  return rows
}

/** A row is taken by the next branch no earlier than this after the last block on it. */
const branchGapUs = 6_000_000

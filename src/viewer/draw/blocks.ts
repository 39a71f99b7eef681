/**
 * The tree of blocks over time, as it stands at the cursor: hollow what was proposed, half what was notarised, full what
 * was committed, struck out what lost. What comes after the cursor is faint.
 */
import { type Block, type BlockLevel, levelAt } from '../model/blocks.ts'
import { firstPlace } from '../model/first.ts'
import { type TimeWindow, usPerPx, xOf } from '../time/window.ts'
import type { Picture } from './lanes.ts'
import type { Palette } from './palette.ts'
import type { Surface } from './surface.ts'

const rowPx = 27
const firstPx = 17
const sizePx = 11

export function drawBlocks(surface: Surface, picture: Picture, cursorUs: number): void {
  const { scene, window } = picture
  const visible = blocksIn(scene.history.tree.blocks, window)
  if (visible.length > window.widthPx / crowdPx)
    return drawCrowd(surface, picture, visible, cursorUs)
  drawLinks(surface, picture, visible)
  for (const block of visible) drawBlock(surface, picture, block, cursorUs)
  drawHeights(surface, picture, visible)
}

/** Blocks that are closer than this on average are drawn as a crowd. */
const crowdPx = 7

/** A stroke each, no more than one a pixel and row; of several that of the one that came furthest, or conflicts. */
function drawCrowd(
  { context, heightPx }: Surface,
  { window, palette }: Picture,
  blocks: readonly Block[],
  cursorUs: number,
): void {
  const half = sizePx / 2
  const strokes = new Map<number, BlockLevel>()
  for (const block of blocks) {
    const [x, y] = blockPlace(block, window, heightPx)
    const place = y * placesMax + Math.max(0, Math.round(x))
    const level = levelAt(block, cursorUs)
    if (rankOf(level) > rankOf(strokes.get(place))) strokes.set(place, level)
  }
  for (const [place, level] of strokes) {
    context.fillStyle = colourOf(level, palette)
    context.globalAlpha = level === 'unseen' ? 0.35 : 1
    const y = Math.floor(place / placesMax)
    context.fillRect(place % placesMax, y - half, level === 'conflicting' ? 3 : 1, sizePx)
  }
  context.globalAlpha = 1
}

/** More pixels than any screen is wide. */
const placesMax = 65_536

const levels: readonly BlockLevel[] = [
  ...(['unseen', 'lost', 'proposed', 'notarised', 'committed', 'conflicting'] as const),
]

function rankOf(level: BlockLevel | undefined): number {
  return level === undefined ? -1 : levels.indexOf(level)
}

/** Where a block is drawn. The last row that there is room for is that of all further ones. */
function blockPlace(block: Block, window: TimeWindow, heightPx: number): readonly [number, number] {
  const rowsMax = Math.max(1, Math.floor((heightPx - firstPx - 6) / rowPx))
  return [xOf(window, block.seenUs), firstPx + Math.min(block.row, rowsMax) * rowPx]
}

/** The block that is drawn nearest to a place; undefined if none is near. */
export function blockAt(
  blocks: readonly Block[],
  window: TimeWindow,
  heightPx: number,
  at: readonly [xPx: number, yPx: number],
): Block | undefined {
  const off = (block: Block): number => {
    const [x, y] = blockPlace(block, window, heightPx)
    return Math.max(Math.abs(x - at[0]), Math.abs(y - at[1]))
  }
  const near = blocksIn(blocks, window).filter((block) => off(block) <= sizePx)
  return near.toSorted((a, b) => off(a) - off(b))[0]
}

function blocksIn(blocks: readonly Block[], window: TimeWindow): readonly Block[] {
  const marginUs = usPerPx(window) * 20
  const from = (us: number): number =>
    firstPlace(blocks.length, (place) => (blocks[place]?.seenUs ?? 0) >= us)
  return blocks.slice(from(window.fromUs - marginUs), from(window.toUs + marginUs))
}

function drawLinks(
  { context, heightPx }: Surface,
  { scene, window, palette }: Picture,
  blocks: readonly Block[],
): void {
  context.strokeStyle = palette.faint
  context.lineWidth = 1.2
  context.beginPath()
  for (const block of blocks) {
    const parent = scene.history.tree.blocks[block.parent]
    if (parent === undefined) continue
    const [x, y] = blockPlace(block, window, heightPx)
    const [fromX, fromY] = blockPlace(parent, window, heightPx)
    context.moveTo(fromX, fromY)
    if (fromY === y) context.lineTo(x, y)
    else {
      const bend = Math.max(fromX, x - 18)
      context.lineTo(bend, fromY)
      context.bezierCurveTo(bend + 9, fromY, x - 9, y, x, y)
    }
  }
  context.stroke()
}

function drawBlock(
  { context, heightPx }: Surface,
  { window, palette }: Picture,
  block: Block,
  cursorUs: number,
): void {
  const [x, y] = blockPlace(block, window, heightPx)
  const level = levelAt(block, cursorUs)
  const colour = colourOf(level, palette)
  const half = sizePx / 2
  context.beginPath()
  context.roundRect(x - half, y - half, sizePx, sizePx, 2.5)
  context.fillStyle = level === 'committed' || level === 'conflicting' ? colour : palette.paper
  context.fill()
  context.strokeStyle = colour
  context.lineWidth = 1.6
  context.globalAlpha = level === 'unseen' ? 0.5 : 1
  context.stroke()
  if (level === 'notarised') {
    context.fillStyle = colour
    context.fillRect(x - half + 1, y, sizePx - 2, half - 1)
  }
  if (level === 'lost') {
    context.beginPath()
    context.moveTo(x - half - 2, y + half + 2)
    context.lineTo(x + half + 2, y - half - 2)
    context.stroke()
  }
  context.globalAlpha = 1
}

function colourOf(level: BlockLevel, palette: Palette): string {
  switch (level) {
    case 'committed':
      return palette.good
    case 'conflicting':
      return palette.bad
    case 'notarised':
      return palette.accent
    case 'proposed':
      return palette.soft
    default:
      return palette.faint
  }
}

/** About as wide as a digit is. */
const digitPx = 6.2

/** Heights below the blocks, of as many as do not crowd. */
function drawHeights(
  { context, heightPx }: Surface,
  { window, palette }: Picture,
  blocks: readonly Block[],
): void {
  context.font = `10.5px ${palette.font}`
  context.fillStyle = palette.soft
  context.textAlign = 'center'
  context.textBaseline = 'top'
  const takenTo = new Map<number, number>()
  for (const block of blocks) {
    const [x, y] = blockPlace(block, window, heightPx)
    const text = String(block.height)
    const half = (text.length * digitPx) / 2 + 3
    if (x - half < (takenTo.get(y) ?? Number.NEGATIVE_INFINITY)) continue
    context.fillText(text, x, y + sizePx / 2 + 2)
    takenTo.set(y, x + half)
  }
  context.textAlign = 'start'
}

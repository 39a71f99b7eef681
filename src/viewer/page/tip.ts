/** What is said of what is under the pointer: a record, a fault, a block. */
import { html, render } from 'lit/html.js'
import { type Block, levelAt } from '../model/blocks.ts'
import type { FaultSpan } from '../model/faults.ts'
import { laneNameOf, lineOf, nameOf } from '../model/run.ts'
import type { Scene } from '../model/scene.ts'
import { durationText } from '../time/ticks.ts'
import { momentText } from './words.ts'

export interface Tip {
  readonly title: string
  readonly where: string
  readonly text: string
}

export function recordTip({ run }: Scene, record: number): Tip {
  const where = laneNameOf(run, record) || 'world'
  return {
    title: nameOf(run, record),
    where: `${where}, ${momentText(run.atUs[record] ?? 0)}`,
    text: lineOf(run, record),
  }
}

export function faultTip({ name, facts, fromUs, toUs }: FaultSpan): Tip {
  const forText = Number.isFinite(toUs) ? `, for ${durationText(toUs - fromUs)}` : ''
  const where = `${momentText(fromUs)}${toUs === fromUs ? '' : forText}`
  return { title: name, where, text: facts }
}

export function blockTip({ run }: Scene, block: Block, cursorUs: number): Tip {
  const { hash, height, slot, author } = block
  const level = levelAt(block, cursorUs)
  return {
    title: `Block ${height}`,
    where: level === 'unseen' ? 'not yet proposed' : level,
    text: `${hash}… slot ${slot}${author === -1 ? '' : ` by ${run.laneNames[author] ?? ''}`}`,
  }
}

const offPx = 14
const textMax = 160

/** Shows a tip beside the pointer, or none. */
export function showTip(element: HTMLElement, tip: Tip | undefined, at: MouseEvent): void {
  element.hidden = tip === undefined
  if (tip === undefined) return
  const text = tip.text.length > textMax ? `${tip.text.slice(0, textMax)}…` : tip.text
  render(html`<b>${tip.title}</b> <span>${tip.where}</span><br />${text}`, element)
  const { offsetWidth, offsetHeight } = element
  const left = Math.min(at.clientX + offPx, innerWidth - offsetWidth - 8)
  const isBelow = at.clientY + offPx + offsetHeight < innerHeight
  element.style.left = `${left}px`
  element.style.top = `${isBelow ? at.clientY + offPx : at.clientY - offPx - offsetHeight}px`
}

/** What is said of the record under the pointer. */
import { html, render } from 'lit/html.js'
import { lineOf, nameOf } from '../model/run.ts'
import type { Scene } from '../model/scene.ts'
import { momentText } from './words.ts'

const offPx = 14
const textMax = 160

export function showTip(tip: HTMLElement, { run }: Scene, record: number, at: MouseEvent): void {
  tip.hidden = record === -1
  if (record === -1) return
  const line = lineOf(run, record)
  const text = line.length > textMax ? `${line.slice(0, textMax)}…` : line
  render(
    html`<b>${nameOf(run, record)}</b> <span>${run.laneNames[run.lane[record] ?? 0] || 'world'},
        ${momentText(run.atUs[record] ?? 0)}</span><br />${text}`,
    tip,
  )
  const { offsetWidth, offsetHeight } = tip
  const left = Math.min(at.clientX + offPx, innerWidth - offsetWidth - 8)
  const isBelow = at.clientY + offPx + offsetHeight < innerHeight
  tip.style.left = `${left}px`
  tip.style.top = `${isBelow ? at.clientY + offPx : at.clientY - offPx - offsetHeight}px`
}

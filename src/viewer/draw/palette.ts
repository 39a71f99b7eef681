/** The colours and fonts of the page's style, as a canvas wants them. */
import { groups } from '../model/groups.ts'

export interface Palette {
  readonly ink: string
  readonly soft: string
  readonly faint: string
  readonly line: string
  readonly paper: string
  readonly accent: string
  readonly bad: string
  readonly good: string
  readonly fault: string
  /** By the number of a group. */
  readonly groups: readonly string[]
  /** By lane, again from the first when there are more lanes. */
  readonly nodes: readonly string[]
  readonly font: string
}

/** Colours of nodes that the style has. */
const nodeColours = 8

export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element)
  const value = (name: string): string => style.getPropertyValue(name).trim()
  return {
    ink: value('--ink'),
    soft: value('--soft'),
    faint: value('--faint'),
    line: value('--line'),
    paper: value('--paper'),
    accent: value('--accent'),
    bad: value('--bad'),
    good: value('--good'),
    fault: value('--fault'),
    groups: groups.map(({ colour }) => value(colour)),
    nodes: Array.from({ length: nodeColours }, (_, n) => value(nodeVariable(n))),
    font: value('--sans'),
  }
}

/** The variable of the style that holds the colour of a lane's node. */
export function nodeVariable(lane: number): string {
  return `--node-${lane % nodeColours}`
}

export function nodeColour({ nodes }: Palette, lane: number): string {
  return nodes[lane % nodes.length] ?? ''
}

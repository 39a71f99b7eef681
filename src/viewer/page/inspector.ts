/** The column beside the lanes: the nodes at the cursor, the chosen record with what led to it, and what was found. */
import { html, nothing, type TemplateResult } from 'lit/html.js'
import { nodeVariable } from '../draw/palette.ts'
import { type NodeState, stateAt } from '../model/chain.ts'
import { isInForce } from '../model/faults.ts'
import { groups } from '../model/groups.ts'
import { firstAtOrAfter } from '../model/lanes.ts'
import { factsAbout, kindOf, laneNameOf, lineOf, nameOf } from '../model/run.ts'
import type { Scene } from '../model/scene.ts'
import { chainOf, type Effects } from '../model/slice.ts'
import type { Deed, State } from './state.ts'
import { apartText, counted, momentText, plural } from './words.ts'

/** What parts of the page are drawn from. */
export interface View {
  readonly scene: Scene
  readonly state: State
  /** What follows from the chosen record. */
  readonly effects: Effects
  readonly act: (deed: Deed) => void
}

export function inspector(view: View): TemplateResult {
  const { state } = view
  return html`
    ${state.query === '' ? nothing : foundSection(view)}
    ${verdictSection(view)} ${cursorSection(view)} ${recordSection(view)}
  `
}

// ----- how it came out -----

function verdictSection({ scene, act }: View): TemplateResult | typeof nothing {
  const [record] = scene.violations
  if (record === undefined) return nothing
  const { run } = scene
  return html`<section class="verdict" aria-label="The violation">
    <h2>${nameOf(run, record)} is violated</h2>
    <p class="detail">${lineOf(run, record)}</p>
    <p>
      <button type="button" class="plain" @click=${() => act({ kind: 'jump', to: 'violation' })}>
        Go there <kbd>v</kbd>
      </button>
      <span class="quiet">${momentText(run.atUs[record] ?? 0)}</span>
    </p>
  </section>`
}

// ----- the nodes at the cursor -----

function cursorSection({ scene, state, act }: View): TemplateResult {
  const { run, history, faults } = scene
  const { cursorUs } = state
  const inForce = faults.filter((fault) => isInForce(fault, cursorUs))
  return html`<section aria-label="The nodes at the cursor">
    <h2>At <span class="moment">${momentText(cursorUs)}</span></h2>
    <div class="node-box"><table class="nodes">
      <thead>
        <tr>
          <th scope="col">Node</th>
          <th scope="col">Life</th>
          <th scope="col" class="number" title="Committed height">Comm.</th>
          <th scope="col" class="number" title="Height of the head">Head</th>
          <th scope="col" class="number" title="The highest slot that it spoke of">Slot</th>
          <th scope="col">Sync</th>
        </tr>
      </thead>
      <tbody>
        ${history.nodes.map((node, lane) => nodeRow(run.laneNames[lane] ?? '', lane, stateAt(node, cursorUs)))}
      </tbody>
    </table></div>
    ${
      inForce.length === 0
        ? html`<p class="quiet">No fault is in force.</p>`
        : html`<ul class="faults" aria-label="Faults in force">
            ${inForce.map(
              (fault) => html`<li>
                <button type="button" class="chip" title=${fault.facts} @click=${() => act({ kind: 'choose', record: fault.record })}>
                  ${fault.name}<span>${befallen(fault.lanes, run.laneNames)}</span>
                </button>
              </li>`,
            )}
          </ul>`
    }
  </section>`
}

/** Names of nodes that fit into a chip. */
const namesMax = 4

function befallen(lanes: readonly number[], names: readonly string[]): string {
  if (lanes.length === 0) return 'all'
  const shown = lanes.slice(0, namesMax).map((lane) => names[lane] ?? '')
  return lanes.length > namesMax ? `${shown.join(' ')} …` : shown.join(' ')
}

function nodeRow(name: string, lane: number, node: NodeState): TemplateResult {
  const life = node.lives > 1 ? `${node.life}, life ${node.lives}` : node.life
  const head = node.head
  const isAhead = head !== undefined && head.height > (node.committed ?? 0)
  return html`<tr class=${node.life === 'up' ? '' : 'out'}>
    <th scope="row"><i class="dot" style=${`--dot: var(${nodeVariable(lane)})`}></i>${name}</th>
    <td>${life}</td>
    <td class="number">${node.committed ?? '–'}</td>
    <td class="number" title=${head?.hash ?? ''}>${isAhead ? html`<b>${head.height}</b>` : (head?.height ?? '–')}</td>
    <td class="number">${node.slot ?? '–'}</td>
    <td>${node.sync ?? '–'}</td>
  </tr>`
}

// ----- the chosen record -----

/** Causes and effects that are listed. */
const causesMax = 40
export const effectsMax = 5

function recordSection(view: View): TemplateResult {
  const { scene, state, act } = view
  const { chosen } = state
  const { run } = scene
  if (chosen === -1) {
    return html`<section class="empty" aria-label="The chosen record">
      <h2>No record is chosen</h2>
      <p class="quiet">
        Click on a mark in a lane, or step from one to the next with <kbd>,</kbd> and <kbd>.</kbd>
      </p>
    </section>`
  }
  const isLit = state.isSliceLit
  return html`<section aria-label="The chosen record">
    <h2>${dot(run.group[chosen] ?? 0)}${nameOf(run, chosen)}</h2>
    <p class="quiet">
      ${kindOf(run, chosen)} on ${laneNameOf(run, chosen) || 'the world'} at
      ${momentText(run.atUs[chosen] ?? 0)}, #${run.firstId + chosen}
    </p>
    <dl>
      ${factsAbout(run, chosen).map(
        ({ name, value }) => html`<dt>${name}</dt>
          <dd>${factValue(view, value)}</dd>`,
      )}
    </dl>
    <p>
      <button type="button" class="plain" aria-pressed=${isLit} @click=${() => act({ kind: 'slice' })}>
        ${isLit ? 'Show all again' : 'Light up what led here'} <kbd>w</kbd>
      </button>
    </p>
    ${causes(view)} ${knownBefore(view)} ${effects(view)}
  </section>`
}

/** A fact that names a record leads there. */
function factValue({ scene: { run }, act }: View, value: string): TemplateResult | string {
  const record = /^#\d+$/.test(value) ? Number(value.slice(1)) - run.firstId : -1
  if (record < 0 || record >= run.count) return value
  return html`<button type="button" class="link" @click=${() => act({ kind: 'choose', record })}>
    ${nameOf(run, record)} ${value}
  </button>`
}

function causes({ scene, state, act }: View): TemplateResult {
  const { run } = scene
  const chain = chainOf(run, state.chosen).slice(1)
  if (chain.length === 0)
    return html`<h3>Caused by</h3><p class="quiet">Nothing: it begins here.</p>`
  const shown = chain.slice(0, causesMax)
  const left = chain.length - shown.length
  return html`<h3>Caused by</h3>
    <ol class="records">
      ${shown.map((record) => recordRow(scene, record, state.chosen, act))}
    </ol>
    ${left === 0 ? nothing : html`<p class="quiet">… and ${counted(left)} before these.</p>`}`
}

/** Of the violation: what was known of the same slots and blocks, or lost on its way. The last first. */
function knownBefore({ scene, state, act }: View): TemplateResult | typeof nothing {
  const { known, violations } = scene
  if (state.chosen !== violations[0] || known.length === 0) return nothing
  const shown = known.slice(-causesMax).toReversed()
  const left = known.length - shown.length
  return html`<h3>Known before, of the same</h3>
    <ol class="records">
      ${shown.map((record) => recordRow(scene, record, state.chosen, act))}
    </ol>
    ${left === 0 ? nothing : html`<p class="quiet">… and ${counted(left)} before these.</p>`}`
}

function effects({ scene, state, act, effects: found }: View): TemplateResult {
  const { direct, directCount, total } = found
  if (total === 0) return html`<h3>Led to</h3><p class="quiet">Nothing more.</p>`
  const left = directCount - direct.length
  return html`<h3>Led to ${plural(total, 'record')}</h3>
    <ol class="records">
      ${direct.map((record) => recordRow(scene, record, state.chosen, act))}
    </ol>
    ${left === 0 ? nothing : html`<p class="quiet">… and ${counted(left)} more at once.</p>`}`
}

function recordRow(
  { run }: Scene,
  record: number,
  from: number,
  act: (deed: Deed) => void,
): TemplateResult {
  const us = run.atUs[record] ?? 0
  const when = from === -1 ? momentText(us) : apartText(us - (run.atUs[from] ?? 0))
  return html`<li>
    <button type="button" @click=${() => act({ kind: 'choose', record })} title=${lineOf(run, record)}>
      ${dot(run.group[record] ?? 0)}<b class=${kindOf(run, record)}>${nameOf(run, record)}</b>
      <span>${laneNameOf(run, record) || 'world'}</span><time>${when}</time>
    </button>
  </li>`
}

function dot(group: number): TemplateResult {
  return html`<i class="dot" style=${`--dot: var(${groups[group]?.colour ?? '--soft'})`}></i>`
}

// ----- what was found -----

/** Of what was found, so many around the cursor are listed. */
const foundMax = 12

function foundSection({ scene, state, act }: View): TemplateResult {
  const { found, cursorUs } = state
  const first = firstAtOrAfter(found, scene.run.atUs, cursorUs)
  const from = Math.max(0, Math.min(first - 2, found.length - foundMax))
  const shown = [...found.subarray(from, from + foundMax)]
  return html`<section aria-label="What was found">
    <h2>${found.length === 0 ? 'Nothing found' : `${plural(found.length, 'record')} found`}</h2>
    ${
      found.length === 0
        ? html`<p class="quiet">
            Every word has to be in a record: in its name, its facts or its node. Hidden ones are looked at, too.
          </p>`
        : html`<ol class="records" start=${from + 1}>
            ${shown.map((record) => recordRow(scene, record, -1, act))}
          </ol>
          <p class="quiet"><kbd>n</kbd> the next, <kbd>N</kbd> the one before</p>`
    }
  </section>`
}

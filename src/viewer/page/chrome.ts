/** What is around the lanes: the head of the page, the names of the lanes, the line below, and the panels. */
import { html, nothing, type TemplateResult } from 'lit/html.js'
import type { Drawn } from '../draw/arrows.ts'
import { nodeVariable } from '../draw/palette.ts'
import type { Rows } from '../draw/rows.ts'
import { stateAt } from '../model/chain.ts'
import { usualFilter } from '../model/filter.ts'
import { groups } from '../model/groups.ts'
import type { Scene } from '../model/scene.ts'
import { durationText } from '../time/ticks.ts'
import { lengthUs } from '../time/window.ts'
import type { View } from './inspector.ts'
import { keyList } from './keys.ts'
import type { State, Theme } from './state.ts'
import { counted, plural } from './words.ts'

export const searchId = 'search'

// ----- the head -----

export function head(view: View): TemplateResult {
  const { scene, state, act } = view
  const { header } = scene.run
  return html`
    <h1>
      <span class="brand">alys</span>
      ${header.scenario === '' ? 'A run' : header.scenario}
      <span class="seed">seed ${header.seed}</span>
    </h1>
    ${outcome(scene)}
    <span class="space"></span>
    <label class="search">
      <span class="hidden">Search</span>
      <input
        id=${searchId}
        type="search"
        placeholder="Search"
        autocomplete="off"
        spellcheck="false"
        .value=${state.query}
        @input=${(event: Event) => act({ kind: 'query', text: (event.target as HTMLInputElement).value })}
      />
      <kbd>/</kbd>
    </label>
    <button type="button" aria-expanded=${state.panel === 'filter'} @click=${() => act({ kind: 'panel', panel: 'filter' })}>
      Filter${hiddenCount(state)} <kbd>f</kbd>
    </button>
    <button type="button" title="Light, dark, or as the system has it" @click=${() => act({ kind: 'theme', theme: nextTheme(state.theme) })}>
      <span class="quiet">Theme</span> ${themeName[state.theme]}
    </button>
    <button type="button" aria-label="Help" aria-expanded=${state.panel === 'help'} @click=${() => act({ kind: 'panel', panel: 'help' })}>
      <kbd>?</kbd>
    </button>
  `
}

function outcome({ run, violations }: Scene): TemplateResult {
  const { outcome: text } = run.header
  const tone =
    text === 'held' ? 'good' : text === 'violated' || violations.length > 0 ? 'bad' : 'unsure'
  return html`<span class="outcome ${tone}">${text === '' ? 'unknown' : text}</span>`
}

function hiddenCount({ filter }: State): string {
  const count = filter.names.size + filter.lanes.size
  const isUsual =
    filter.groups.size === usualFilter.groups.size &&
    [...filter.groups].every((group) => usualFilter.groups.has(group))
  return count === 0 && isUsual ? '' : ' •'
}

const themeName: Readonly<Record<Theme, string>> = { system: 'auto', light: 'light', dark: 'dark' }

function nextTheme(theme: Theme): Theme {
  return theme === 'system' ? 'light' : theme === 'light' ? 'dark' : 'system'
}

// ----- beside the lanes -----

/** How high a lane's name is. */
const lanePx = 24

export function labels({ scene, state, act }: View, rows: Rows): TemplateResult {
  return html`${rows.rows.map(({ lane, basePx }) => {
    const name = scene.run.laneNames[lane] ?? ''
    const history = scene.history.nodes[lane]
    const node = history === undefined ? undefined : stateAt(history, state.cursorUs)
    return html`<button
      type="button"
      class="lane"
      style=${`top: ${basePx - lanePx / 2}px; height: ${lanePx}px; --dot: var(${nodeVariable(lane)})`}
      title="Hide this lane"
      aria-label=${`${name}: ${node?.life ?? ''}, hide its lane`}
      @click=${() => act({ kind: 'hide', what: 'lanes', numbers: [lane] })}
    >
      <i class="dot"></i><b>${name}</b>
      <span>${node === undefined || node.life === 'up' ? (node?.committed ?? '') : node.life}</span>
    </button>`
  })}`
}

// ----- below -----

export interface Figures {
  readonly arrows: Drawn
  readonly shownRecords: number
}

export function status({ scene, state }: View, { arrows, shownRecords }: Figures): TemplateResult {
  const { run } = scene
  const left =
    arrows.leftOut > 0
      ? `${counted(arrows.drawn)} of ${counted(arrows.drawn + arrows.leftOut)} messages drawn`
      : `${plural(arrows.drawn, 'message')} drawn`
  const part =
    run.header.recordsInAll > run.count ? `, of ${counted(run.header.recordsInAll)} of the run` : ''
  return html`
    <span>${durationText(lengthUs(state.window))} in view</span>
    <span>${left}</span>
    <span>${counted(shownRecords)} of ${plural(run.count, 'record')} shown${part}</span>
    <span class="space"></span>
    ${run.header.command === '' ? nothing : html`<code title="Repeats this run">${run.header.command}</code>`}
  `
}

// ----- panels -----

export function panel(view: View): TemplateResult | typeof nothing {
  switch (view.state.panel) {
    case 'filter':
      return popover(view, 'What is shown', filterPanel(view))
    case 'help':
      return html`<div class="veil" @click=${() => view.act({ kind: 'panel', panel: 'help' })}></div>
        ${popover(view, 'Keys', helpPanel())}`
    default:
      return nothing
  }
}

function popover({ state, act }: View, title: string, content: TemplateResult): TemplateResult {
  const close = (): void => act({ kind: 'panel', panel: state.panel })
  return html`<div class=${`panel ${state.panel}`} role="dialog" aria-labelledby="panel-title" tabindex="-1">
      <header>
        <h2 id="panel-title">${title}</h2>
        <button type="button" aria-label="Close" @click=${close}><kbd>Esc</kbd></button>
      </header>
      ${content}
    </div>`
}

function filterPanel({ scene, state, act }: View): TemplateResult {
  const { filter } = state
  const { run, names, groupCounts } = scene
  const box = (what: 'groups' | 'lanes' | 'names', number: number, text: TemplateResult | string) =>
    html`<label class="check">
      <input
        type="checkbox"
        .checked=${!filter[what].has(number)}
        @change=${() => act({ kind: 'hide', what, numbers: [number] })}
      />
      ${text}
    </label>`
  return html`
    <div class="checks">
      ${groups.map((group, n) =>
        groupCounts[n] === 0
          ? nothing
          : box(
              'groups',
              n,
              html`<i class="dot" style=${`--dot: var(${group.colour})`}></i>${group.title}<span>${counted(groupCounts[n] ?? 0)}</span>`,
            ),
      )}
    </div>
    <h3>Nodes</h3>
    <div class="checks">
      ${run.laneNames
        .slice(0, -1)
        .map((name, lane) =>
          box(
            'lanes',
            lane,
            html`<i class="dot" style=${`--dot: var(${nodeVariable(lane)})`}></i>${name}`,
          ),
        )}
    </div>
    ${groups.map((group, n) => {
      const own = names.filter((each) => each.group === n && each.name !== '')
      if (own.length < 2 || filter.groups.has(n)) return nothing
      return html`<h3>
          ${group.title}
          <button type="button" class="plain" @click=${() => act({ kind: 'hide', what: 'names', numbers: own.map(({ text }) => text) })}>
            ${own.some(({ text }) => !filter.names.has(text)) ? 'none' : 'all'}
          </button>
        </h3>
        <div class="checks">
          ${own.map(({ text, name, count }) => box('names', text, html`<b title=${name}>${name}</b><span>${counted(count)}</span>`))}
        </div>`
    })}
    <p><button type="button" class="plain" @click=${() => act({ kind: 'unhide' })}>As usual</button></p>
  `
}

function helpPanel(): TemplateResult {
  return html`<dl class="keys">
      ${keyList.map(
        ({ shown, what }) => html`<dt>${shown.map((key) => html`<kbd>${key}</kbd> `)}</dt>
          <dd>${what}</dd>`,
      )}
    </dl>
    <h3>Mouse</h3>
    <dl class="keys">
      <dt>drag a lane</dt>
      <dd>Move in time</dd>
      <dt>drag the axis</dt>
      <dd>Move the cursor</dd>
      <dt>wheel</dt>
      <dd>Closer, further away; with Shift move in time</dd>
      <dt>click</dt>
      <dd>Choose a record, a fault or a block</dd>
      <dt>drag above</dt>
      <dd>In the line of the whole run: what is in view</dd>
    </dl>
    <h3>Blocks</h3>
    <dl class="keys legend">
      <dt><i class="block proposed"></i></dt>
      <dd>Proposed</dd>
      <dt><i class="block notarised"></i></dt>
      <dd>Notarised: a quorum voted for it</dd>
      <dt><i class="block committed"></i></dt>
      <dd>Committed, for ever</dd>
      <dt><i class="block lost"></i></dt>
      <dd>Lost: another block of its height was committed</dd>
      <dt><i class="block conflicting"></i></dt>
      <dd>Committed, though another block of its height was</dd>
    </dl>`
}

/** What keys and deeds do to what the page shows. */
import { describe, expect, test } from 'vitest'
import { shownOf } from '../../../../src/viewer/model/filter.ts'
import { nameOf } from '../../../../src/viewer/model/run.ts'
import { actFor, keyList } from '../../../../src/viewer/page/keys.ts'
import {
  after,
  type Deed,
  litRecords,
  openingState,
  type State,
} from '../../../../src/viewer/page/state.ts'
import { lengthUs } from '../../../../src/viewer/time/window.ts'
import { madeScene } from '../../../support/viewer/scene.ts'

const scene = madeScene({ nodes: 4, slots: 20, isViolated: true })
const opening = after(openingState(scene, 'system'), { kind: 'resize', widthPx: 800 }, of('none'))

function of(_: string) {
  return { scene, mask: new Uint8Array(scene.run.count).fill(1) }
}

function done(state: State, ...deeds: readonly Deed[]): State {
  return deeds.reduce((now, deed) => {
    return after(now, deed, { scene, mask: shownOf(scene.run, now.filter) })
  }, state)
}

/** What keys do, one after the other. */
function typed(state: State, ...keys: readonly string[]): State {
  return keys.reduce((now, key) => {
    const act = actFor(key.replace('Shift+', ''), key.startsWith('Shift+'))
    if (act === undefined || act.kind === 'focus-search') throw new Error(key)
    return done(now, act)
  }, state)
}

describe('a page', () => {
  test('opens with the whole run, at the violation', () => {
    expect(opening.window).toMatchObject({ ...scene.bounds, widthPx: 800 })
    expect(nameOf(scene.run, opening.chosen)).toBe('no-conflict')
    expect(opening.cursorUs).toBe(scene.run.atUs[opening.chosen])
  })

  test('of a run that held opens at its end', () => {
    const held = openingState(madeScene({ nodes: 4, slots: 5 }), 'dark')
    expect(held).toMatchObject({ chosen: -1, cursorUs: 12_000_000, theme: 'dark' })
  })
})

describe('keys', () => {
  test('move the cursor, in big steps with Shift, and not beyond the ends', () => {
    const start = typed(opening, 'Home')
    expect(start.cursorUs).toBe(0)
    const small = typed(start, 'ArrowRight').cursorUs
    const big = typed(start, 'Shift+ArrowRight').cursorUs
    expect(small).toBeGreaterThan(0)
    expect(big).toBeGreaterThan(small * 10)
    expect(typed(start, 'ArrowLeft').cursorUs).toBe(0)
    expect(typed(start, 'End', 'ArrowRight').cursorUs).toBe(scene.limits.toUs)
  })

  test('zoom about the cursor, and back to the whole', () => {
    const closer = typed(opening, '+', '+', '+')
    expect(lengthUs(closer.window)).toBeCloseTo(lengthUs(opening.window) / 8, 3)
    expect(closer.window.fromUs).toBeLessThan(closer.cursorUs)
    expect(closer.window.toUs).toBeGreaterThan(closer.cursorUs)
    expect(typed(closer, '0').window).toEqual(opening.window)
  })

  test('jump to the violation from anywhere', () => {
    const there = typed(opening, 'Home', '+', '+', '+', '+', '+', 'v')
    expect(nameOf(scene.run, there.chosen)).toBe('no-conflict')
    expect(there.window.fromUs).toBeLessThan(there.cursorUs)
    expect(there.window.toUs).toBeGreaterThan(there.cursorUs)
  })

  test('light up the causes of what is chosen, and of nothing if nothing is', () => {
    const lit = typed(opening, 'w')
    expect(litRecords(lit, scene).length).toBeGreaterThan(5)
    expect(litRecords(typed(lit, 'w'), scene)).toEqual([])
    expect(typed(opening, 'Escape', 'w').isSliceLit).toBe(false)
  })

  test('step from record to record on one node, over what is hidden', () => {
    const proposed = scene.history.tree.blocks[3]?.record ?? -1
    const start = done(opening, { kind: 'choose', record: proposed })
    const next = typed(start, '.')
    expect(scene.run.lane[next.chosen]).toBe(scene.run.lane[proposed])
    expect(next.chosen).toBeGreaterThan(proposed)
    expect(shownOf(scene.run, next.filter)[next.chosen]).toBe(1)
    expect(typed(next, ',').chosen).toBe(proposed)
  })

  test('open and close what is over the lanes, one thing at a time', () => {
    expect(typed(opening, 'f').panel).toBe('filter')
    expect(typed(opening, 'f', 'f').panel).toBe('none')
    expect(typed(opening, 'f', '?').panel).toBe('help')
    const deep = done(typed(opening, 'w'), { kind: 'query', text: 'crash' })
    const steps = [typed(deep, '?')]
    for (let n = 0; n < 4; n += 1) steps.push(typed(steps.at(-1) ?? deep, 'Escape'))
    expect(
      steps.map(({ panel, query, isSliceLit, chosen }) => [panel, query, isSliceLit, chosen >= 0]),
    ).toEqual([
      ['help', 'crash', true, true],
      ['none', 'crash', true, true],
      ['none', '', true, true],
      ['none', '', false, true],
      ['none', '', false, false],
    ])
  })

  test('are all in the list of help, each once', () => {
    const keys = keyList.flatMap((entry) => entry.keys)
    expect(new Set(keys).size).toBe(keys.length)
    for (const entry of keyList) expect(entry.what).not.toBe('')
    expect(actFor('q', false)).toBeUndefined()
    expect(actFor('/', false)).toEqual({ kind: 'focus-search' })
  })
})

describe('a search', () => {
  test('goes from one that was found to the next, and round', () => {
    const found = done(typed(opening, 'Home'), { kind: 'query', text: 'block-proposed' })
    expect(found.found.length).toBeGreaterThan(10)
    const first = typed(found, 'n')
    expect(first.chosen).toBe(found.found[0])
    expect(typed(first, 'n').chosen).toBe(found.found[1])
    expect(typed(first, 'N').chosen).toBe(found.found.at(-1))
  })

  test('that finds nothing goes nowhere', () => {
    const found = done(opening, { kind: 'query', text: 'no such thing' })
    expect(typed(found, 'n')).toEqual(found)
  })
})

test('a filter hides, shows again, and goes back to what is usual', () => {
  const hidden = done(opening, { kind: 'hide', what: 'lanes', numbers: [1] })
  expect([...hidden.filter.lanes]).toEqual([1])
  expect([...done(hidden, { kind: 'hide', what: 'lanes', numbers: [1] }).filter.lanes]).toEqual([])
  // Of several of which some are shown, all are hidden.
  expect([
    ...done(hidden, { kind: 'hide', what: 'lanes', numbers: [0, 1] }).filter.lanes,
  ]).toHaveLength(2)
  expect(done(hidden, { kind: 'unhide' }).filter).toEqual(opening.filter)
})

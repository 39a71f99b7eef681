/**
 * The viewer in a real browser: a run is opened, looked at, moved in, searched and filtered by mouse and keys. Where there is no
 * browser, that is said. With ALYS_SCREENSHOTS set to a folder, pictures of it are left there.
 */
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { encodeTrace } from '../../sim/trace/file.ts'
import { emptyPage, pageOf } from '../../src/cli/view/page.ts'
import { browserPath, noBrowser, Viewers, type Viewing } from '../support/viewer/browser.ts'
import { madeRun } from '../support/viewer/made-run.ts'

const viewers = new Viewers()
const trace = madeRun({ nodes: 5, slots: 20, isViolated: true })

beforeEach((context) => {
  if (browserPath === undefined) context.skip(noBrowser)
})

afterAll(() => viewers.close())

async function opened(): Promise<Viewing> {
  return await viewers.open(pageOf(trace))
}

/** Keys one after the other, and the frame in which they show. */
async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key)
  await settled(page)
}

async function settled(page: Page): Promise<void> {
  await page.evaluate(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
  )
}

async function text(page: Page, selector: string): Promise<string> {
  await settled(page)
  return (await page.textContent(selector))?.replace(/\s+/g, ' ').trim() ?? ''
}

async function count(page: Page, selector: string): Promise<number> {
  await settled(page)
  return await page.locator(selector).count()
}

/** How much of a canvas is in the colour of a variable of the style, in dots. */
async function dots(page: Page, canvas: string, colour: string): Promise<number> {
  await settled(page)
  return await page.evaluate(
    `(() => {
      const probe = document.createElement('canvas').getContext('2d')
      probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('${colour}')
      probe.fillRect(0, 0, 1, 1)
      const [r, g, b] = probe.getImageData(0, 0, 1, 1).data
      const canvas = document.getElementById('${canvas}')
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
      let count = 0
      for (let i = 0; i < data.length; i += 4) {
        count += data[i] === r && data[i + 1] === g && data[i + 2] === b && data[i + 3] === 255
      }
      return count
    })()`,
  )
}

async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.ALYS_SCREENSHOTS
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) })
}

describe('a run that was violated', () => {
  test('is shown with what broke, where its nodes are, and without asking for anything', async () => {
    const { page, complaints, requests } = await opened()
    expect(await page.title()).toBe('swarm, seed 7 · alys view')
    expect(await text(page, '.outcome')).toBe('violated')
    expect(await text(page, '.verdict')).toContain('no-conflict is violated')
    expect(await text(page, '.verdict')).toContain('two blocks are committed at height')
    expect(await count(page, '.nodes tbody tr')).toBe(5)
    expect(await text(page, '#status')).toMatch(/messages drawn.* records shown/)
    expect(await dots(page, 'lane-canvas', '--node-2')).toBe(0)
    expect(await dots(page, 'lane-canvas', '--gossip')).toBeGreaterThan(500)
    expect(await dots(page, 'blocks', '--good')).toBeGreaterThan(500)
    expect(await dots(page, 'blocks', '--bad')).toBeGreaterThan(50)
    await picture(page, 'whole')
    expect(complaints).toEqual([])
    expect(requests).toEqual([])
  })

  test('shows what the nodes were like wherever the cursor is', async () => {
    const { page } = await opened()
    await press(page, 'Home')
    expect(await text(page, '.moment')).toBe('0.000000 s')
    expect(await text(page, '.nodes tbody tr')).toMatch(/^n0 ?up 0/)
    await press(page, 'Shift+ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowRight')
    expect(await text(page, '.nodes tbody tr:nth-child(2)')).toMatch(/^n1 ?down/)
    expect(await text(page, '.faults')).toContain('crash')
    await press(page, 'End')
    expect(await text(page, '.nodes tbody tr:nth-child(2)')).toMatch(/^n1 ?up, life 2/)
    expect(await text(page, '.moment')).toBe('42.000000 s')
  })

  test('is zoomed by wheel and keys, moved by dragging, and shown whole again', async () => {
    const { page } = await opened()
    const inView = async (): Promise<string> => await text(page, '#status span')
    expect(await inView()).toBe('43.4 s in view')
    await page.mouse.move(700, 300)
    await page.mouse.wheel(0, -200)
    expect(await inView()).toBe('21.7 s in view')
    await press(page, '+', '+')
    expect(await inView()).toBe('5.42 s in view')
    const axis = async (): Promise<string> =>
      await page.evaluate("document.getElementById('ruler').toDataURL()")
    const before = await axis()
    await page.mouse.down()
    await page.mouse.move(500, 310, { steps: 4 })
    await page.mouse.up()
    await settled(page)
    expect(await axis()).not.toBe(before)
    expect(await inView()).toBe('5.42 s in view')
    await press(page, '0')
    expect(await inView()).toBe('43.4 s in view')
  })

  test('has its causes lit up, and each of them leads on', async () => {
    const { page } = await opened()
    await press(page, 'Home', 'v', '+', '+', '+', 'w')
    await picture(page, 'slice-light')
    expect(await page.getAttribute('[aria-pressed]', 'aria-pressed')).toBe('true')
    expect(await dots(page, 'lane-canvas', '--accent')).toBeGreaterThan(100)
    const causes = page.locator('h3:text("Caused by") + ol button')
    expect(await causes.count()).toBeGreaterThan(5)
    expect(await count(page, 'h3:text("Known before") + ol button')).toBeGreaterThan(5)
    await page
      .getByRole('button', { name: /^finalise vote/ })
      .first()
      .click()
    expect(await text(page, 'section[aria-label="The chosen record"] h2')).toBe('finalise vote')
    expect(await text(page, '#live')).toMatch(/^finalise vote, n\d, /)
    expect(await text(page, 'section[aria-label="The chosen record"] dl')).toContain('310')
    await press(page, 'w')
    expect(await page.getAttribute('[aria-pressed]', 'aria-pressed')).toBe('false')
    // The address points at the record, for whoever opens it again.
    const live = await text(page, '#live')
    expect(page.url()).toMatch(/#\d+$/)
    await page.reload()
    await page.waitForSelector('html[data-drawn]')
    expect(await text(page, '#live')).toBe(live)
  })

  test('is searched, and keys go from one that was found to the next', async () => {
    const { page } = await opened()
    await press(page, 'Home', '/')
    await page.keyboard.type('node:n3 block-committed')
    expect(await text(page, 'section[aria-label="What was found"] h2')).toMatch(
      /^1\d records found$/,
    )
    await press(page, 'Enter')
    expect(await text(page, '#live')).toMatch(/^block-committed, n3, /)
    const first = await text(page, '.moment')
    await press(page, 'n')
    expect(await text(page, '#live')).not.toContain(first)
    await press(page, '/')
    await page.keyboard.type('no such thing')
    expect(await text(page, 'section[aria-label="What was found"]')).toContain('Nothing found')
  })

  test('is filtered by kind, name and node', async () => {
    const { page } = await opened()
    await press(page, 'f')
    await picture(page, 'filter')
    await page.getByRole('checkbox', { name: /^Gossip/ }).uncheck()
    expect(await text(page, '#status')).toMatch(
      / 0 messages drawn|^\S+ s in view \d+ messages drawn/,
    )
    const before = await dots(page, 'lane-canvas', '--gossip')
    expect(before).toBe(0)
    expect(await dots(page, 'ruler', '--fault')).toBeGreaterThan(20)
    await page.getByRole('checkbox', { name: /^Faults/ }).uncheck()
    expect(await dots(page, 'ruler', '--fault')).toBe(0)
    await page.getByRole('checkbox', { name: 'n1', exact: true }).uncheck()
    expect(await count(page, '.lane')).toBe(4)
    await page.getByRole('checkbox', { name: /^vote-sent/ }).uncheck()
    await page.getByRole('button', { name: 'As usual' }).click()
    expect(await count(page, '.lane')).toBe(5)
    expect(await dots(page, 'lane-canvas', '--gossip')).toBeGreaterThan(500)
    await press(page, 'Escape')
    expect(await count(page, '.panel')).toBe(0)
  })

  test('is moved through by clicks on the axis, a fault, a mark and a block', async () => {
    const { page } = await opened()
    const ruler = await page.locator('#ruler').boundingBox()
    if (ruler === null) throw new Error('a ruler')
    await page.mouse.click(ruler.x + ruler.width / 2, ruler.y + 8)
    expect(await text(page, '.moment')).toBe('21.000000 s')
    await page.mouse.move(ruler.x + ruler.width * 0.32, ruler.y + 36)
    expect(await text(page, '#tip')).toMatch(/^crash 12\.6\d* s, for 3\.2 s ?restartMs=3200$/)
    await page.mouse.click(ruler.x + ruler.width * 0.32, ruler.y + 36)
    expect(await text(page, '#live')).toMatch(/^crash, n1, /)
    const blocks = await page.locator('#blocks').boundingBox()
    if (blocks === null) throw new Error('blocks')
    await press(page, 'Home')
    await page.mouse.move(blocks.x + blocks.width * (2.7 / 43.4), blocks.y + 17)
    expect(await text(page, '#tip')).toMatch(
      /^Block 1 not yet proposed ?[0-9a-f]{8}… slot 1 by n1$/,
    )
    await page.mouse.click(blocks.x + blocks.width * (2.7 / 43.4), blocks.y + 17)
    expect(await text(page, '#live')).toMatch(/^block-proposed, n1, /)
    const live = await text(page, '#live')
    await press(page, '.')
    expect(await text(page, '#live')).toMatch(/^block-checked, n1, /)
    // Close up, the lowest mark of a stack is right above the line of the lane, where its name is.
    await press(page, ...'++++++', 'Escape')
    const lane = await page.locator('.lane').nth(1).boundingBox()
    if (lane === null) throw new Error('a lane')
    await page.mouse.click(blocks.x + blocks.width * (2.7 / 43.4), lane.y + lane.height / 2 - 6)
    expect(await text(page, '#live')).toBe(live)
  })

  test('is light and dark, as the system has it or as one likes', async () => {
    const { page } = await opened()
    const paper = async (): Promise<string> =>
      await page.evaluate('getComputedStyle(document.body).backgroundColor')
    expect(await paper()).toBe('rgb(255, 255, 255)')
    await page.emulateMedia({ colorScheme: 'dark' })
    await settled(page)
    const dark = await paper()
    expect(dark).not.toBe('rgb(255, 255, 255)')
    await picture(page, 'dark')
    expect(await dots(page, 'lane-canvas', '--gossip')).toBeGreaterThan(500)
    await page.getByRole('button', { name: /^Theme/ }).click()
    expect(await paper()).toBe('rgb(255, 255, 255)')
    await page.getByRole('button', { name: /^Theme/ }).click()
    expect(await paper()).toBe(dark)
  })

  test('has a name for everything that takes the focus, and help', async () => {
    const { page } = await opened()
    const nameless = await page.evaluate<number>(
      `[...document.querySelectorAll('button, input, [tabindex="0"]')].filter((each) =>
        !(each.textContent.trim() || each.getAttribute('aria-label') || each.labels?.length)).length`,
    )
    expect(nameless).toBe(0)
    await press(page, '?')
    await picture(page, 'help')
    expect(await text(page, '.panel')).toContain('To the violation')
    expect(await page.evaluate('document.activeElement.className')).toBe('panel help')
    await press(page, 'Escape')
    expect(await page.evaluate('document.activeElement.id')).toBe('timeline')
  })
})

test('a run that held has no violation, and one without blocks has no plots', async () => {
  const { header, records } = madeRun({ nodes: 3, slots: 4 })
  const held = await viewers.open(pageOf({ header, records }))
  expect(await text(held.page, '.outcome')).toBe('held')
  expect(await count(held.page, '.verdict')).toBe(0)
  await press(held.page, 'v')
  const quiet = records.slice(0, 2)
  expect(held.complaints).toEqual([])
  const bare = await viewers.open(pageOf({ header, records: quiet }))
  expect(await bare.page.locator('#blocks').isVisible()).toBe(false)
  expect(bare.complaints).toEqual([])
})

describe('what cannot be shown is said', () => {
  const place = 'id="run-data">'
  const withData = (data: string): string => emptyPage().replace(place, () => place + data)
  const packed = (value: string): string => gzipSync(value).toString('base64')

  test.each([
    ['a page without a run', '', 'There is no run in this page'],
    [
      'data that was cut short',
      packed(encodeTrace(trace)).slice(0, 2_000),
      'The run in this page is damaged',
    ],
    ['data that is none', 'no base64!', 'The run in this page is damaged'],
    ['a bundle', packed('{"format":"alys-bundle"}'), 'expected "alys-trace", found "alys-bundle"'],
    ['a later version', packed('{"format":"alys-trace","version":9}'), 'a later release wrote'],
    [
      'a run without records',
      packed(encodeTrace({ header: madeRun({ nodes: 3, slots: 1 }).header, records: [] })),
      'Nothing happened in this run',
    ],
  ])('%s', async (_what, data, said) => {
    const { page, complaints } = await viewers.open(withData(data))
    expect(await text(page, '#notice')).toContain(said)
    expect(complaints).toEqual([])
  })

  test.each([
    ['decompress', 'delete window.DecompressionStream'],
    ['draw', 'HTMLCanvasElement.prototype.getContext = () => null'],
  ])('a browser that cannot %s', async (lacking, script) => {
    const { page } = await viewers.openAfter(script, pageOf(trace))
    expect(await text(page, '#notice')).toContain('This browser cannot show the run')
    expect(await text(page, '#notice')).toContain(lacking)
  })
})

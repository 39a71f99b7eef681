/**
 * How fast the viewer is with a million records: `npm run bench:viewer`, with the number of slots to make another run. Makes a
 * run up, opens its page in a real browser, and moves the cursor and the view about while frames are counted.
 */
import { availableParallelism, loadavg } from 'node:os'
import type { CDPSession, Page } from 'playwright-core'
import { pageOf } from '../../../src/cli/view/page.ts'
import { browserPath, noBrowser, Viewers } from './browser.ts'
import { madeRun } from './made-run.ts'

/** Slots that make about a million records. */
const slotsUsual = 4_800
const openMsMax = 3_000
const framesMin = 30

interface Motion {
  readonly name: string
  /** What is done in frame `n` of the motion, in the page. */
  readonly step: string
}

/** On the canvas named by `id`, what a pointer or a wheel does there. */
const pointer = (id: string, type: string, x: string): string => `
  const canvas = document.getElementById('${id}')
  const box = canvas.getBoundingClientRect()
  canvas.setPointerCapture = () => undefined
  canvas.dispatchEvent(new PointerEvent('${type}', { bubbles: true, button: 0, buttons: 1, pointerId: 1,
    clientX: box.left + ${x}, clientY: box.top + 10 }))`
const wheel = (delta: string): string => `
  const canvas = document.getElementById('lane-canvas')
  const box = canvas.getBoundingClientRect()
  canvas.dispatchEvent(new WheelEvent('wheel', { bubbles: true, cancelable: true, deltaY: ${delta},
    clientX: box.left + box.width / 3, clientY: box.top + 80 }))`

const motions: readonly Motion[] = [
  {
    name: 'scrubbing over the whole run',
    step: `if (n === 0) { ${pointer('ruler', 'pointerdown', '5')} } else { ${pointer('ruler', 'pointermove', '20 + (n * 7) % (box.width - 40)')} }`,
  },
  {
    name: 'scrubbing with most of it found',
    step: `if (n === 0) {
        const field = document.getElementById('search')
        field.value = 'vote'
        field.dispatchEvent(new InputEvent('input', { bubbles: true }))
      } else { ${pointer('ruler', 'pointermove', '20 + (n * 7) % (box.width - 40)')} }`,
  },
  { name: 'zooming in', step: wheel('-60') },
  {
    name: 'panning close up',
    step: `const canvas = document.getElementById('lane-canvas'); canvas.dispatchEvent(new WheelEvent('wheel',
      { bubbles: true, cancelable: true, deltaX: 9, deltaY: 0 }))`,
  },
  { name: 'zooming out', step: wheel('60') },
]

/** Frames of each motion. */
const framesOfMotion = 120

interface Pace {
  readonly framesPerSecond: number
  /** Of the page's process, for each frame. */
  readonly busyMs: number
}

/** Seconds on a processor that the page's process has had. */
async function processSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'ProcessTime')?.value ?? 0
}

async function paceOf(page: Page, session: CDPSession, { step }: Motion): Promise<Pace> {
  const before = await processSeconds(session)
  const times = await page.evaluate<number[]>(`new Promise((done) => {
    const times = []
    let n = 0
    const frame = (now) => {
      times.push(now)
      if (n >= ${framesOfMotion}) return done(times)
      { ${step} }
      n += 1
      requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  })`)
  const busyMs = ((await processSeconds(session)) - before) * 1_000
  const allMs = (times.at(-1) ?? 0) - (times[0] ?? 0)
  return {
    framesPerSecond: (framesOfMotion / allMs) * 1_000,
    busyMs: busyMs / framesOfMotion,
  }
}

/**
 * Whether all is as fast as it should be, by the time that the page's process had on a processor: others may have most of the
 * machine, and then the clock on the wall tells of them.
 */
async function measure(slots: number): Promise<boolean> {
  const trace = madeRun({ nodes: 7, slots, isViolated: true })
  const html = pageOf(trace)
  const megabytes = (html.length / 1e6).toFixed(1)
  console.log(`${trace.records.length} records, a page of ${megabytes} MB; ${loadText()}`)
  const viewers = new Viewers()
  try {
    const { page, complaints } = await viewers.open(html)
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.enable')
    const openMs = (await processSeconds(session)) * 1_000
    const wallMs = await page.evaluate<number>("performance.getEntriesByName('drawn')[0].startTime")
    console.log(
      `opened in ${wallMs.toFixed(0)} ms, ${openMs.toFixed(0)} ms of a processor (at most ${openMsMax})`,
    )
    let isFast = openMs <= openMsMax && complaints.length === 0
    for (const motion of motions) {
      const { framesPerSecond, busyMs } = await paceOf(page, session, motion)
      isFast &&= busyMs <= 1_000 / framesMin
      console.log(
        `${motion.name}: ${framesPerSecond.toFixed(1)} frames a second, ` +
          `${busyMs.toFixed(1)} ms of a processor each (at most ${(1_000 / framesMin).toFixed(1)})`,
      )
    }
    for (const complaint of complaints) console.log(`the page complains: ${complaint}`)
    console.log(loadText())
    return isFast
  } finally {
    await viewers.close()
  }
}

function loadText(): string {
  const load = loadavg().map((each) => each.toFixed(1))
  return `load ${load.join(' ')} on ${availableParallelism()} processors`
}

if (browserPath === undefined) console.log(noBrowser)
else if (!(await measure(Number(process.argv[2] ?? slotsUsual)))) process.exitCode = 1

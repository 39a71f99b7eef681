/**
 * Takes the run out of the page: base64, gzip, JSON, columns. Whatever can be wrong with a page or a browser comes back as
 * a fault in words that its reader can act on.
 */
import { openTrace } from '../../../sim/trace/file.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import { type Run, runOf } from '../model/run.ts'

/** Why there is nothing to see. */
export interface LoadFault {
  readonly title: string
  readonly detail: string
}

/** The element that holds the run. */
const dataId = 'run-data'

/** A run, and what of it is pointed out. */
export interface Loaded {
  readonly run: Run
  /** Records that say what was known before the violation. */
  readonly known: readonly number[]
}

export async function loadRun(page: Document): Promise<Result<Loaded, LoadFault>> {
  const lacking = lackingIn(page)
  if (lacking !== undefined) return failed(lacking)
  const holder = page.getElementById(dataId)
  const coded = holder?.textContent?.trim() ?? ''
  if (coded === '') {
    return failed({
      title: 'There is no run in this page',
      detail: 'It is the empty viewer. “alys view” writes a page that has a run in it.',
    })
  }
  const text = await textOf(coded)
  if (text === undefined) {
    return failed(
      damaged('what is stored in it cannot be decompressed: it was cut short or changed'),
    )
  }
  const parts = openTrace(text)
  if (!parts.ok) return failed(damaged(parts.fault))
  const run = runOf(parts.value)
  if (run.ok) return ok({ run: run.value, known: knownIn(run.value, holder?.dataset.known ?? '') })
  return failed({
    title: 'Nothing happened in this run',
    detail: `The page holds no record of it: ${run.fault}.`,
  })
}

/** Numbers of records, as places in the run; what is not in it is left out. */
function knownIn({ firstId, count }: Run, ids: string): readonly number[] {
  const places = ids.split(' ').map((id) => (id === '' ? -1 : Number(id) - firstId))
  return places.filter((place) => place >= 0 && place < count)
}

function damaged(why: string): LoadFault {
  return {
    title: 'The run in this page is damaged',
    detail: `Nothing of it can be shown: ${why}. Write the page again with “alys view”.`,
  }
}

/** What the browser cannot do, and has to. */
function lackingIn(page: Document): LoadFault | undefined {
  const title = 'This browser cannot show the run'
  const newer = 'Any current version of Chrome, Edge, Firefox or Safari can.'
  if (typeof DecompressionStream === 'undefined') {
    return { title, detail: `It cannot decompress data (DecompressionStream). ${newer}` }
  }
  if (page.createElement('canvas').getContext('2d') === null) {
    return { title, detail: `It cannot draw (canvas). ${newer}` }
  }
  return undefined
}

async function textOf(coded: string): Promise<string | undefined> {
  try {
    const plain = new Blob([bytesOf(coded)]).stream().pipeThrough(new DecompressionStream('gzip'))
    return await new Response(plain).text()
  } catch {
    return undefined
  }
}

/** Of base64. It is megabytes, so no function is called for each of them. */
function bytesOf(coded: string): Uint8Array<ArrayBuffer> {
  const units = atob(coded)
  const bytes = new Uint8Array(units.length)
  for (let i = 0; i < units.length; i += 1) bytes[i] = units.charCodeAt(i)
  return bytes
}

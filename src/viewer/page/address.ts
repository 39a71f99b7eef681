/** The chosen record in the address of the page (`#123`), so that one can be pointed at, and is there when a page is opened again. */
import type { Scene } from '../model/scene.ts'

/** The record that the address names; −1 if there is none of that number. */
export function recordInAddress({ run }: Scene): number {
  const [, id] = /^#(\d+)$/.exec(location.hash) ?? []
  const record = id === undefined ? -1 : Number(id) - run.firstId
  return record < run.count ? Math.max(-1, record) : -1
}

/** Leaves no trace in the history: stepping from record to record is no way of pages. */
export function putIntoAddress({ run }: Scene, record: number): void {
  const { pathname, search } = location
  const hash = record === -1 ? '' : `#${run.firstId + record}`
  history.replaceState(null, '', `${pathname}${search}${hash}`)
}

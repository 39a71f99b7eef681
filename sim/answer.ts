/**
 * How far an answer has come on its way to whoever asked. On a link with a bandwidth its bytes come in one after
 * another at that pace; on one without, all at once.
 */

/** An answer under way, in true microseconds. */
export interface Passage {
  readonly bytes: number
  /** When its last byte comes in. */
  readonly dueUs: number
  /** How long its bytes take, from the first to the last. */
  readonly spanUs: number
}

/** How much has come in, and when, in true microseconds. */
interface Arrived {
  readonly bytes: number
  readonly firstUs: number
  readonly lastUs: number
}

/** What has come in at `atUs`; undefined if nothing has. */
export function arrivedAt({ bytes, dueUs, spanUs }: Passage, atUs: number): Arrived | undefined {
  const firstUs = dueUs - spanUs
  if (bytes === 0 || atUs < firstUs) return undefined
  if (atUs >= dueUs) return { bytes, firstUs, lastUs: dueUs }
  const sofar = Math.max(1, Math.floor((bytes * (atUs - firstUs)) / spanUs))
  return { bytes: sofar, firstUs, lastUs: firstUs + Math.floor((sofar * spanUs) / bytes) }
}

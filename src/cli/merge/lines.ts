/** The lines of a file, one after another, in memory that does not grow with the file. */
import { createReadStream } from 'node:fs'

export interface Line {
  /** Counts from 1. */
  readonly number: number
  readonly text: string
  /** Whether a line's end came after it. What was cut off has none. */
  readonly isWhole: boolean
}

/** A record is a few hundred characters, and its longest text a hundred thousand. */
const charactersMax = 1_048_576

/** Rejects as the file system does, or if a line is longer than anything that is written here. */
export async function* linesOf(file: string): AsyncGenerator<Line, undefined> {
  let number = 0
  let rest = ''
  for await (const chunk of createReadStream(file, { encoding: 'utf8' })) {
    const parts = (rest + String(chunk)).split('\n')
    rest = parts.pop() ?? ''
    for (const text of parts) {
      number += 1
      yield { number, text, isWhole: true }
    }
    if (rest.length > charactersMax) {
      throw new Error(`line ${number + 1} has more than ${charactersMax} characters`)
    }
  }
  if (rest !== '') yield { number: number + 1, text: rest, isWhole: false }
}

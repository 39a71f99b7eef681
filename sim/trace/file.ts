/**
 * A trace as a file: JSON, a header that people can read and columns of small numbers. A million records are some tens of
 * megabytes and are read in less than a second. Pure, so that a browser reads them by the same code.
 *
 * A file that is read is checked wholly: what comes out of {@link decodeTrace} is what a trace can be.
 */
import { failed, ok, type Result } from '../../src/base/result.ts'
import { type Columns, faultOfColumns, layOut, readColumns } from './columns.ts'
import type { Trace, TraceHeader } from './record.ts'

const format = 'alys-trace'
const version = 1

/** The text of a trace's file. */
export function encodeTrace({ header, records }: Trace): string {
  const { texts, numbers } = layOut(records)
  const firstId = records[0]?.id ?? 0
  return `${JSON.stringify({ format, version, header, firstId, texts, columns: numbers })}\n`
}

/** The trace that a file's text is of. The fault names what is wrong with it. */
export function decodeTrace(text: string): Result<Trace, string> {
  const parts = partsOf(text)
  if (!parts.ok) return parts
  const { header, columns, firstId } = parts.value
  const records = readColumns(columns, firstId)
  if (!records.ok) return records
  return ok({ header, records: records.value })
}

/** A file taken apart, its records still in columns. */
export interface TraceParts {
  readonly header: TraceHeader
  /** The id of the first record. */
  readonly firstId: number
  readonly columns: Columns
}

/** For whoever has a million records to look at, and would rather not make objects of them. */
export function openTrace(text: string): Result<TraceParts, string> {
  const parts = partsOf(text)
  if (!parts.ok) return parts
  const fault = faultOfColumns(parts.value.columns)
  return fault === undefined ? parts : failed(fault)
}

function partsOf(text: string): Result<TraceParts, string> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return failed(`it is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const file = isObject(value) ? value : {}
  const fault = faultOfFile(file)
  if (fault !== undefined) return failed(fault)
  const header = file.header as TraceHeader
  const columns = { texts: file.texts, numbers: file.columns } as Columns
  const count = columns.numbers.kind?.length ?? 0
  if (header.recordsInAll < count) {
    return failed(`header.recordsInAll: ${header.recordsInAll} for a file of ${count} records`)
  }
  return ok({ header, columns, firstId: file.firstId as number })
}

type Fields = Readonly<Record<string, unknown>>

function faultOfFile(file: Fields): string | undefined {
  if (file.format !== format) {
    return `format: expected "${format}", found ${shown(file.format)}`
  }
  if (file.version !== version) {
    const newer = Number(file.version) > version ? ', which a later release wrote' : ''
    return `version: expected ${version}, found ${shown(file.version)}${newer}`
  }
  const { header, texts, columns, firstId } = file
  if (!isObject(header)) return `header: expected an object, found ${shown(header)}`
  if (!isCount(firstId)) return `firstId: expected a whole number, found ${shown(firstId)}`
  if (!isTexts(texts)) return 'texts: expected an array of texts'
  if (!isObject(columns)) return `columns: expected an object, found ${shown(columns)}`
  for (const [name, column] of Object.entries(columns)) {
    if (!Array.isArray(column)) return `columns.${name}: expected an array, found ${shown(column)}`
  }
  return faultOfHeader(header)
}

const headerFields: Readonly<Record<keyof TraceHeader, 'text' | 'count' | 'texts'>> = {
  scenario: 'text',
  seed: 'count',
  command: 'text',
  commit: 'text',
  nodes: 'texts',
  outcome: 'text',
  digest: 'text',
  endUs: 'count',
  recordsInAll: 'count',
}

const expectation = { text: 'a text', count: 'a whole number', texts: 'an array of texts' }

function faultOfHeader(header: Fields): string | undefined {
  for (const [name, kind] of Object.entries(headerFields)) {
    const value = header[name]
    const isRight =
      kind === 'text'
        ? typeof value === 'string'
        : kind === 'count'
          ? isCount(value)
          : isTexts(value)
    if (!isRight) return `header.${name}: expected ${expectation[kind]}, found ${shown(value)}`
  }
  return undefined
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string')
}

/** Characters shown of a value that is wrong. */
const shownMax = 40

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length <= shownMax ? text : `${text.slice(0, shownMax)}…`
}

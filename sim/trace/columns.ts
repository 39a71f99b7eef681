/**
 * How records are laid out as columns of whole numbers: a few that all records share, and for each kind of record those
 * of its own fields. Texts stand in one table and are named by their place in it. Which fields a kind has is said here
 * once, and both directions follow from it.
 *
 * Numbers are kept small, so that they are short as text: times and records are counted back from the record itself.
 */
import { failed, ok, type Result } from '../../src/base/result.ts'
import { machineChanges, messageWays, type RecordKind, type TraceRecord, takers } from './record.ts'

/**
 * How a field becomes a number: a text by its place in the table; a time by how long before the record it was; an
 * earlier record by how far back it is; an amount that may be absent as one more than it is, or 0. An earlier record
 * that may be absent is 0 then.
 */
type Form = 'text' | 'number' | 'optional' | 'ago' | 'back' | 'back-if-any' | readonly string[]

type OwnFields<Kind extends RecordKind> = Exclude<
  keyof Extract<TraceRecord, { readonly kind: Kind }>,
  'kind' | 'id' | 'cause' | 'atUs' | 'node'
>

type Layout = { readonly [Kind in RecordKind]: Readonly<Record<OwnFields<Kind>, Form>> }

/** A list is the texts that a field may have. A kind's number in a file is its place here: new ones come last. */
const layout: Layout = {
  turn: { actor: 'text', message: 'text' },
  event: { actor: 'text', event: 'text', facts: 'text' },
  arrival: {
    ...{ way: messageWays, from: 'text', sentUs: 'ago' },
    ...{ what: 'text', facts: 'text', bytes: 'number', fault: 'back-if-any' },
  },
  loss: {
    ...{ way: messageWays, to: 'text', what: 'text', facts: 'text', bytes: 'number' },
    ...{ by: takers, fault: 'back-if-any' },
  },
  timer: { setUs: 'ago' },
  fault: { fault: 'text', facts: 'text', forUs: 'optional' },
  mend: { fault: 'back' },
  machine: { change: machineChanges },
  violation: { property: 'text', detail: 'text' },
}

/** All kinds, by their numbers in a file. */
export const kinds = Object.keys(layout) as readonly RecordKind[]

/** The fields of a kind that are its own, in order, and how each becomes a number. */
export function fieldsOf(kind: RecordKind): readonly (readonly [field: string, form: Form])[] {
  return Object.entries<Form>(layout[kind])
}

/** One field of one kind, and the numbers of all records of that kind. */
interface Column {
  readonly field: string
  readonly form: Form
  readonly numbers: number[]
}

/** What is laid out, or to be read. */
export interface Columns {
  readonly texts: readonly string[]
  /** By name: the shared ones, and `kind.field`. */
  readonly numbers: Readonly<Record<string, readonly number[]>>
}

const shared = ['kind', 'later', 'node', 'back'] as const

// ----- there -----

/** Lays records out. */
export function layOut(records: readonly TraceRecord[]): Columns {
  const table = new TextTable()
  const own = ownColumns(() => [])
  const columns = { kind: [], later: [], node: [], back: [] } as Record<
    (typeof shared)[number],
    number[]
  >
  let lastUs = 0
  for (const record of records) {
    const { id, kind, cause, atUs, node } = record
    const number = kinds.indexOf(kind)
    columns.kind.push(number)
    columns.later.push(atUs - lastUs)
    columns.node.push(table.numberOf(node))
    columns.back.push(cause === undefined ? 0 : id - cause)
    lastUs = atUs
    for (const { field, form, numbers } of own[number] ?? []) {
      const value = (record as unknown as Readonly<Record<string, unknown>>)[field]
      numbers.push(numberOf(form, value, record, table))
    }
  }
  const named = own.flatMap((fields, number) =>
    fields.map(({ field, numbers }) => [`${kinds[number]}.${field}`, numbers] as const),
  )
  return { texts: table.texts, numbers: { ...columns, ...Object.fromEntries(named) } }
}

/** Texts, each once, in the order in which they were first asked for. */
class TextTable {
  readonly #numbers = new Map<string, number>()
  readonly texts: string[] = []

  numberOf(text: string): number {
    let number = this.#numbers.get(text)
    if (number === undefined) {
      number = this.texts.length
      this.#numbers.set(text, number)
      this.texts.push(text)
    }
    return number
  }
}

function numberOf(form: Form, value: unknown, { id, atUs }: TraceRecord, table: TextTable): number {
  switch (form) {
    case 'number':
      return value as number
    case 'ago':
      return atUs - (value as number)
    case 'back':
    case 'back-if-any':
      return value === undefined ? 0 : id - (value as number)
    case 'optional':
      return value === undefined ? 0 : (value as number) + 1
    default:
      return table.numberOf(value as string)
  }
}

// ----- and back -----

/** The records that are laid out in `columns`, of which the first has this id; or what is wrong with them. */
export function readColumns(
  { texts, numbers }: Columns,
  firstId: number,
): Result<readonly TraceRecord[], string> {
  const fault = faultOfNames(numbers)
  if (fault !== undefined) return failed(fault)
  const own = ownColumns((name) => numbers[name] as number[])
  const reader = new Reader(texts)
  const next = kinds.map(() => 0)
  const records: TraceRecord[] = []
  const { kind = [], later = [], node = [], back = [] } = numbers
  let atUs = 0
  for (let row = 0; row < kind.length; row += 1) {
    const number = kind[row] ?? 0
    const name = kinds[number]
    if (name === undefined) return failed(`column kind, row ${row}: there is no kind ${number}`)
    const id = firstId + row
    atUs += later[row] ?? 0
    const place = { id, atUs, row: next[number] ?? 0 }
    next[number] = place.row + 1
    const record: Record<string, unknown> = {
      ...{ kind: name, id, cause: reader.earlier(back[row], id), atUs },
      node: reader.text(node[row]),
    }
    for (const column of own[number] ?? []) record[column.field] = reader.read(column, place)
    if (reader.fault !== undefined) return failed(`record ${id}, a ${name}: ${reader.fault}`)
    records.push(record as unknown as TraceRecord)
  }
  return ok(records)
}

/**
 * Says what is wrong with columns as such, for whoever reads them without making records of them: what a record would be
 * is not looked at, but each number that names a kind, a text or an earlier record names one.
 */
export function faultOfColumns({ texts, numbers }: Columns): string | undefined {
  const fault = faultOfNames(numbers)
  if (fault !== undefined) return fault
  const { kind = [], node = [] } = numbers
  const most = (name: string, column: readonly number[], count: number): string | undefined => {
    const at = column.findIndex((value) => value >= count)
    return at === -1
      ? undefined
      : `column ${name}, row ${at}: there is no ${column[at]} of ${count}`
  }
  const own = kinds.flatMap((of) =>
    fieldsOf(of)
      .filter(([, form]) => form === 'text' || typeof form === 'object')
      .map(([field]) => most(`${of}.${field}`, numbers[`${of}.${field}`] ?? [], texts.length)),
  )
  return [most('kind', kind, kinds.length), most('node', node, texts.length), ...own].find(
    (each) => each !== undefined,
  )
}

/** Says what is wrong with the columns as such: which there are, how long they are, and that they are whole numbers. */
function faultOfNames(numbers: Columns['numbers']): string | undefined {
  const rows = numbers.kind?.length ?? 0
  const perKind = kinds.map(() => 0)
  for (const kind of numbers.kind ?? []) {
    if (perKind[kind] !== undefined) perKind[kind] += 1
  }
  const expected = [
    ...shared.map((name) => [name, rows] as const),
    ...kinds.flatMap((kind, number) =>
      fieldsOf(kind).map(([field]) => [`${kind}.${field}`, perKind[number] ?? 0] as const),
    ),
  ]
  for (const [name, length] of expected) {
    const column = numbers[name]
    if (column === undefined) return `column ${name} is missing`
    if (column.length !== length) {
      return `column ${name}: expected ${length} numbers, found ${column.length}`
    }
    const at = column.findIndex((value) => !Number.isSafeInteger(value) || value < 0)
    if (at !== -1) return `column ${name}, row ${at}: ${column[at]} is no whole number from 0 on`
  }
  return undefined
}

/** Turns numbers into values again. The first that cannot be is remembered. */
class Reader {
  readonly #texts: readonly string[]
  fault: string | undefined

  constructor(texts: readonly string[]) {
    this.#texts = texts
  }

  read({ field, form, numbers }: Column, place: Place): unknown {
    const value = numbers[place.row] ?? 0
    switch (form) {
      case 'number':
        return value
      case 'optional':
        return value === 0 ? undefined : value - 1
      case 'ago':
        if (value > place.atUs) this.fault ??= `${field} lies before the beginning`
        return place.atUs - value
      case 'back':
        if (value === 0) this.fault ??= `${field} is the record itself`
        return this.earlier(value, place.id)
      case 'back-if-any':
        return this.earlier(value, place.id)
      case 'text':
        return this.text(value)
      default:
        return this.#oneOf(form, field, value)
    }
  }

  text(number = 0): string {
    const text = this.#texts[number]
    if (text === undefined) this.fault ??= `there is no text ${number}`
    return text ?? ''
  }

  /** The record that stands so far before this one; undefined for 0. */
  earlier(back = 0, id: number): number | undefined {
    if (back > id) this.fault ??= `it names record ${id - back}`
    return back === 0 ? undefined : id - back
  }

  #oneOf(allowed: readonly string[], field: string, number: number): string {
    const text = this.text(number)
    if (!allowed.includes(text)) {
      this.fault ??= `${field} is "${text}": expected one of ${allowed.join(', ')}`
    }
    return text
  }
}

/** What a field's number is counted from, and where in its column it stands. */
interface Place {
  readonly id: number
  readonly atUs: number
  readonly row: number
}

function ownColumns(numbersOf: (name: string) => number[]): readonly (readonly Column[])[] {
  return kinds.map((kind) =>
    fieldsOf(kind).map(([field, form]) => {
      return { field, form, numbers: numbersOf(`${kind}.${field}`) }
    }),
  )
}

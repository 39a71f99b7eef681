/**
 * Reads a TOML file against a schema. What is wrong is told as an operator needs it: the file, the line
 * where the text is not TOML, or each field with its path, its value and what was expected instead.
 */
import { readFileSync, statSync } from 'node:fs'
import { parse, TomlError } from 'smol-toml'
import type { z } from 'zod'
import { failed, ok, type Result } from '../../base/result.ts'
import type { SetupFault } from './setup-fault.ts'

/** A chain file with a hundred thousand allocations has about this size. */
const fileBytesMax = 16 * 1024 * 1024
/** Wrong fields told at once. */
const issuesMax = 8
const shownMax = 80

type Issue = z.core.$ZodIssue

/** The file's content as the schema has it. */
export function readTomlFile<Value>(
  file: string,
  schema: z.ZodType<Value>,
): Result<Value, SetupFault> {
  const text = readText(file)
  return text.ok ? readToml(text.value, file, schema) : text
}

/** As {@link readTomlFile}, of a text that is at hand. `file` is what faults call it. */
export function readToml<Value>(
  text: string,
  file: string,
  schema: z.ZodType<Value>,
): Result<Value, SetupFault> {
  let table: unknown
  try {
    table = parse(text)
  } catch (error) {
    return wrong(file, [syntaxFault(error)])
  }
  const read = schema.safeParse(table)
  return read.success ? ok(read.data) : wrongFields(file, table, read.error.issues)
}

/** A fault of the settings in `file`, one line for each thing that is wrong. */
export function wrong(file: string, lines: readonly string[]): Result<never, SetupFault> {
  const more = lines.length > issuesMax ? [`… and ${lines.length - issuesMax} more`] : []
  const shown = [...lines.slice(0, issuesMax), ...more]
  return failed({ code: 'config', detail: shown.map((line) => `${file}: ${line}`).join('\n') })
}

function readText(file: string): Result<string, SetupFault> {
  try {
    if (statSync(file).size > fileBytesMax) {
      return wrong(file, [`is larger than ${fileBytesMax} bytes`])
    }
    return ok(readFileSync(file, 'utf8'))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    if (code === 'ENOENT') return failed({ code: 'missing', detail: `there is no file ${file}` })
    return failed({ code: 'io', detail: `cannot read ${file}: ${code}` })
  }
}

function syntaxFault(error: unknown): string {
  if (!(error instanceof TomlError)) return String(error)
  const [first = 'not TOML'] = error.message.split('\n')
  const what = first.replace(/^Invalid TOML document: /, '')
  return `line ${error.line}, column ${error.column}: ${what}`
}

function wrongFields(
  file: string,
  root: unknown,
  issues: readonly Issue[],
): Result<never, SetupFault> {
  return wrong(
    file,
    issues.map((issue) => describeIssue(root, issue)),
  )
}

function describeIssue(root: unknown, issue: Issue): string {
  const name = fieldName(issue.path)
  if (issue.code === 'unrecognized_keys') {
    const fields = issue.keys.map((key) => fieldName([...issue.path, key]))
    return `unknown field ${fields.join(', ')}`
  }
  const value = valueAt(root, issue.path)
  const state = value === undefined ? 'is missing' : `is ${shown(value)}`
  return `${name} ${state}; expected ${expectation(issue)}`
}

/** `members[0].vote_key` */
function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '')
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Object.entries(value).find(([name]) => name === String(key))?.[1]
  }
  return value
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'object') return 'a table'
  const text = JSON.stringify(value)
  return text.length > shownMax ? `${text.slice(0, shownMax)}…` : text
}

/** zod's own messages, as opposed to those of our fields, which say what was expected. */
const standardMessage = /^(Invalid|Too |Unrecognized)/

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text in quotes',
  object: 'a table',
  array: 'an array',
}

/** What the schema wanted. */
function expectation(issue: Issue): string {
  if (!standardMessage.test(issue.message)) return issue.message
  switch (issue.code) {
    case 'invalid_type':
      return typeNames[issue.expected] ?? `a value of type ${issue.expected}`
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`
    case 'too_small':
      return `at least ${issue.minimum}${unitOf(issue.origin)}`
    case 'too_big':
      return `at most ${issue.maximum}${unitOf(issue.origin)}`
    default:
      return issue.message
  }
}

function unitOf(origin: string): string {
  if (origin === 'array') return ' entries'
  return origin === 'string' ? ' characters' : ''
}

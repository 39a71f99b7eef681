import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Trace } from '../../../src/kernel/trace.ts'
import { type LogOptions, logReader } from '../../../src/platform/log.ts'

type Event = { readonly kind: string } & Readonly<Record<string, unknown>>

interface Line {
  readonly level: string
  readonly time: number
  readonly actor: string
  readonly event: string
  readonly facts: Readonly<Record<string, unknown>>
}

/** The lines written for these events, parsed. */
function linesOf(events: readonly Event[], options: Partial<LogOptions> = {}): readonly Line[] {
  const texts: string[] = []
  const to = { write: (text: string) => void texts.push(text) }
  const reader = logReader({ level: 'debug', levels: {}, to, ...options })
  const trace = new Trace<Event>([reader])
  for (const event of events) trace.event(12.5, 'chain', event)
  return texts.map((text) => JSON.parse(text) as Line)
}

describe('a line', () => {
  test('says when, who, what, and the facts', () => {
    const before = Date.now()
    const [line] = linesOf([{ kind: 'block-committed', height: 7, hash: Uint8Array.of(1, 0xab) }])
    expect(line).toMatchObject({
      level: 'debug',
      actor: 'chain',
      event: 'block-committed',
      facts: { height: 7, hash: '01ab' },
    })
    expect(Object.keys(line ?? {})).toEqual(['level', 'time', 'actor', 'event', 'facts'])
    expect(line?.time).toBeGreaterThanOrEqual(before)
  })

  test('keeps fields of an event that are called as its own apart', () => {
    const [line] = linesOf([{ kind: 'k', level: 'x', time: 'y', actor: 'z', event: 'w' }])
    expect(line?.facts).toEqual({ level: 'x', time: 'y', actor: 'z', event: 'w' })
    expect(line?.actor).toBe('chain')
  })

  test('holds what JSON cannot, and only so much of anything', () => {
    const loop: { self?: unknown } = {}
    loop.self = loop
    const facts = {
      amount: 2n ** 80n,
      long: 'x'.repeat(1_001),
      bytes: new Uint8Array(65),
      list: Array.from({ length: 34 }, (_, i) => i),
      error: new Error('broken'),
      nothing: undefined,
      none: null,
      not: Number.NaN,
      loop,
    }
    const [line] = linesOf([{ kind: 'k', ...facts }])
    expect(line?.facts).toMatchObject({
      amount: '1208925819614629174706176',
      long: `${'x'.repeat(1_000)}…`,
      bytes: `${'00'.repeat(64)}… 65 bytes`,
      error: 'Error: broken',
      none: null,
      not: null,
      loop: { self: { self: { self: '…' } } },
    })
    expect(line?.facts.list).toEqual([...facts.list.slice(0, 32), '… 2 more'])
  })
})

describe('levels', () => {
  const levels = { loud: 'error', normal: 'info', quiet: 'debug', never: 'off' } as const
  const events = ['loud', 'normal', 'quiet', 'never', 'unknown'].map((kind) => ({ kind }))
  const shown = (options: Partial<LogOptions>) =>
    linesOf(events, { levels, ...options }).map(({ event, level }) => `${event} ${level}`)

  test('come from the table, and decide what is written', () => {
    expect(shown({ level: 'debug' })).toEqual([
      'loud error',
      'normal info',
      'quiet debug',
      'unknown debug',
    ])
    expect(shown({ level: 'info' })).toEqual(['loud error', 'normal info'])
    expect(shown({ level: 'error' })).toEqual(['loud error'])
    expect(shown({ level: 'off' })).toEqual([])
  })

  test('of unknown kinds can be chosen', () => {
    expect(shown({ level: 'warn', otherwise: 'warn' })).toEqual(['loud error', 'unknown warn'])
  })

  test('of the kernel’s own events are there without a table, and can be changed', () => {
    const failure = [{ kind: 'actor-failed', error: 'E', decision: 'restart' }]
    expect(linesOf(failure, { level: 'error' })).toHaveLength(1)
    expect(linesOf(failure, { level: 'error', levels: { 'actor-failed': 'warn' } })).toEqual([])
  })
})

test('a log can go to a file, whose folder is made, and is there at once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alys-log-'))
  const file = join(folder, 'logs', 'node.log')
  const reader = logReader({ level: 'info', levels: { 'node-started': 'info' }, to: file })
  reader.event?.(0, '', { kind: 'node-started' })
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ event: 'node-started' })
  rmSync(folder, { recursive: true })
})

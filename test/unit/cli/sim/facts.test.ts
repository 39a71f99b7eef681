import { describe, expect, test } from 'vitest'
import { faultLine, formatTraceLine, traceLine } from '../../../../src/cli/sim/facts.ts'

const hash = 'ab12cd34'.repeat(8)
const observed = { atMs: 12_345.678, node: 'n1', member: 1, life: 1 }

describe('an event', () => {
  test('is a line of columns, with hashes cut short and signatures left out', () => {
    const vote = { kind: 'nullify', from: 3, to: 4 } as const
    const signed = { vote, epoch: 0, signer: 2, signature: new Uint8Array(96) }
    const line = traceLine({ ...observed, event: { kind: 'vote-sent', vote: signed } })
    expect(formatTraceLine(line)).toBe(
      '   12.345678  n1    vote-sent             vote={vote={kind=nullify from=3 to=4} epoch=0 signer=2}',
    )
    const refused = traceLine({
      ...observed,
      event: { kind: 'block-refused', hash, code: 'parent-unknown' },
    })
    expect(refused.facts).toBe('hash=ab12cd34… code=parent-unknown')
  })

  test('stays one line, whatever its text', () => {
    const error = `Error: first line\nsecond "line" ${'x'.repeat(500)}`
    const { facts } = traceLine({ ...observed, event: { kind: 'system-failed', error } })
    expect(facts).toMatch(/^error="Error: first line\\nsecond \\"line\\" x+…"$/)
    expect(facts.length).toBeLessThan(150)
  })
})

describe('a fault', () => {
  test('stands in the column of its node', () => {
    const fault = { atMs: 2_000, kind: 'crash', node: 'n3', forMs: 500 } as const
    expect(formatTraceLine(faultLine(fault))).toBe(
      '    2.000000  n3    fault: crash          forMs=500',
    )
  })

  test('of several nodes stands for all', () => {
    const groups = [['n0'], ['n1', 'n2']]
    const fault = { atMs: 2_000, kind: 'partition', groups, forMs: 100 } as const
    expect(faultLine(fault)).toMatchObject({ node: '*', facts: 'groups=[[n0] [n1 n2]] forMs=100' })
  })
})

/** The page of attacks says what each cost, and where that was measured. */
import { expect, test } from 'vitest'
import type { Outcome } from '../support/attacks/attack.ts'
import { attacksPage } from '../support/attacks/report.ts'

const machine = { cpu: 'a processor', cores: 2, memory: 4, node: '26.1.0', v8: '14' }

function outcomeOf(name: string, seen?: string): Outcome {
  return {
    ...{ name, fate: 'sent away', seconds: 12.34 },
    deeds: { did: '5 frames', attackers: ['a'], ...(seen !== undefined && { seen }) },
    pulse: { blocks: 29, slots: 30.4, callMsMax: 17.6, calls: 100 },
    attacker: { cpuMs: 1_500.4, bytesSent: 2_340_000 },
    victim: {
      ...{ cpuMs: 250.5, bytesReceived: 2_400_000, bytesSent: 60_000 },
      ...{ grownBytes: 0, residentBytes: 123_400_000 },
    },
  }
}

test('each attack is a row with its figures, faults and what else was seen', () => {
  const rows = [
    { outcome: outcomeOf('floods'), faults: [] },
    { outcome: outcomeOf('a|b', 'held 3'), faults: ['only 2 blocks', 'too much memory'] },
  ]
  const page = attacksPage(rows, { ...machine, loadAverage: [0.1, 0.2, 0.3], commit: 'abc+' })
  expect(page).toContain('Commit abc+, Node.js 26.1.0, 2 cores of a processor, load 0.1 0.2 0.3')
  const lines = page.split('\n').filter((line) => line.startsWith('|'))
  expect(lines).toHaveLength(4)
  expect(lines[2]).toBe(
    '| floods | 5 frames | 12.3 | 1500 | 2.3 | 251 | 2.4 | 0.1 | 123.4 | 29 of 30 | 18 | sent away |  |  |',
  )
  expect(lines[3]).toMatch(/^\| a\\\|b \|.*\| held 3 \| only 2 blocks; too much memory \|$/)
})

test('a machine without a working copy is told of as such', () => {
  expect(attacksPage([], { ...machine, loadAverage: [0, 0, 0] })).toContain('Commit unknown,')
})

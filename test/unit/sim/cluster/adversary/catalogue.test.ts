import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scenarios } from '../../../../../scenarios/catalogue.ts'
import {
  type HostilePeer,
  hostilePeers,
  type Liar,
  liars,
} from '../../../../../sim/cluster/adversary/catalogue.ts'
import { headerFault } from '../../../../../src/protocol/block/rules.ts'
import {
  blockOn,
  federationOf,
  genesisSeat,
  voteOf,
} from '../../../../support/actors/federation.ts'
import { LiarStage } from '../../../../support/actors/liar-stage.ts'
import { readDocument, root, section, tableIn } from '../../../../support/documents.ts'

const page = section(readDocument('ARCHITECTURE.md'), 'Adversaries')
const words = {
  'full-pace': 'full pace',
  progress: 'progress',
  evidence: 'proof',
  report: 'report',
}

test.each<[string, Readonly<Record<string, Liar | HostilePeer>>]>([
  ['Member', liars],
  ['Peer', hostilePeers],
])('ARCHITECTURE.md tells of each adversary that is there: %s', (title, table) => {
  const expected = Object.entries(table).map(([name, { id, aliases, duties }]) => {
    const names = aliases.length === 0 ? '' : ` (${aliases.join(', ')})`
    return [name, `${id}${names}`, duties.map((duty) => words[duty]).join(', ')]
  })
  const rows = tableIn(page, title)
  expect(rows.map(([name, id, , , owed]) => [name, id, owed])).toEqual(expected)
  for (const [, , file = '', , , scenario = ''] of rows) {
    expect(existsSync(join(root, file))).toBe(true)
    const told = scenarios.map(({ name }) => name)
    expect(told).toEqual(expect.arrayContaining(scenario.split(', ')))
  }
})

const federation = federationOf(4)
const { chain } = federation

test('everything at once proposes twice, votes twice, and is late with it', () => {
  const { make } = liars['everything-at-once']
  const stage = new LiarStage(federation, make, { member: 1, slot: 5 })
  const block = blockOn(federation, genesisSeat(federation), 5)
  stage.publishes({ kind: 'proposal', ...block })
  const vote = { kind: 'notarise', slot: 5, block: block.signed.hash } as const
  stage.publishes({ kind: 'vote', vote: voteOf(federation, 1, vote) })
  expect(stage.said).toEqual([])
  stage.pass(2_000)
  expect(stage.said.map(({ kind }) => kind).toSorted()).toEqual([
    'proposal',
    'proposal',
    'vote',
    'vote',
  ])
  const proposals = stage.said.flatMap((said) => (said.kind === 'proposal' ? [said.signed] : []))
  expect(new Set(proposals.map(({ hash }) => hash)).size).toBe(2)
  expect(proposals.map(({ header }) => headerFault(chain, header))).toEqual([undefined, undefined])
})

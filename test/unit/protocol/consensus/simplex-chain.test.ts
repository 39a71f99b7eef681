import { describe, expect, test } from 'vitest'
import { emptyRecord } from '../../../../src/protocol/consensus/record.ts'
import {
  block,
  freshMemory,
  noJustification,
  OneMachine,
} from '../../../support/consensus/one-machine.ts'
import { certificateOf, genesis } from '../../../support/consensus/sample.ts'

const one = block('1a', genesis)
const two = block('2a', one)
const three = block('3a', two)

describe('proposing', () => {
  test('the author builds on the highest notarised block, with its certificate', () => {
    const member = new OneMachine(4, 2)
    member.propose(one)
    member.certificate('notarise', one)
    member.at(2)
    const justification = { notarisation: member.proof('notarise', one), nullifies: [] }
    expect(member.of('build')).toEqual([{ kind: 'build', slot: 2, parent: one, justification }])
  })

  test('the author waits until the gap is given up by a quorum, and shows it', () => {
    const member = new OneMachine(4, 2)
    member.at(2)
    member.nullifies(1, 1, 1)
    expect(member.of('build')).toEqual([])
    member.nullifies(1, 1, 3)
    const [build] = member.of('build')
    expect(build?.parent).toEqual(genesis)
    expect(build?.justification.nullifies.map(({ signer }) => signer)).toEqual([1, 2, 3])
  })

  test('not in the second half of the slot, and not in another’s', () => {
    const late = new OneMachine(4, 2)
    late.at(2, 2)
    late.nullifies(1, 1, 1, 3)
    expect(late.of('build')).toEqual([])
    const other = new OneMachine(4, 3)
    other.at(2)
    other.nullifies(1, 1, 1, 2)
    expect(other.of('build')).toEqual([])
  })

  test('one block a slot, whatever becomes notarised meanwhile', () => {
    const member = new OneMachine(4, 2)
    member.at(2)
    member.nullifies(1, 1, 1, 3)
    const own = block('2a', genesis)
    member.give({ kind: 'built', slot: 2, block: own })
    member.give({ kind: 'built', slot: 2, block: own })
    member.propose(one)
    member.certificate('notarise', one)
    expect(member.of('propose')).toMatchObject([{ block: own, record: { proposed: { slot: 2 } } }])
    expect(member.of('build')).toHaveLength(1)
  })

  test('a higher parent that turns up during the build is built on instead', () => {
    const member = new OneMachine(4, 2)
    member.at(2)
    member.nullifies(1, 1, 1, 3)
    member.propose(one)
    member.certificate('notarise', one)
    expect(member.of('build').map(({ parent }) => parent)).toEqual([genesis, one])
    member.give({ kind: 'built', slot: 2, block: block('2x', genesis) })
    expect(member.of('propose')).toEqual([])
    member.give({ kind: 'built', slot: 2, block: two })
    expect(member.of('propose')).toMatchObject([{ block: two }])
  })

  test('an author that proposed before a restart does not propose again', () => {
    const record = { ...emptyRecord(1), proposed: { slot: 2, block: '2a' } }
    const member = new OneMachine(4, 2, { ...freshMemory, record })
    member.at(2)
    member.give({ kind: 'begin-voting' })
    member.nullifies(1, 1, 1, 3)
    expect(member.of('build')).toEqual([])
  })
})

describe('head and commit', () => {
  test('the head follows the highest notarised block that is held, and only that', () => {
    const member = new OneMachine(4, 0)
    member.at(3)
    member.propose(one)
    expect(member.of('head')).toEqual([])
    member.certificate('notarise', one)
    member.certificate('notarise', three)
    expect(member.of('head')).toEqual([{ kind: 'head', block: one }])
    member.propose(three, undefined)
    member.propose(two, undefined)
    expect(member.of('head').map(({ block: head }) => head.hash)).toEqual(['1a', '3a'])
  })

  test('each missing ancestor of a certified block is asked for, certified or not', () => {
    const member = new OneMachine(4, 0)
    member.at(3)
    member.give({ kind: 'proposal', block: one, justification: noJustification })
    member.give({ kind: 'proposal', block: two, justification: undefined })
    member.propose(three, undefined)
    expect(member.of('want')).toEqual([])
    member.certificate('finalise', three)
    expect(member.of('want').map(({ hash }) => hash)).toEqual(['1a', '2a'])
    member.give({ kind: 'block-ready', hash: '1a' })
    member.give({ kind: 'block-ready', hash: '2a' })
    expect(member.of('commit')).toMatchObject([{ blocks: [one, two, three] }])
  })

  test('what is still missing is asked for again at the end of an idle slot', () => {
    const member = new OneMachine(4, 0)
    member.certificate('notarise', one)
    for (const slot of [2, 3, 4]) member.at(slot)
    expect(member.of('want')).toHaveLength(3)
    member.propose(one)
    for (const slot of [5, 6]) member.at(slot)
    expect(member.of('want')).toHaveLength(3)
  })

  test('a certified block of a slot that the clock has not reached is taken, however many come early', () => {
    const member = new OneMachine(4, 0)
    for (let slot = 3; slot < 30; slot += 1) member.propose(block(`${slot}x`, genesis))
    const nine = block('9a', genesis)
    member.certificate('notarise', nine)
    member.propose(nine, undefined)
    expect(member.of('head')).toEqual([{ kind: 'head', block: nine }])
  })

  test('certificates are sent on the first time only, older ones too', () => {
    const member = new OneMachine(4, 0)
    member.at(3)
    for (let round = 0; round < 3; round += 1) {
      member.certificate('finalise', three)
      member.certificate('finalise', two)
      member.certificate('notarise', one)
      member.certificate('notarise', three)
    }
    const sent = member.of('relay').map(({ certificate: { kind, slot } }) => `${kind} ${slot}`)
    expect(sent).toEqual(['finalise 3', 'finalise 2', 'notarise 1'])
  })

  test('sync moves the root, and what it settles is forgotten', () => {
    const member = new OneMachine(4, 0)
    member.at(3)
    member.propose(one)
    member.certificate('notarise', two)
    member.give({ kind: 'advance', root: three, certificate: member.proof('finalise', three) })
    expect(member.machine.root).toEqual(three)
    expect(member.machine.highest).toMatchObject({ slot: 3, hash: '3a' })
    expect(member.machine.statusOf('1a')).toBeUndefined()
    expect(member.of('head').at(-1)).toEqual({ kind: 'head', block: three })
    expect(
      member.machine.missingAt({ committedSlot: 0, notarisedSlot: 0, nullifiedTo: 0 }),
    ).toEqual({
      certificates: [member.proof('finalise', three)],
      votes: [],
    })
    member.give({ kind: 'advance', root: one, certificate: member.proof('finalise', one) })
    expect(member.machine.root).toEqual(three)
  })
})

describe('more lies than a quorum allows', () => {
  const beside = block('1b', genesis)

  test('two certificates in a slot stop this member from signing', () => {
    const member = new OneMachine(4, 0)
    member.certificate('notarise', one)
    member.certificate('notarise', beside)
    expect(member.of('conflict')).toHaveLength(1)
    const votes = member.cast.length
    member.at(2)
    member.propose(two)
    member.at(4)
    expect(member.cast).toHaveLength(votes)
  })

  test.each(['notarise', 'finalise'] as const)(
    'a %s certificate beside the root is a conflict',
    (kind) => {
      const member = new OneMachine(4, 0)
      member.propose(one)
      member.certificate('finalise', one)
      expect(member.machine.isKnownCertificate(member.proof(kind, one))).toBe(true)
      expect(member.machine.isKnownCertificate(member.proof(kind, beside))).toBe(false)
      member.certificate(kind, beside)
      expect(member.of('conflict')).toHaveLength(1)
    },
  )

  test('a certified block that skips the committed one is a conflict', () => {
    const member = new OneMachine(4, 0)
    member.at(2)
    member.propose(one)
    member.certificate('finalise', one)
    const skipping = block('2b', genesis)
    member.certificate('notarise', skipping)
    expect(member.of('conflict')).toEqual([])
    member.propose(skipping, undefined)
    expect(member.of('conflict')).toHaveLength(1)
  })

  test('a slot that is given up by a quorum is not committed', () => {
    const member = new OneMachine(4, 0)
    member.nullifies(1, 1, 1, 2, 3)
    member.propose(one)
    member.certificate('finalise', one)
    expect(member.of('conflict')).toHaveLength(1)
    expect(member.of('commit')).toEqual([])
  })

  test.each(['before', 'after'])(
    'a quorum that approves what is invalid here, judged %s',
    (order) => {
      const member = new OneMachine(4, 0)
      member.give({ kind: 'proposal', block: one, justification: noJustification })
      if (order === 'before') member.give({ kind: 'block-invalid', hash: '1a' })
      member.certificate('notarise', one)
      if (order === 'after') member.give({ kind: 'block-invalid', hash: '1a' })
      expect(member.of('conflict')).toHaveLength(1)
    },
  )
})

test('a member that was shown another history commits nothing, and does not sign', () => {
  const member = new OneMachine(4, 0)
  member.at(1)
  member.give({ kind: 'contradicted' })
  expect(member.of('conflict')).toMatchObject([{ certificate: undefined }])
  member.give({ kind: 'begin-voting' })
  member.propose(one)
  member.certificate('finalise', one)
  member.at(4)
  expect([member.cast, member.of('commit'), member.of('build')]).toEqual([[], [], []])
  member.give({ kind: 'contradicted' })
  expect(member.of('conflict')).toHaveLength(1)
})

test('a certified block on an invalid one is a conflict too', () => {
  const member = new OneMachine(4, 0)
  member.at(2)
  member.give({ kind: 'proposal', block: one, justification: noJustification })
  member.give({ kind: 'block-invalid', hash: '1a' })
  member.give({ kind: 'proposal', block: two, justification: undefined })
  expect(member.of('conflict')).toEqual([])
  member.certificate('notarise', two)
  expect(member.of('conflict')).toHaveLength(1)
})

describe('exchange', () => {
  const start = { committedSlot: 0, notarisedSlot: 0, nullifiedTo: 0 }

  test('a neighbour is told what it lacks, votes below a quorum too', () => {
    const member = new OneMachine(4, 0)
    member.propose(one)
    member.certificate('finalise', one)
    member.at(2)
    member.certificate('notarise', two)
    member.at(3)
    member.votes('notarise', three, 1)
    member.nullifies(1, 3, 1)
    const { votes, certificates } = member.machine.missingAt(start)
    expect(certificates.map(({ kind, slot }) => `${kind} ${slot}`)).toEqual([
      'finalise 1',
      'notarise 2',
    ])
    expect(votes.map(({ vote, signer }) => `${vote.kind} by ${signer}`)).toEqual([
      'notarise by 1',
      'finalise by 0',
      'nullify by 1',
    ])
    const near = { committedSlot: 1, notarisedSlot: 3, nullifiedTo: 3 }
    expect(member.machine.missingAt(near).certificates.map(({ slot }) => slot)).toEqual([2])
    expect(member.machine.missingAt(near).votes.map(({ vote }) => vote.kind)).not.toContain(
      'nullify',
    )
  })

  test('the end of a slot calls for it when nothing was committed in the last two', () => {
    const member = new OneMachine(4, 0)
    member.at(2)
    expect(member.of('repeat')).toEqual([])
    member.at(3)
    expect(member.of('repeat')).toHaveLength(1)
    member.at(3, 2)
    expect(member.of('repeat')).toHaveLength(1)
    member.give({ kind: 'advance', root: two, certificate: member.proof('finalise', two) })
    member.at(4)
    expect(member.of('repeat')).toHaveLength(1)
    member.at(5)
    expect(member.of('repeat')).toHaveLength(2)
  })

  test('a thousand slots without a commit leave little to tell', () => {
    const member = new OneMachine(4, 0)
    for (let slot = 2; slot <= 1_000; slot += 1) {
      member.at(slot)
      member.votes('notarise', block(`${slot}a`, genesis), 1, 2)
      member.nullifies(1, slot - 1, 1, 2)
    }
    const { votes, certificates } = member.machine.missingAt(start)
    expect(certificates).toEqual([])
    expect(votes.length).toBeLessThan(30)
    expect(votes.filter(({ vote }) => vote.kind === 'nullify')).toHaveLength(3)
  })

  test('a vote that can change nothing is known to be settled', () => {
    const member = new OneMachine(4, 0)
    member.at(2)
    const vote = { kind: 'notarise', slot: 2, block: '2a' } as const
    expect(member.machine.isSettled(vote)).toBe(false)
    expect(member.machine.isSettled({ kind: 'nullify', from: 1, to: 2 })).toBe(false)
    member.give({
      kind: 'certificate',
      certificate: certificateOf(member.committee, 'notarise', two),
    })
    expect(member.machine.isSettled(vote)).toBe(true)
    expect(member.machine.isSettled({ ...vote, kind: 'finalise' })).toBe(false)
    expect(member.machine.isSettled({ kind: 'nullify', from: 1, to: 2 })).toBe(true)
  })
})

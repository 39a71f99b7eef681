import { describe, expect, test } from 'vitest'
import { amnesiacRecord, emptyRecord } from '../../../../src/protocol/consensus/record.ts'
import {
  block,
  freshMemory,
  noJustification,
  OneMachine,
  slots,
} from '../../../support/consensus/one-machine.ts'
import { genesis, signed } from '../../../support/consensus/sample.ts'

const one = block('1a', genesis)
const notarise = (slot: number, hash: string) => ({ kind: 'notarise', slot, block: hash })
const finalise = (slot: number, hash: string) => ({ kind: 'finalise', slot, block: hash })
const nullify = (from: number, to: number) => ({ kind: 'nullify', from, to })

describe('notarise', () => {
  test('a ready and justified block is approved, once its body is there', () => {
    const member = new OneMachine(4, 0)
    member.give({ kind: 'proposal', block: one, justification: noJustification })
    expect(member.cast).toEqual([])
    member.give({ kind: 'block-ready', hash: '1a' })
    expect(member.cast).toEqual([notarise(1, '1a')])
  })

  test('of two blocks in a slot only the first is approved, and the second is evidence', () => {
    const member = new OneMachine(4, 0)
    member.propose(one)
    member.propose(block('1b', genesis))
    member.propose(block('1c', genesis))
    expect(member.cast).toEqual([notarise(1, '1a')])
    expect(member.evidence).toEqual([
      { kind: 'double-proposal', slot: 1, author: 1, blocks: ['1a', '1b'] },
    ])
  })

  test('a block is approved while its slot lasts, and not after', () => {
    const inTime = new OneMachine(4, 0)
    inTime.at(1, 4, -1)
    inTime.propose(one)
    expect(inTime.cast).toEqual([nullify(1, 1), notarise(1, '1a')])
    const late = new OneMachine(4, 0)
    late.at(2)
    late.propose(one)
    expect(late.cast).toEqual([nullify(1, 1)])
  })

  test('a neighbour whose clock is ahead by the tolerance is heard at once', () => {
    const member = new OneMachine(4, 0)
    member.at(2, 0, -500)
    member.propose(block('2a', genesis), member.justification(genesis, 2))
    expect(member.cast).toEqual([nullify(1, 1), notarise(2, '2a')])
  })

  test('a block that comes earlier still, body and all, is kept and approved when it may be', () => {
    const member = new OneMachine(4, 0)
    member.at(2, 0, -501)
    member.propose(block('2a', genesis), member.justification(genesis, 2))
    expect(member.cast).toEqual([])
    expect(member.machine.wakeMs(slots.genesisMs + 3_499)).toBe(slots.genesisMs + 3_500)
    member.at(2, 0, -500)
    expect(member.cast).toEqual([notarise(2, '2a'), nullify(1, 1)])
  })

  test('early blocks of a liar do not push out an honest one that is sooner', () => {
    const member = new OneMachine(4, 0)
    for (let i = 0; i < 20; i += 1) member.propose(block(`5x${i}`, genesis))
    for (let slot = 9; slot < 99; slot += 4) member.propose(block(`${slot}x`, genesis))
    member.propose(block('2a', genesis), member.justification(genesis, 2))
    member.at(2)
    expect(member.cast).toContainEqual(notarise(2, '2a'))
  })

  test.each([
    ['without a justification', undefined],
    ['without the ranges of a quorum', { notarisation: undefined, nullifies: [] }],
  ])('a block after a gap is not approved %s', (_, justification) => {
    const member = new OneMachine(4, 0)
    member.at(2)
    member.propose(block('2a', genesis), justification)
    expect(member.cast).toEqual([nullify(1, 1)])
  })

  test('what is known here justifies a block that was passed on with nothing', () => {
    const member = new OneMachine(4, 0)
    member.at(2)
    const two = block('2a', genesis)
    member.propose(two, undefined)
    member.nullifies(1, 1, 1, 2)
    expect(member.cast).toEqual([nullify(1, 1), notarise(2, '2a')])
    const kept = member.machine.justificationOf('2a')?.nullifies
    expect(kept?.map(({ signer }) => signer)).toEqual([0, 1, 2])
  })

  test('a worthless justification that came first does not shut out the right one', () => {
    const member = new OneMachine(4, 3)
    member.at(2)
    const two = block('2a', genesis)
    member.propose(two, { notarisation: undefined, nullifies: [] })
    member.give({ kind: 'proposal', block: two, justification: member.justification(genesis, 2) })
    expect(member.cast).toContainEqual(notarise(2, '2a'))
  })

  test('a block on a parent that is not notarised, or whose body is missing, is not approved', () => {
    const member = new OneMachine(4, 0)
    member.propose(one)
    member.at(2)
    const two = block('2a', one)
    member.propose(two, noJustification)
    expect(member.cast).toEqual([notarise(1, '1a'), nullify(1, 1)])
    const other = new OneMachine(4, 0)
    other.at(2)
    other.propose(two, other.justification(one, 2))
    expect(other.cast).not.toContainEqual(notarise(2, '2a'))
    expect(other.of('want')).toEqual([{ kind: 'want', hash: '1a' }])
    other.propose(one)
    expect(other.cast).toContainEqual(notarise(2, '2a'))
  })

  test('an invalid block is not approved', () => {
    const member = new OneMachine(4, 0)
    member.give({ kind: 'proposal', block: one, justification: noJustification })
    member.give({ kind: 'block-invalid', hash: '1a' })
    expect(member.cast).toEqual([])
  })

  test('the vote comes with the certificate that it stands on and a record of its own', () => {
    const member = new OneMachine(4, 0)
    member.at(2)
    member.propose(one)
    member.certificate('notarise', one)
    const two = block('2a', one)
    member.propose(two, member.justification(one, 2))
    const [, cast] = member.of('cast').slice(-2)
    expect(cast).toMatchObject({ vote: notarise(2, '2a'), certificate: { block: '1a' } })
    expect(cast?.record.notarised).toEqual({ slot: 2, block: '2a' })
  })
})

describe('nullify', () => {
  test('a slot without a proposal is given up at three quarters', () => {
    const member = new OneMachine(4, 0)
    member.at(1, 3, -1)
    expect(member.cast).toEqual([])
    member.at(1, 3)
    expect(member.cast).toEqual([nullify(1, 1)])
  })

  test('an early vote for the next slot does not put off giving up this one', () => {
    const member = new OneMachine(4, 0)
    member.at(1, 3, -1)
    member.at(2, 0, -500)
    expect(member.cast).toEqual([nullify(1, 1)])
    const other = new OneMachine(4, 0)
    other.propose(block('2a', genesis), other.justification(genesis, 2))
    other.at(2, 0, -500)
    expect(other.cast).toEqual([notarise(2, '2a'), nullify(1, 1)])
  })

  test('a slot with an approved block is given up at its end', () => {
    const member = new OneMachine(4, 0)
    member.propose(one)
    member.at(1, 4, -1)
    expect(member.cast).toEqual([notarise(1, '1a')])
    member.at(2)
    expect(member.cast).toEqual([notarise(1, '1a'), nullify(1, 1)])
  })

  test('the range begins after the highest notarised slot and grows; each is signed once', () => {
    const member = new OneMachine(4, 0)
    member.propose(one)
    member.certificate('notarise', one)
    for (let slot = 2; slot <= 4; slot += 1)
      for (const quarter of [0, 1, 2, 3]) member.at(slot, quarter)
    expect(member.cast.slice(2)).toEqual([nullify(2, 2), nullify(2, 3), nullify(2, 4)])
  })

  test('a notarised slot is not given up', () => {
    const member = new OneMachine(4, 0)
    member.certificate('notarise', one)
    member.at(2)
    expect(member.cast).toEqual([finalise(1, '1a')])
  })

  test('after an outage one range covers everything missed, and the slot of return has its timer', () => {
    const memory = { ...freshMemory, record: emptyRecord(1) }
    const member = new OneMachine(4, 0, memory)
    member.at(900, 1)
    member.give({ kind: 'begin-voting' })
    expect(member.cast).toEqual([nullify(1, 899)])
    member.at(900, 3)
    expect(member.cast).toEqual([nullify(1, 899), nullify(1, 900)])
  })

  test('if the moment of the slot of return has passed, it is given up at once', () => {
    const member = new OneMachine(4, 0, { ...freshMemory, record: emptyRecord(1) })
    member.at(900, 3, 100)
    member.give({ kind: 'begin-voting' })
    expect(member.cast).toEqual([nullify(1, 900)])
  })
})

describe('finalise', () => {
  test('never on one’s own notarise vote alone', () => {
    const member = new OneMachine(3, 0)
    member.propose(one)
    expect(member.cast).toEqual([notarise(1, '1a')])
    member.votes('notarise', one, 1)
    expect(member.cast).toEqual([notarise(1, '1a'), finalise(1, '1a')])
    expect(member.of('cast').at(-1)?.certificate).toMatchObject({ block: '1a', signers: [0, 1] })
  })

  test('the body is not needed, but is asked for', () => {
    const member = new OneMachine(4, 0)
    member.certificate('notarise', one)
    expect(member.cast).toEqual([finalise(1, '1a')])
    expect(member.of('want')).toEqual([{ kind: 'want', hash: '1a' }])
  })

  test('not in a slot that was given up, though the block may still be approved', () => {
    const member = new OneMachine(4, 0)
    member.at(1, 3)
    member.propose(one)
    member.votes('notarise', one, 1, 2)
    expect(member.machine.highest.hash).toBe('1a')
    expect(member.cast).toEqual([nullify(1, 1), notarise(1, '1a')])
  })

  test('each of two votes at once has a record that does not cover the other', () => {
    const member = new OneMachine(4, 0, { ...freshMemory, record: emptyRecord(1) })
    member.at(2)
    member.certificate('notarise', one)
    member.certificate('notarise', block('2a', one))
    const casts = member.give({ kind: 'begin-voting' }).filter((each) => each.kind === 'cast')
    expect(casts.map(({ record }) => record.finalised.slot)).toEqual([1, 2])
  })

  test('a quorum commits the block and all before it, once they are held', () => {
    const member = new OneMachine(4, 0)
    member.at(2)
    const two = block('2a', one)
    member.votes('finalise', two, 1, 2, 3)
    expect(member.of('commit')).toEqual([])
    expect(member.of('want')).toEqual([{ kind: 'want', hash: '2a' }])
    member.propose(two, undefined)
    expect(member.of('want').at(-1)).toEqual({ kind: 'want', hash: '1a' })
    member.propose(one)
    expect(member.of('commit')).toMatchObject([{ blocks: [one, two], certificate: { slot: 2 } }])
    expect(member.machine.root).toEqual(two)
  })
})

describe('memory', () => {
  const lost = amnesiacRecord(1, slots, slots.genesisMs + 3 * slots.slotMs)

  test('a member whose votes are lost is silent up to its floor', () => {
    expect(lost.floor).toBe(4)
    const member = new OneMachine(4, 0, { ...freshMemory, record: lost })
    member.at(4)
    member.give({ kind: 'begin-voting' })
    member.propose(block('4a', genesis), member.justification(genesis, 4))
    member.certificate('notarise', block('4a', genesis))
    expect(member.cast).toEqual([])
    member.at(5)
    const five = block('5a', block('4a', genesis))
    member.propose(five, member.justification(block('4a', genesis), 5))
    expect(member.cast).toEqual([notarise(5, '5a')])
  })

  test('the floor is above every slot that could have been voted in', () => {
    const atMs = slots.genesisMs + 3 * slots.slotMs - 500
    expect(amnesiacRecord(1, slots, atMs).floor).toBe(4)
    expect(amnesiacRecord(1, slots, atMs - 1).floor).toBe(3)
  })

  test('a clock that stepped back: no vote until it has caught up', () => {
    const member = new OneMachine(4, 0)
    member.at(9)
    expect(member.cast).toEqual([nullify(1, 8)])
    member.at(3, 3)
    member.propose(block('3a', genesis), member.justification(genesis, 3))
    expect(member.cast).toEqual([nullify(1, 8)])
    member.at(8, 0, -501)
    member.propose(block('8a', genesis), member.justification(genesis, 8))
    expect(member.cast).toHaveLength(1)
    member.at(8, 0, -500)
    expect(member.cast).toEqual([nullify(1, 8), notarise(8, '8a')])
  })

  test('after a restart the last votes are signed again, and no others', () => {
    const record = {
      ...emptyRecord(1),
      notarised: { slot: 3, block: '3a' },
      finalised: { slot: 2, block: '2a' },
      nullifiedTo: 1,
    }
    const member = new OneMachine(4, 0, { ...freshMemory, record })
    member.at(3, 1)
    member.give({ kind: 'begin-voting' })
    expect(member.cast).toEqual([notarise(3, '3a'), finalise(2, '2a')])
    member.propose(block('3b', genesis), member.justification(genesis, 3))
    expect(member.cast).toHaveLength(2)
    member.at(4)
    expect(member.cast.slice(2)).toEqual([nullify(3, 3)])
  })
})

describe('votes of others', () => {
  test('a vote from the future is dropped, one within the tolerance is not', () => {
    const member = new OneMachine(4, 0)
    const two = block('2a', genesis)
    member.at(2, 0, -501)
    member.votes('notarise', two, 1, 2, 3)
    expect(member.machine.highest.slot).toBe(0)
    member.at(2, 0, -500)
    member.votes('notarise', two, 1, 2, 3)
    expect(member.machine.highest.slot).toBe(2)
  })

  test('another epoch’s votes and certificates are ignored', () => {
    const member = new OneMachine(4, 0)
    for (const signer of [1, 2, 3]) {
      const vote = signed({ kind: 'notarise', slot: 1, block: '1a' } as const, signer)
      member.give({ kind: 'vote', vote: { ...vote, epoch: 2 } })
    }
    member.give({
      kind: 'certificate',
      certificate: { ...member.proof('notarise', one), epoch: 2 },
    })
    expect(member.machine.highest.slot).toBe(0)
  })

  test.each(['notarise', 'finalise'] as const)(
    'two %s votes of one member are evidence',
    (kind) => {
      const member = new OneMachine(4, 0)
      member.votes(kind, one, 2)
      member.votes(kind, one, 2)
      expect(member.evidence).toEqual([])
      member.votes(kind, block('1b', genesis), 2)
      member.votes(kind, block('1c', genesis), 2)
      expect(member.evidence).toMatchObject([
        { kind: 'double-vote', first: { signer: 2 }, second: { signer: 2 } },
      ])
    },
  )

  test('a finalise vote and a range over its slot are evidence, in either order', () => {
    const first = new OneMachine(4, 0)
    first.at(3)
    first.votes('finalise', block('2a', genesis), 1)
    first.nullifies(1, 3, 1)
    const second = new OneMachine(4, 0)
    second.at(3)
    second.nullifies(1, 3, 1)
    second.votes('finalise', block('2a', genesis), 1)
    second.votes('finalise', block('2a', genesis), 2)
    for (const { evidence } of [first, second]) {
      expect(evidence).toMatchObject([{ kind: 'double-vote', second: { signer: 1 } }])
    }
  })

  test('two votes of a liar do not make it count twice', () => {
    const member = new OneMachine(4, 0)
    member.votes('notarise', one, 1, 2)
    member.nullifies(1, 1, 3)
    member.votes('notarise', one, 1, 2)
    expect(member.machine.highest.slot).toBe(0)
  })
})

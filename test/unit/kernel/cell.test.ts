import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Cell } from '../../../src/kernel/cell.ts'
import { Marked } from '../../../src/kernel/marks.ts'
import { policyOf } from './stage.ts'

interface Message {
  readonly kind: string
  readonly priority: 'high' | 'normal'
}

const waitingMax = 8

/** A cell, alive, that takes high messages first. */
function openCell(): Cell {
  const group = { path: '', policy: policyOf(() => ({ kind: 'abandon' })) }
  const options = { waitingMax, priorityOf: (message: Message) => message.priority }
  const actor = { receive: () => undefined }
  const cell = new Cell({ path: 'a', number: 0, group }, options, () => actor)
  cell.actor = actor
  return cell
}

const normal = (kind: string): Message => ({ kind, priority: 'normal' })
const empty = (): string[] => []

describe('a cell', () => {
  test('is three queues in a row, whatever is put in, taken out and forgotten when', () => {
    const act = fc.constantFrom('control', 'high', 'normal', 'take', 'take', 'forget')
    const property = fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const cell = openCell()
      const lanes = { control: empty(), high: empty(), normal: empty() }
      const waiting = (): number => lanes.high.length + lanes.normal.length
      acts.forEach((one, i) => {
        if (one === 'control') {
          cell.pushControl(normal(`${i}`))
          lanes.control.push(`${i}`)
        } else if (one === 'forget') {
          cell.clearControl()
          lanes.control.length = 0
        } else if (one !== 'take') {
          const hasRoom = waiting() < waitingMax
          expect(cell.push({ kind: `${i}`, priority: one })).toBe(hasRoom)
          if (hasRoom) lanes[one].push(`${i}`)
        } else {
          const lane = Object.values(lanes).find((items) => items.length > 0)
          if (lane !== undefined) expect((cell.shift() as Message).kind).toBe(lane.shift())
        }
        expect(cell.waiting).toBe(waiting())
        expect(cell.hasTurn).toBe(lanes.control.length > 0 || waiting() > 0)
      })
    })
    fc.assert(property, { seed: 1, numRuns: 500 })
  })

  test('between two lives it has a turn for control alone', () => {
    const cell = openCell()
    cell.actor = undefined
    cell.push(normal('a'))
    expect(cell.hasTurn).toBe(false)
    cell.pushControl(normal('b'))
    expect(cell.hasTurn).toBe(true)
    expect([cell.shift(), cell.hasTurn, cell.waiting]).toEqual([normal('b'), false, 1])
  })

  test('what was taken and not answered goes with a life, what waits does not; with the cell, all goes', () => {
    const cell = openCell()
    const ask = (message: Message) => {
      const older = cell.newestQuestion
      cell.newestQuestion = { message, older, newer: undefined, end: () => undefined }
      return cell.newestQuestion
    }
    const taken = ask(normal('taken'))
    const sole = ask(normal('sole'))
    cell.push(new Marked(sole.message, 7))
    expect(cell.unanswerable()).toEqual([taken])
    const high = ask({ kind: 'high', priority: 'high' })
    const last = ask(normal('last'))
    cell.push(high.message)
    cell.push(last.message)
    cell.pushControl(taken.message)
    expect(cell.unanswerable()).toEqual([taken])
    cell.isDead = true
    expect(cell.unanswerable()).toEqual([taken, sole, high, last])
  })

  test('taking from an empty one is a fault of the code', () => {
    expect(() => openCell().shift()).toThrow('something waits')
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Mailbox } from '../../../src/kernel/mailbox.ts'

interface Message {
  readonly kind: string
  readonly priority?: 'high'
}

const low = (kind: string): Message => ({ kind })
const high = (kind: string): Message => ({ kind, priority: 'high' })

function open(waitingMax: number): Mailbox {
  const options = {
    waitingMax,
    priorityOf: (message: Message) => message.priority ?? ('normal' as const),
  }
  return new Mailbox(options)
}

const empty = (): string[] => []

function drain(mailbox: Mailbox): readonly string[] {
  const kinds: string[] = []
  while (mailbox.hasControl || mailbox.waiting > 0) {
    kinds.push((mailbox.shift() as Message).kind)
  }
  return kinds
}

describe('a mailbox', () => {
  test('gives control first, then high, then normal, each in the order of arrival', () => {
    const mailbox = open(10)
    for (const message of [low('n1'), high('h1'), low('n2'), high('h2')]) mailbox.push(message)
    mailbox.pushControl(low('c1'))
    mailbox.pushControl(low('c2'))
    expect(drain(mailbox)).toEqual(['c1', 'c2', 'h1', 'h2', 'n1', 'n2'])
  })

  test('refuses the newest when it is full, whatever its priority, and takes more after a turn', () => {
    const mailbox = open(2)
    expect([low('a'), high('b'), high('c')].map((message) => mailbox.push(message))).toEqual([
      true,
      true,
      false,
    ])
    mailbox.shift()
    expect(mailbox.push(low('d'))).toBe(true)
    expect(drain(mailbox)).toEqual(['a', 'd'])
  })

  test('does not count control, and never refuses it', () => {
    const mailbox = open(1)
    mailbox.push(low('a'))
    for (let i = 0; i < 100; i += 1) mailbox.pushControl(low('c'))
    expect(mailbox.waiting).toBe(1)
    expect(drain(mailbox)).toHaveLength(101)
  })

  test('forgets control and keeps what others sent', () => {
    const mailbox = open(5)
    mailbox.push(low('a'))
    for (const kind of ['c1', 'c2', 'c3']) mailbox.pushControl(low(kind))
    mailbox.shift()
    mailbox.clearControl()
    expect(mailbox.hasControl).toBe(false)
    mailbox.pushControl(low('c4'))
    expect(drain(mailbox)).toEqual(['c4', 'a'])
  })

  test('is three queues in a row, whatever is put in and taken out when', () => {
    const act = fc.constantFrom('control', 'high', 'normal', 'take')
    const property = fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const mailbox = open(8)
      const lanes = { control: empty(), high: empty(), normal: empty() }
      const waiting = (): number => lanes.high.length + lanes.normal.length
      acts.forEach((one, i) => {
        const message = one === 'high' ? high(`${i}`) : low(`${i}`)
        if (one === 'control') {
          mailbox.pushControl(message)
          lanes.control.push(`${i}`)
        } else if (one !== 'take') {
          const hasRoom = waiting() < 8
          expect(mailbox.push(message)).toBe(hasRoom)
          if (hasRoom) lanes[one].push(`${i}`)
        } else {
          const lane = Object.values(lanes).find((items) => items.length > 0)
          if (lane !== undefined) expect((mailbox.shift() as Message).kind).toBe(lane.shift())
        }
        expect(mailbox.waiting).toBe(waiting())
        expect(mailbox.hasControl).toBe(lanes.control.length > 0)
      })
    })
    fc.assert(property, { seed: 1, numRuns: 300 })
  })

  test('taking from an empty one is a fault of the code', () => {
    expect(() => open(1).shift()).toThrow('not empty')
  })
})

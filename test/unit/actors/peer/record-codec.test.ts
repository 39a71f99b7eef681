import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { secretBytes } from '../../../../src/actors/peer/book/placement.ts'
import {
  decodeMarks,
  decodePlaces,
  encodeMarks,
  encodePlaces,
  type MarkedPeer,
  type PlacesNote,
} from '../../../../src/actors/peer/record-codec.ts'
import { ok, type Result } from '../../../../src/base/result.ts'

const hour = 3_600_000
const day = 24 * hour
/** The node is stopped at 10 h of its life, and started two hours later. */
const stopped = { nowMs: 10 * hour, wallMs: 1_700_000_000_000 }
const started = { nowMs: 5_000, wallMs: stopped.wallMs + 2 * hour }
/** A moment of the life before, on the clock of this one. */
const then = (ms: number): number => ms - stopped.nowMs - 2 * hour + started.nowMs

const places: PlacesNote = {
  secret: new Uint8Array(secretBytes).fill(7),
  anchors: ['sim:a'],
  federation: ['sim:b', 'sim:c'],
  addresses: [
    {
      ...{ address: 'sim:a', source: 'sim/x', isTried: true, failures: 2 },
      ...{ heardMs: 9 * hour, triedMs: 8 * hour, succeededMs: 7 * hour },
    },
    {
      ...{ address: 'sim:d', source: 'sim/y', isTried: false, failures: 0 },
      ...{ heardMs: 10 * hour, triedMs: undefined, succeededMs: undefined },
    },
  ],
}

const marked: readonly MarkedPeer[] = [
  {
    ...{ peer: 'liar', address: '/ip4/6.6.6.6/tcp/1', conduct: { value: -100, atMs: 9 * hour } },
    history: { soft: 1, proof: 2, atMs: 34 * hour },
    ban: { kind: 'proof', sinceMs: 9 * hour, untilMs: 34 * hour, reason: 'forged' },
  },
  {
    ...{ peer: 'clumsy', address: '', conduct: { value: -12.34, atMs: 10 * hour } },
    history: { soft: 1, proof: 0, atMs: 2 * hour },
    ban: undefined,
  },
]

function readValue<Value>(result: Result<Value, unknown>): Value {
  if (!result.ok) throw new Error(JSON.stringify(result.fault))
  return result.value
}

describe('where peers are', () => {
  test('is read back, older by the time that the node was down', () => {
    const read = readValue(decodePlaces(encodePlaces(places, stopped), started))
    expect(read).toEqual({
      ...places,
      addresses: places.addresses.map((each) => ({
        ...each,
        heardMs: then(each.heardMs),
        triedMs: each.triedMs && then(each.triedMs),
        succeededMs: each.succeededMs && then(each.succeededMs),
      })),
    })
  })
})

describe('how peers behaved', () => {
  test('is read back; what was left of a ban is less by the time that the node was down', () => {
    const [liar, clumsy] = readValue(decodeMarks(encodeMarks(marked, stopped), started))
    expect(liar).toEqual({
      ...{ peer: 'liar', address: '/ip4/6.6.6.6/tcp/1' },
      conduct: { value: -100, atMs: then(9 * hour) },
      history: { soft: 1, proof: 2, atMs: then(34 * hour) },
      ban: { kind: 'proof', sinceMs: then(9 * hour), untilMs: then(34 * hour), reason: 'forged' },
    })
    expect((liar?.ban?.untilMs ?? 0) - started.nowMs).toBe(22 * hour)
    expect(clumsy).toMatchObject({ conduct: { value: -12.34 }, ban: undefined, address: '' })
  })

  test.each([
    ['set back', -day, 24 * hour],
    ['a decade ahead', 3_650 * day, 24 * hour - 365 * day],
  ])('outlives a wall clock that is %s', (_how, jumpMs, leftMs) => {
    const moment = { nowMs: 0, wallMs: stopped.wallMs + jumpMs }
    const [liar] = readValue(decodeMarks(encodeMarks(marked, stopped), moment))
    expect(liar?.ban?.untilMs).toBe(leftMs)
  })
})

describe.each([
  ['places', encodePlaces(places, stopped), (bytes: Uint8Array) => decodePlaces(bytes, started)],
  ['marks', encodeMarks(marked, stopped), (bytes: Uint8Array) => decodeMarks(bytes, started)],
] as const)(
  'damaged %s',
  (_name, bytes, decode: (bytes: Uint8Array) => Result<unknown, unknown>) => {
    test('of another version are not read', () => {
      expect(decode(Uint8Array.of(2, ...bytes.slice(1)))).toMatchObject({
        ok: false,
        fault: { code: 'unknown-kind', field: 'version' },
      })
    })

    test('are a fault or a value, and never a throw', () => {
      const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length))
      fc.assert(
        fc.property(change, ([at, value, length]) => {
          const damaged = bytes.slice(0, length)
          damaged[at] = value
          expect(decode(damaged)).toHaveProperty('ok')
        }),
      )
    })

    test('that are whole are read', () => {
      expect(decode(bytes)).toEqual(ok(expect.anything()))
    })
  },
)

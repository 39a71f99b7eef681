/** What frames are made of is counted, whatever comes and in whatever pieces. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameMeter } from '../../../../src/platform/libp2p/frame-meter.ts'
import { meshFrame, rpc } from '../../../support/plain-peer/mesh.ts'

const id = new Uint8Array(20).fill(0xff)

/** A kind of field, how many parts it has and how many of them are asks. */
const kinds = [
  { make: () => rpc.message('news', new Uint8Array(300)), parts: 1, asks: 0 },
  { make: () => rpc.subscribe('news'), parts: 1, asks: 0 },
  { make: () => rpc.ihave('news', [id, id]), parts: 2, asks: 1 },
  { make: () => rpc.iwant([id]), parts: 2, asks: 1 },
  { make: () => rpc.graft('news'), parts: 2, asks: 0 },
  // Of other kinds than bytes: a number, 64 bits and 32 bits.
  { make: () => Uint8Array.of(0x08, 0xff, 0x01), parts: 1, asks: 0 },
  { make: () => Uint8Array.of(0x09, 1, 2, 3, 4, 5, 6, 7, 8), parts: 1, asks: 0 },
  { make: () => Uint8Array.of(0x0d, 1, 2, 3, 4), parts: 1, asks: 0 },
  // Nobody can read a group, nor what stands behind it.
  { make: () => Uint8Array.of(0x0b), parts: 1, asks: 0, isLast: true },
] as const
const frames = fc.array(fc.array(fc.constantFrom(...kinds), { maxLength: 6 }), { maxLength: 6 })

/** Reads all of it in pieces that end at the cuts, so many parts at a time. */
function readAll(bytes: Uint8Array, cuts: readonly number[], partsMax: number): FrameMeter {
  const meter = new FrameMeter()
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  let begin = 0
  for (const end of ends) {
    const piece = bytes.subarray(begin, end)
    let at = 0
    while (at < piece.length) {
      const before = meter.parts
      at = meter.read(piece, at, partsMax)
      expect(meter.parts - before).toBeLessThanOrEqual(partsMax)
    }
    begin = end
  }
  return meter
}

const cuts = fc.array(fc.nat(), { maxLength: 12 })
const turns = fc.integer({ min: 1, max: 9 })

test('each frame, its fields and those of its control are parts', () => {
  fc.assert(
    fc.property(frames, cuts, turns, (all, where, partsMax) => {
      const contents = all.map((fields) => {
        const last = fields.findIndex((kind) => 'isLast' in kind)
        return { fields, counted: last < 0 ? fields : fields.slice(0, last + 1) }
      })
      const made = contents.map(({ fields }) => meshFrame(...fields.map(({ make }) => make())))
      const meter = readAll(Buffer.concat(made), where, partsMax)
      const counted = contents.flatMap((each) => each.counted)
      const sum = (of: 'parts' | 'asks'): number => counted.reduce((n, each) => n + each[of], 0)
      expect(meter.parts).toBe(all.length + sum('parts'))
      expect(meter.asks).toBe(sum('asks'))
    }),
  )
})

test('nonsense is read to its end, and the same in whatever pieces it comes', () => {
  const nonsense = fc.uint8Array({ maxLength: 200 })
  fc.assert(
    fc.property(nonsense, cuts, turns, (bytes, where, partsMax) => {
      const [inPieces, whole] = [readAll(bytes, where, partsMax), readAll(bytes, [], 1_000)]
      const { parts, asks, lengthMax } = inPieces
      expect({ parts, asks, lengthMax }).toEqual({
        ...{ parts: whole.parts, asks: whole.asks, lengthMax: whole.lengthMax },
      })
    }),
  )
})

import type { ConnectionEncrypter, MessageStream } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'
import { expect, test } from 'vitest'
import { joinedPieces, wholeWrites } from '../../../../src/platform/libp2p/whole-writes.ts'

const noiseBytesMax = 65_535

test('a message goes out with its length, as one piece', () => {
  const length = Uint8Array.of(0, 3)
  const body = Uint8Array.of(7, 8, 9)
  expect(joinedPieces(new Uint8ArrayList(length, body))).toEqual([Buffer.from([0, 3, 7, 8, 9])])
  expect(joinedPieces(body)).toEqual([body])
  expect(joinedPieces(new Uint8ArrayList())).toEqual([])
})

test('pieces are no larger than the largest message, and hold every byte in order', () => {
  const message = (fill: number, bytes: number): Uint8Array[] => [
    Uint8Array.of(bytes >> 8, bytes & 255),
    new Uint8Array(bytes).fill(fill),
  ]
  const full = [1, 2, 3].flatMap((fill) => message(fill, noiseBytesMax))
  const list = new Uint8ArrayList(...full, ...message(4, 10), ...message(5, 10))
  const pieces = joinedPieces(list)
  const lengths = pieces.map(({ length }) => length)
  expect(lengths).toEqual([65_537, 65_537, 65_537, 24])
  expect(Buffer.concat(pieces).equals(list.subarray())).toBe(true)
})

test('a buffer that is larger goes out as it is', () => {
  const large = new Uint8Array(100_000)
  const pieces = joinedPieces(new Uint8ArrayList(Uint8Array.of(1), large, Uint8Array.of(2)))
  expect(pieces.map(({ length }) => length)).toEqual([1, 100_000, 1])
  expect(pieces[1]?.buffer).toBe(large.buffer)
})

test('an encrypter sends through a connection that joins, and tells whether more may be sent', async () => {
  const sent: number[] = []
  const connection = {
    send: (data: Uint8Array) => {
      sent.push(data.length)
      return sent.length < 2
    },
  } as unknown as MessageStream
  const told: boolean[] = []
  const secure = async (secured: MessageStream): Promise<never> => {
    for (let i = 0; i < 2; i += 1) {
      told.push(secured.send(new Uint8ArrayList(Uint8Array.of(1), Uint8Array.of(2, 3))))
    }
    throw new Error('far enough')
  }
  const plain: ConnectionEncrypter = {
    protocol: 'p',
    secureInbound: secure,
    secureOutbound: secure,
  }
  const encrypter = wholeWrites(() => plain)(undefined)
  await expect(encrypter.secureOutbound(connection)).rejects.toThrow('far enough')
  expect(sent).toEqual([3, 3])
  expect(told).toEqual([true, false])
})

/**
 * What every network must do with requests: the answer or one fault, how far an answer has come, and what becomes of
 * a request that is given up.
 */
import { describe, expect, test } from 'vitest'
import { asciiBytes } from '../../src/base/bytes.ts'
import type { AnswerProgress } from '../../src/kernel/environment.ts'
import { type Answer, codeOf, type OpenNetwork, type Outcome, stageOf } from './stations.ts'

const requestBytesMax = 2 * 1_024 * 1_024
const nothingYet: AnswerProgress = { bytes: 0, firstByteMs: undefined, lastByteMs: undefined }

export function requestsSuite(
  name: string,
  open: (hostCount: number) => Promise<OpenNetwork>,
): void {
  const { pair, settle, rest, connect, request } = stageOf(open)

  describe(`${name} network: requests`, () => {
    test('a request carries its bytes there and the answer back', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      b.onRequest = (inbound, answer) => answer(inbound.body.toReversed())
      const outcome = await request(a, b.id, asciiBytes('abc'))
      expect(outcome).toEqual({ ok: true, value: asciiBytes('cba') })
      expect(b.requests).toHaveLength(1)
      expect(b.requests[0]?.from).toBe(a.id)
      expect(b.requests[0]?.protocol).toBe('/echo/1')
    })

    test('either side of a connection may ask, and an answer may be empty', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      a.onRequest = (_, answer) => answer(new Uint8Array(0))
      const outcome = await request(b, a.id, new Uint8Array(0))
      expect(outcome).toEqual({ ok: true, value: new Uint8Array(0) })
    })

    test('many requests at once each get their own answer', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      const texts = Array.from({ length: 20 }, (_, i) => `number ${i}`)
      const answers = new Map<string, string>()
      for (const text of texts) {
        const body = asciiBytes(text)
        a.network.request({ peer: b.id, protocol: '/echo/1', body, deadlineMs: 3_000 }, (found) => {
          answers.set(text, found.ok ? String.fromCharCode(...found.value) : found.fault.code)
        })
      }
      await settle(() => answers.size === texts.length)
      expect([...answers.values()].toSorted()).toEqual(texts.toSorted())
      for (const text of texts) expect(answers.get(text)).toBe(text)
    })

    test('a refused request says so', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      b.onRequest = (_, answer) => answer(undefined)
      expect(codeOf(await request(a, b.id, asciiBytes('x')))).toBe('refused')
    })

    test('a request without an answer times out, once, at or after its deadline', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      const answers: Answer[] = []
      b.onRequest = (_, answer) => answers.push(answer)
      const outcomes: Outcome<Uint8Array>[] = []
      const body = asciiBytes('x')
      a.network.request({ peer: b.id, protocol: '/echo/1', body, deadlineMs: 200 }, (outcome) =>
        outcomes.push(outcome),
      )
      await settle(() => outcomes.length > 0)
      for (const answer of answers) answer(asciiBytes('too late'))
      await rest()
      expect(outcomes.map(codeOf)).toEqual(['timeout'])
    })

    test('only the first answer counts', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      b.onRequest = (_, answer) => {
        answer(asciiBytes('first'))
        answer(asciiBytes('second'))
        answer(undefined)
      }
      expect(await request(a, b.id, asciiBytes('x'))).toEqual({
        ok: true,
        value: asciiBytes('first'),
      })
      expect(await request(a, b.id, asciiBytes('y'))).toEqual({
        ok: true,
        value: asciiBytes('first'),
      })
    })

    test('a peer that is not connected is unreachable', async () => {
      const [a, b] = await pair()
      expect(codeOf(await request(a, b.id, asciiBytes('x')))).toBe('unreachable')
    })

    test('a connection that breaks fails what was asked over it', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      b.onRequest = () => b.network.disconnect(a.id)
      const outcome = await request(a, b.id, asciiBytes('x'), 5_000)
      expect(codeOf(outcome)).toBe('closed')
      await settle(() => a.log.includes(`down ${b.id}`))
    })

    test('2 MiB travel both ways', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      const body = Uint8Array.from({ length: requestBytesMax }, (_, i) => (i * 7) & 0xff)
      const outcome = await request(a, b.id, body, 5_000)
      expect(outcome.ok && outcome.value.length).toBe(requestBytesMax)
      expect(outcome.ok && outcome.value[requestBytesMax - 2]).toBe(body[requestBytesMax - 2])
    })

    test('one byte more than 2 MiB is too large, as a request and as an answer', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      const big = new Uint8Array(requestBytesMax + 1)
      expect(codeOf(await request(a, b.id, big))).toBe('too-large')
      expect(b.requests).toHaveLength(0)
      b.onRequest = (_, answer) => answer(big)
      expect(codeOf(await request(a, b.id, asciiBytes('x')))).toBe('too-large')
    })
  })

  describe(`${name} network: requests that are open`, () => {
    test('know of no byte before the answer, and of all of them when it is told', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      const answers: Answer[] = []
      b.onRequest = (_, answer) => answers.push(answer)
      const outcomes: Outcome<Uint8Array>[] = []
      const body = asciiBytes('x')
      const askedMs = a.now()
      const asked = a.network.request(
        { peer: b.id, protocol: '/echo/1', body, deadlineMs: 5_000 },
        (outcome) => outcomes.push(outcome),
      )
      await settle(() => answers.length > 0)
      expect(asked.progress()).toEqual(nothingYet)
      answers[0]?.(new Uint8Array(requestBytesMax))
      const seen: number[] = []
      await settle(() => {
        seen.push(asked.progress().bytes)
        return outcomes.length > 0
      })
      expect(seen).toEqual(seen.toSorted((x, y) => x - y))
      const { bytes, firstByteMs = 0, lastByteMs = 0 } = asked.progress()
      expect(bytes).toBe(requestBytesMax)
      expect(firstByteMs).toBeGreaterThanOrEqual(askedMs)
      expect(lastByteMs).toBeGreaterThanOrEqual(firstByteMs)
      expect(lastByteMs).toBeLessThanOrEqual(a.now())
    })

    test('know of no byte of an empty answer, nor where there is no peer', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      let count = 0
      const body = new Uint8Array(0)
      const asked = [b.id, 'nobody'].map((peer) =>
        a.network.request({ peer, protocol: '/echo/1', body, deadlineMs: 3_000 }, () => {
          count += 1
        }),
      )
      await settle(() => count === 2)
      for (const open of asked) {
        open.cancel()
        expect(open.progress()).toEqual(nothingYet)
      }
      await rest()
      expect(count).toBe(2)
    })

    test('are told that they were cancelled, once, in an event of its own', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      const answers: Answer[] = []
      b.onRequest = (_, answer) => answers.push(answer)
      const outcomes: Outcome<Uint8Array>[] = []
      const body = asciiBytes('x')
      const asked = a.network.request(
        { peer: b.id, protocol: '/echo/1', body, deadlineMs: 5_000 },
        (outcome) => outcomes.push(outcome),
      )
      await settle(() => answers.length > 0)
      asked.cancel()
      asked.cancel()
      expect(outcomes).toEqual([])
      await settle(() => outcomes.length > 0)
      answers[0]?.(asciiBytes('nobody waits'))
      await rest()
      expect(outcomes.map(codeOf)).toEqual(['cancelled'])
      expect(asked.progress()).toEqual(nothingYet)
    })

    test('leave the connection as it was when they are cancelled at once', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      const codes: (string | undefined)[] = []
      const body = asciiBytes('x')
      for (let i = 0; i < 12; i += 1) {
        const question = { peer: b.id, protocol: '/echo/1', body, deadlineMs: 3_000 }
        a.network.request(question, (outcome) => codes.push(codeOf(outcome))).cancel()
      }
      expect(await request(a, b.id, asciiBytes('y'))).toEqual({ ok: true, value: asciiBytes('y') })
      await settle(() => codes.length === 12)
      expect(new Set(codes)).toEqual(new Set(['cancelled']))
      await rest()
      expect(a.log).toEqual([`up ${b.id} dialled`])
    })

    test('have nothing to cancel once the answer was told', async () => {
      const [a, b] = await pair()
      await connect(a, b)
      const outcomes: Outcome<Uint8Array>[] = []
      const question = { peer: b.id, protocol: '/echo/1', body: asciiBytes('x'), deadlineMs: 3_000 }
      const asked = a.network.request(question, (outcome) => outcomes.push(outcome))
      await settle(() => outcomes.length > 0)
      asked.cancel()
      await rest()
      expect(outcomes).toEqual([{ ok: true, value: asciiBytes('x') }])
      expect(asked.progress().bytes).toBe(1)
    })
  })
  describe(`${name} network: its report`, () => {
    test('tells what was carried, by peer and in all, and keeps the sum when the peer has gone', async () => {
      const [a, b] = await pair()
      expect(a.network.report()).toMatchObject({ peers: new Map() })
      await connect(a, b)
      const body = new Uint8Array(100_000)
      expect((await request(a, b.id, body)).ok).toBe(true)
      const [ofA, ofB] = [a.network.report(), b.network.report()]
      expect([...ofA.peers.keys()]).toEqual([b.id])
      for (const carried of [ofA.peers.get(b.id), ofA.total, ofB.peers.get(a.id), ofB.total]) {
        expect(carried?.inBytes).toBeGreaterThanOrEqual(body.length)
        expect(carried?.outBytes).toBeGreaterThanOrEqual(body.length)
        // Overheads are small beside it.
        expect(carried?.inBytes).toBeLessThan(1.2 * body.length)
      }
      a.network.disconnect(b.id)
      await settle(() => a.log.length === 2)
      const after = a.network.report()
      expect(after.peers.size).toBe(0)
      expect(after.total.outBytes).toBeGreaterThanOrEqual(ofA.total.outBytes)
    })

    test('tells how many neighbours a topic is passed on to', async () => {
      const [a, b] = await pair()
      a.network.subscribe('news')
      b.network.subscribe('news')
      await connect(a, b)
      await settle(() => a.network.report().neighbours.get('news') === 1)
      a.network.favour(b.id, true)
      expect(a.network.report().neighbours.get('news')).toBe(1)
    })
  })
}

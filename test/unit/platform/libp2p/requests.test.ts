/** Both ends of a request over streams in memory: what is used again, what is limited, who is cut off. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Stream } from '@libp2p/interface'
import { streamPair } from '@libp2p/utils'
import { describe, expect, test } from 'vitest'
import type { Result } from '../../../../src/base/result.ts'
import type { NetworkFault, PeerRequest } from '../../../../src/kernel/environment.ts'
import { FramedStream, frameTags } from '../../../../src/platform/libp2p/framed-stream.ts'
import { RequestClient } from '../../../../src/platform/libp2p/request-client.ts'
import {
  type HandleRequest,
  RequestServer,
  type ServerLimits,
} from '../../../../src/platform/libp2p/request-server.ts'

const limits: ServerLimits = {
  bodyBytesMax: 1_000,
  requestsMax: 100,
  requestsPerPeerMax: 100,
  unsentBytesMax: 1_000_000,
  unsentBytesPerPeerMax: 1_000_000,
  bodyMsMax: 1_000,
  answerMsMax: 1_000,
  refusalPauseMs: 1,
}
const bothMax = (bytesMax: number) => ({ readMax: bytesMax, writeMax: bytesMax })
const echo: HandleRequest = ({ body }, answer) => answer(body)

function outcomeOf(
  client: RequestClient,
  request: PeerRequest,
): Promise<Result<Uint8Array, NetworkFault>> {
  return new Promise((resolve) => client.request(request, resolve))
}

/** A client and a server, and the streams that were opened between them. */
function world(handle: HandleRequest, given: Partial<ServerLimits> = {}) {
  const server = new RequestServer(handle, { ...limits, ...given })
  const opened: (readonly [near: Stream, far: Stream])[] = []
  const served: Promise<void>[] = []
  const client = new RequestClient(
    {
      isConnected: (peer) => peer !== 'stranger',
      openStream: async (peer, protocol) => {
        if (peer === 'gone') return undefined
        if (peer === 'deaf')
          throw Object.assign(new Error(protocol), { name: 'UnsupportedProtocolError' })
        const pair = await streamPair()
        opened.push(pair)
        served.push(server.serve(pair[1], 'n1', protocol))
        return pair[0]
      },
    },
    limits.bodyBytesMax,
  )
  const ask = (body: Uint8Array, peer = 'n2', deadlineMs = 2_000) =>
    outcomeOf(client, { peer, protocol: '/x/1', body, deadlineMs })
  return { client, ask, opened, served }
}

function codeOf(outcome: Result<unknown, NetworkFault>): string {
  return outcome.ok ? 'ok' : outcome.fault.code
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

describe('streams', () => {
  test('are used again by the next request', async () => {
    const { ask, opened } = world(echo)
    for (let i = 0; i < 5; i += 1)
      expect(await ask(bytes(i))).toEqual({ ok: true, value: bytes(i) })
    expect(opened).toHaveLength(1)
  })

  test('of one peer and protocol are at most four; further requests wait their turn', async () => {
    let underWay = 0
    let underWayMax = 0
    const { ask, opened } = world(async ({ body }, answer) => {
      underWay += 1
      underWayMax = Math.max(underWay, underWayMax)
      await sleep(5)
      underWay -= 1
      answer(body)
    })
    const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => ask(bytes(i))))
    expect(answers).toEqual(Array.from({ length: 12 }, (_, i) => ({ ok: true, value: bytes(i) })))
    expect(opened).toHaveLength(4)
    expect(underWayMax).toBe(4)
  })

  test('that have ended are not used again', async () => {
    const { ask, opened } = world(echo)
    await ask(bytes(1))
    opened[0]?.[1].abort(new Error('the peer closed it'))
    await sleep(10)
    expect(codeOf(await ask(bytes(2)))).toBe('ok')
    expect(opened).toHaveLength(2)
  })

  test('of a peer that went are forgotten', async () => {
    const { client, ask, opened } = world(echo)
    await ask(bytes(1))
    client.forget('n2')
    await ask(bytes(2))
    expect(opened).toHaveLength(2)
  })
})

describe('a request', () => {
  test('says why it failed', async () => {
    const { ask } = world((_, answer) => answer(undefined))
    expect(await ask(bytes(1), 'stranger')).toEqual({
      ok: false,
      fault: { code: 'unreachable', detail: 'not connected' },
    })
    expect(codeOf(await ask(bytes(1), 'gone'))).toBe('unreachable')
    expect(await ask(bytes(1), 'deaf')).toEqual({
      ok: false,
      fault: { code: 'refused', detail: 'UnsupportedProtocolError: /x/1' },
    })
    expect(codeOf(await ask(bytes(1)))).toBe('refused')
    expect(codeOf(await ask(new Uint8Array(1_001)))).toBe('too-large')
  })

  test('that breaks off is closed', async () => {
    const { ask, opened } = world(() => opened[0]?.[1].abort(new Error('reset')))
    expect(codeOf(await ask(bytes(1)))).toBe('closed')
  })

  test('that times out gives up its stream, so that a late answer meets nobody', async () => {
    const answers: ((body: Uint8Array) => void)[] = []
    const { ask, opened } = world((_, answer) => answers.push(answer))
    expect(codeOf(await ask(bytes(1), 'n2', 20))).toBe('timeout')
    answers[0]?.(bytes(1))
    const second = ask(bytes(2))
    while (answers.length < 2) await sleep(1)
    answers[1]?.(bytes(2))
    expect(await second).toEqual({ ok: true, value: bytes(2) })
    expect(opened).toHaveLength(2)
  })

  test('may time out while it waits for a stream, and the place stays for others', async () => {
    const answers: ((body: Uint8Array) => void)[] = []
    const { ask } = world((_, answer) => answers.push(answer))
    const first = Array.from({ length: 4 }, () => ask(bytes(1)))
    const impatient = await ask(bytes(2), 'n2', 20)
    expect(impatient).toMatchObject({
      fault: { code: 'timeout', detail: 'no stream became free in time' },
    })
    const patient = ask(bytes(3))
    while (answers.length < 4) await sleep(1)
    for (const answer of answers) answer(bytes(9))
    while (answers.length < 5) await sleep(1)
    answers[4]?.(bytes(3))
    expect((await Promise.all([...first, patient])).map(codeOf)).toEqual(new Array(5).fill('ok'))
  })

  test('is refused if too many wait for the same peer', async () => {
    const { ask } = world(() => {})
    const asked = Array.from({ length: 4 + 64 }, () => ask(bytes(1), 'n2', 50))
    expect(await ask(bytes(1))).toMatchObject({ fault: { code: 'refused' } })
    expect((await Promise.all(asked)).map(codeOf)).toEqual(new Array(68).fill('timeout'))
  })
})

describe('a server', () => {
  /** A stream to a server, for saying what no client says. */
  async function bare(handle: HandleRequest, given: Partial<ServerLimits> = {}) {
    const [near, far] = await streamPair()
    const server = new RequestServer(handle, { ...limits, ...given })
    return { near, far, done: server.serve(far, 'n1', '/x/1') }
  }

  test('answers up to its limit, and says so if an answer would be larger', async () => {
    const { ask } = world(({ body }, answer) => answer(new Uint8Array((body[0] ?? 0) * 500)))
    expect(await ask(bytes(2))).toMatchObject({ ok: true })
    expect(await ask(bytes(3))).toMatchObject({ fault: { code: 'too-large' } })
    expect(await ask(bytes(0))).toEqual({ ok: true, value: bytes() })
  })

  test('rests after a refusal before it reads on', async () => {
    let asked = 0
    const refuse: HandleRequest = (_, answer) => {
      asked += 1
      answer(undefined)
    }
    const { near } = await bare(refuse, { refusalPauseMs: 100 })
    const request = bytes(frameTags.request, 0, 0, 0, 0)
    const refused = new Promise((resolve) => near.addEventListener('message', resolve))
    near.send(request)
    near.send(request)
    await refused
    await sleep(10)
    expect(asked).toBe(1)
    while (asked < 2) await sleep(5)
  })

  test('cuts off a peer whose request is too large, is none, or never comes', async () => {
    const tooLarge = await bare(echo)
    tooLarge.near.send(bytes(frameTags.request, 0xe9, 0x03, 0, 0))
    await tooLarge.done
    const noRequest = await bare(echo)
    noRequest.near.send(bytes(frameTags.answered, 0, 0, 0, 0))
    await noRequest.done
    const slow = await bare(echo, { bodyMsMax: 20 })
    slow.near.send(bytes(frameTags.request, 4, 0, 0, 0, 1, 2))
    await slow.done
    const gone = await bare(echo)
    gone.near.abort(new Error('gone'))
    await gone.done
    const ends = [tooLarge, noRequest, slow, gone].map(({ far }) => far.status)
    expect(ends.every((status) => status !== 'open')).toBe(true)
  })

  test('refuses large answers while too many bytes wait for peers that do not take them', async () => {
    const large = new Uint8Array(100_000)
    const waits = { unsentBytesPerPeerMax: 250_000, bodyBytesMax: 200_000, bodyMsMax: 200 }
    const server = new RequestServer(
      ({ body }, answer) => answer(large.subarray(0, (body[0] ?? 0) * 1_000)),
      { ...limits, ...waits },
    )
    const open = async (isTaking: boolean) => {
      const [near, far] = await streamPair()
      void server.serve(far, 'n1', '/x/1')
      const lane = new FramedStream(near, bothMax(200_000))
      // As a multiplexer does whose peer has given it no window.
      if (!isTaking) Object.assign(far, { maxMessageSize: 0 })
      return { lane, far }
    }
    const deaf = [await open(false), await open(false)]
    for (const { lane } of deaf) lane.send(frameTags.request, bytes(100))
    // The first is on its way, the second waits behind it.
    while (deaf.every(({ far }) => far.writeBufferLength === 0)) await sleep(1)
    await sleep(5)
    const taking = await open(true)
    const ask = async (kilobytes: number): Promise<number | undefined> => {
      taking.lane.send(frameTags.request, bytes(kilobytes))
      return (await taking.lane.read({}))?.tag
    }
    expect(await ask(100)).toBe(frameTags.refused)
    expect(await ask(50)).toBe(frameTags.answered)
    // Who takes nothing for so long is cut off, and leaves room.
    while (deaf.some(({ far }) => far.status === 'open')) await sleep(1)
    expect(await ask(100)).toBe(frameTags.answered)
  })

  test('waits for a first byte as long as it takes', async () => {
    const { near, far } = await bare(echo, { bodyMsMax: 10 })
    await sleep(40)
    expect(far.status).toBe('open')
    const lane = new FramedStream(near, bothMax(1_000))
    lane.send(frameTags.request, bytes(1))
    expect((await lane.read({}))?.body).toEqual(bytes(1))
  })

  test('refuses for a node that does not answer in time', async () => {
    const { ask } = world(() => {}, { answerMsMax: 20 })
    expect(codeOf(await ask(bytes(1)))).toBe('refused')
  })

  test('refuses at once what is more than it may have in hand, of one peer or of all', async () => {
    for (const limit of [{ requestsMax: 2 }, { requestsPerPeerMax: 2 }]) {
      const answers: ((body: Uint8Array) => void)[] = []
      const { ask } = world((_, answer) => answers.push(answer), limit)
      const first = [ask(bytes(1)), ask(bytes(1))]
      while (answers.length < 2) await sleep(1)
      expect(codeOf(await ask(bytes(1)))).toBe('refused')
      for (const answer of answers) answer(bytes(1))
      expect((await Promise.all(first)).map(codeOf)).toEqual(['ok', 'ok'])
      const again = ask(bytes(1))
      while (answers.length < 3) await sleep(1)
      answers[2]?.(bytes(1))
      expect(codeOf(await again)).toBe('ok')
    }
  })

  test('counts a request as in hand until the node has answered it, stream or no stream', async () => {
    const answers: ((body: Uint8Array) => void)[] = []
    const limit = { requestsPerPeerMax: 2 }
    const { ask } = world((_, answer) => answers.push(answer), limit)
    expect(codeOf(await ask(bytes(1), 'n2', 20))).toBe('timeout')
    expect(codeOf(await ask(bytes(1), 'n2', 20))).toBe('timeout')
    expect(codeOf(await ask(bytes(1)))).toBe('refused')
    answers[0]?.(bytes(1))
    const again = ask(bytes(1))
    while (answers.length < 3) await sleep(1)
    answers[2]?.(bytes(1))
    expect(codeOf(await again)).toBe('ok')
  })
})

describe('a server with a limit for a protocol', () => {
  test('reads a request of that size, cuts off one of a byte more, and answers by its own limit', async () => {
    const large = new Uint8Array(900)
    const given = { requestBytesMax: { '/x/1': 10 } }
    const { ask, served } = world((_request, answer) => answer(large), given)
    expect(await ask(new Uint8Array(10))).toEqual({ ok: true, value: large })
    expect(codeOf(await ask(new Uint8Array(11)))).toBe('closed')
    await Promise.all(served)
    expect(await ask(new Uint8Array(10))).toEqual({ ok: true, value: large })
  })
})

describe('a request that is open', () => {
  const request = { peer: 'n2', protocol: '/x/1', body: bytes(1), deadlineMs: 2_000 }
  const links = (near: Stream) => ({ isConnected: () => true, openStream: async () => near })
  const nothing = { bytes: 0, firstByteMs: undefined, lastByteMs: undefined }

  test('tells how much of the answer has come in, and when', async () => {
    const [near, far] = await streamPair()
    const client = new RequestClient(links(near), 100)
    const outcomes: Result<Uint8Array, NetworkFault>[] = []
    const beganMs = performance.now()
    const open = client.request(request, (outcome) => outcomes.push(outcome))
    await new FramedStream(far, bothMax(100)).read({})
    far.send(bytes(frameTags.answered, 4, 0))
    await sleep(5)
    expect(open.progress()).toEqual(nothing)
    far.send(bytes(0, 0, 1, 2, 3))
    while (open.progress().bytes === 0) await sleep(1)
    const { firstByteMs, ...rest } = open.progress()
    expect(rest).toEqual({ bytes: 3, lastByteMs: firstByteMs })
    expect(firstByteMs).toBeGreaterThan(beganMs)
    await sleep(5)
    far.send(bytes(4))
    while (outcomes.length === 0) await sleep(1)
    expect(outcomes).toEqual([{ ok: true, value: bytes(1, 2, 3, 4) }])
    expect(open.progress()).toMatchObject({ bytes: 4, firstByteMs })
    expect(open.progress().lastByteMs).toBeGreaterThan(firstByteMs ?? 0)
  })

  test('resets its stream when it is cancelled, and hears no more', async () => {
    const [near, far] = await streamPair()
    const client = new RequestClient(links(near), 100)
    const outcomes: Result<Uint8Array, NetworkFault>[] = []
    const open = client.request(request, (outcome) => outcomes.push(outcome))
    await new FramedStream(far, bothMax(100)).read({})
    far.send(bytes(frameTags.answered, 4, 0, 0, 0, 1, 2))
    while (open.progress().bytes === 0) await sleep(1)
    open.cancel()
    open.cancel()
    expect(outcomes).toEqual([])
    while (outcomes.length === 0) await sleep(1)
    while (far.status === 'open') await sleep(1)
    expect(outcomes.map(codeOf)).toEqual(['cancelled'])
    expect(open.progress().bytes).toBe(2)
  })

  test('gives up its place in the queue when it is cancelled', async () => {
    const { ask, client } = world(() => {})
    const waiting = Array.from({ length: 4 }, () => ask(bytes(1), 'n2', 40))
    const outcomes: string[] = []
    client.request(request, (outcome) => outcomes.push(codeOf(outcome))).cancel()
    while (outcomes.length === 0) await sleep(1)
    expect(outcomes).toEqual(['cancelled'])
    expect((await Promise.all(waiting)).map(codeOf)).toEqual(Array(4).fill('timeout'))
    client.request(request, (outcome) => outcomes.push(codeOf(outcome)))
    await sleep(1)
    expect(outcomes).toEqual(['cancelled'])
  })
})

test('a client cuts off a peer whose answer is too large', async () => {
  const [near, far] = await streamPair()
  const client = new RequestClient({ isConnected: () => true, openStream: async () => near }, 100)
  const request = { peer: 'n2', protocol: '/x/1', body: bytes(1), deadlineMs: 1_000 }
  const asked = outcomeOf(client, request)
  await new FramedStream(far, bothMax(100)).read({})
  far.send(bytes(frameTags.answered, 101, 0, 0, 0))
  expect(await asked).toMatchObject({ fault: { code: 'too-large' } })
  expect(near.status).not.toBe('open')
})

test('frames of any tag and length, in any pieces, are read as they were sent', async () => {
  const [near, far] = await streamPair()
  const reader = new FramedStream(far, bothMax(1_000))
  const whole = bytes(7, 3, 0, 0, 0, 1, 2, 3, 8, 0, 0, 0, 0)
  for (const byte of whole) near.send(bytes(byte))
  expect(await reader.read({})).toEqual({ tag: 7, body: bytes(1, 2, 3) })
  expect(await reader.read({})).toEqual({ tag: 8, body: bytes() })
  await expect(reader.read({ signal: AbortSignal.abort() })).rejects.toThrow()
})

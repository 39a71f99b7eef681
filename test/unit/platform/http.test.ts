/** The RPC server over real sockets: its answers, its limits, and that nothing sent to it harms it. */
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { type RpcOptions, type RpcServer, serveRpc } from '../../../src/platform/http.ts'
import { type RpcAnswer, type RpcCall, rpcErrors } from '../../../src/platform/json-rpc.ts'

let server: RpcServer | undefined

afterEach(async () => {
  await server?.close(100)
  server = undefined
})

/** Answers that `wait` owes. */
let owed: ((answer: RpcAnswer) => void)[] = []

const methods: RpcCall = (method, params, done) => {
  switch (method) {
    case 'echo':
      return done({ result: params })
    case 'wait':
      return void owed.push(done)
    case 'throw':
      throw new Error('inside')
    default:
      return done({ error: rpcErrors.methodNotFound })
  }
}

async function start(options: Partial<RpcOptions> = {}): Promise<RpcServer> {
  owed = []
  const served = await serveRpc({ port: 0, requestsPerSecondMax: 10_000, ...options }, methods)
  if (!served.ok) throw new Error(served.fault.detail)
  server = served.value
  return server
}

const json = { 'content-type': 'application/json' }

function post(body: string | Uint8Array<ArrayBuffer>, init: RequestInit = {}): Promise<Response> {
  const url = `http://127.0.0.1:${server?.port}/`
  return fetch(url, { method: 'POST', headers: json, body, ...init })
}

function call(method: string, params: unknown = []): Promise<Response> {
  return post(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }))
}

async function refusal(response: Response): Promise<string> {
  const { error } = (await response.json()) as { error: string }
  return `${response.status} ${error}`
}

/** Sends bytes as they are, and returns all that comes back until the connection ends or is quiet. */
function raw(bytes: string | Uint8Array, quietMs = 2_000): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(server?.port ?? 0, '127.0.0.1', () => socket.write(bytes))
    socket.setTimeout(quietMs, () => socket.destroy())
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
  })
}

describe('a call', () => {
  test('is answered with its result', async () => {
    await start()
    const response = await call('echo', [1, 'ä'])
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual({ jsonrpc: '2.0', id: 1, result: [1, 'ä'] })
  })

  test('with an error, of any kind, is answered with status 200', async () => {
    await start()
    const unknown = await call('unheard')
    expect(unknown.status).toBe(200)
    expect(await unknown.json()).toMatchObject({ error: { code: -32_601 } })
    expect(await (await call('throw')).json()).toMatchObject({ error: { code: -32_603 } })
    expect(await (await post('{')).json()).toMatchObject({ error: { code: -32_700 } })
    expect(await (await post(Uint8Array.of(0xff, 0xfe, 0x7b))).json()).toMatchObject({
      error: { code: -32_700 },
    })
  })

  test('that is a notification is answered with 204 and nothing', async () => {
    await start()
    const response = await post('{"jsonrpc":"2.0","method":"echo"}')
    expect([response.status, await response.text()]).toEqual([204, ''])
  })

  test('that takes too long is answered for, and its late answer is dropped', async () => {
    await start({ callMsMax: 30 })
    const response = await call('wait')
    expect(await response.json()).toMatchObject({
      id: 1,
      error: { code: -32_603, data: 'no answer within 30 ms' },
    })
    owed[0]?.({ result: 'late' })
    expect((await call('echo')).status).toBe(200)
  })
})

describe('a request is turned away', () => {
  test('if its path or method is another', async () => {
    await start()
    const elsewhere = await fetch(`http://127.0.0.1:${server?.port}/status`, { method: 'POST' })
    expect(await refusal(elsewhere)).toBe('404 the only path is /')
    const get = await fetch(`http://127.0.0.1:${server?.port}/`)
    expect(get.headers.get('allow')).toBe('POST')
    expect(await refusal(get)).toBe('405 the only method is POST')
  })

  test('if it is not plain JSON by its headers', async () => {
    await start()
    const expected = '415 send application/json, not encoded'
    expect(await refusal(await post('{}', { headers: { 'content-type': 'text/plain' } }))).toBe(
      expected,
    )
    const encoded = { ...json, 'content-encoding': 'gzip' }
    expect(await refusal(await post('{}', { headers: encoded }))).toBe(expected)
    const charset = { 'content-type': 'Application/JSON; charset=utf-8' }
    expect((await post('{}', { headers: charset })).status).toBe(200)
  })

  test('if its body is too large, at the limit and not before', async () => {
    await start({ bodyBytesMax: 1_000 })
    const frame = '{"jsonrpc":"2.0","id":1,"method":"echo","params":[""]}'
    const sized = (bytes: number): string =>
      frame.replace('""', `"${'x'.repeat(bytes - frame.length)}"`)
    expect((await post(sized(1_000))).status).toBe(200)
    expect(await refusal(await post(sized(1_001)))).toBe('413 a body holds at most 1000 bytes')
  })

  test('if its body never ends', async () => {
    await start({ bodyBytesMax: 1_000 })
    const head = 'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n'
    const chunk = `4e20\r\n${'x'.repeat(20_000)}\r\n`
    expect(await raw(`${head}transfer-encoding: chunked\r\n\r\n${chunk}`)).toContain('413')
  })

  test('if there were too many in this second; each request of a batch counts', async () => {
    await start({ requestsPerSecondMax: 5 })
    const one = { jsonrpc: '2.0', id: 1, method: 'echo' }
    const six = await post(JSON.stringify(new Array(6).fill(one)))
    expect(six.headers.get('retry-after')).toBe('1')
    expect(await refusal(six)).toBe('429 at most 5 requests a second')
    // One token was taken for the request itself.
    expect((await post(JSON.stringify(new Array(4).fill(one)))).status).toBe(200)
    expect(await refusal(await call('echo'))).toBe('429 at most 5 requests a second')
  })

  test('if too many are under way, until one of them ends', async () => {
    await start({ concurrentMax: 2 })
    const waiting = [call('wait'), call('wait')]
    while (owed.length < 2) await sleep(1)
    expect(await refusal(await call('echo'))).toBe('503 2 requests are under way')
    owed[0]?.({ result: 'well' })
    await Promise.race(waiting)
    expect((await call('echo')).status).toBe(200)
    owed[1]?.({ result: 'well' })
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200])
  })

  test('if it calls a local server by a foreign name', async () => {
    await start()
    const body = '{"jsonrpc":"2.0","id":1,"method":"echo"}'
    const request = (host: string): string =>
      `POST / HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
    expect(await raw(request('evil.example:80'))).toContain('403')
    expect(await raw(request('evil.example'))).toContain('this server is for its own machine')
    expect(await raw(request('LocalHost:8545'))).toContain('"result":null')
    expect(await raw(request('[::1]:8545'))).toContain('"result":null')
  })
})

describe('a connection', () => {
  test('whose sender is slow with its headers or its body is cut off', async () => {
    await start({ headersMsMax: 100, requestMsMax: 200 })
    expect(await raw('POST / HTTP/1.1\r\nhost: localhost\r\n')).toContain('408')
    const head = 'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n'
    expect(await raw(`${head}content-length: 10\r\n\r\n{`)).toContain('408')
    expect((await call('echo')).status).toBe(200)
  })

  test('that speaks no HTTP, or too much of it, is told so', async () => {
    await start()
    expect(await raw('hello\r\n\r\n')).toContain('400 Bad Request')
    expect(await raw(`POST / HTTP/1.1\r\nx: ${'y'.repeat(10_000)}\r\n\r\n`)).toContain('431')
  })

  test('beyond the limit is refused', async () => {
    await start({ connectionsMax: 1 })
    const first = call('wait')
    while (owed.length < 1) await sleep(1)
    expect(await raw('POST / HTTP/1.1\r\n\r\n')).toBe('')
    owed[0]?.({ result: 1 })
    expect((await first).status).toBe(200)
  })

  test('that breaks while its request is under way frees its place', async () => {
    await start({ concurrentMax: 1 })
    const head = 'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n'
    await raw(`${head}content-length: 100\r\n\r\n{`, 30)
    await sleep(20)
    expect((await call('echo')).status).toBe(200)
  })
})

describe('the server', () => {
  test('says why it cannot listen', async () => {
    const { port } = await start()
    expect(await serveRpc({ port }, methods)).toEqual({
      ok: false,
      fault: { code: 'in-use', detail: `cannot listen on 127.0.0.1:${port}: it is in use` },
    })
    const nowhere = await serveRpc({ host: '192.0.2.1', port: 0 }, methods)
    expect(nowhere.ok || nowhere.fault.code).toBe('io')
    expect(nowhere.ok || nowhere.fault.detail).toContain('cannot listen on 192.0.2.1:0: ')
  })

  test('closes at once when idle, and answers what is under way first', async () => {
    await start()
    await call('echo')
    const waiting = call('wait')
    while (owed.length < 1) await sleep(1)
    const closing = server?.close()
    setTimeout(() => owed[0]?.({ result: 'well' }), 20)
    expect(await (await waiting).json()).toMatchObject({ result: 'well' })
    await closing
    await expect(call('echo')).rejects.toThrow()
  })

  test('does not wait for ever for what is under way', async () => {
    await start()
    const waiting = call('wait')
    while (owed.length < 1) await sleep(1)
    const [outcome] = await Promise.allSettled([waiting, server?.close(30)])
    expect(outcome.status).toBe('rejected')
  })

  test('survives whatever is sent to it', async () => {
    await start({ bodyBytesMax: 500 })
    const header = fc.oneof(
      fc.constantFrom('content-type: application/json', 'transfer-encoding: chunked', 'expect: x'),
      fc.string().map((text) => `x: ${text}`),
      fc.nat({ max: 2_000 }).map((length) => `content-length: ${length}`),
    )
    const hostile = fc
      .record({
        line: fc.constantFrom(
          'POST / HTTP/1.1',
          'POST / HTTP/1.0',
          'GET / HTTP/1.1',
          'PRI * HTTP/2',
        ),
        headers: fc.array(header, { maxLength: 4 }),
        body: fc.oneof(fc.string(), fc.json(), fc.constant('[[[[{"jsonrpc":"2.0"')),
      })
      .map(({ line, headers, body }) =>
        [line, 'host: localhost', ...headers, '', body].join('\r\n'),
      )
    const anything = fc.oneof(hostile, fc.uint8Array({ maxLength: 300 }))
    const property = fc.asyncProperty(anything, async (bytes) => {
      await raw(bytes, 15)
    })
    await fc.assert(property, { seed: 1, numRuns: 100 })
    expect((await call('echo')).status).toBe(200)
  })
})

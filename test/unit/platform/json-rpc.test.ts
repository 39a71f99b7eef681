import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerRpc, parseRpc, type RpcCall, rpcErrors } from '../../../src/platform/json-rpc.ts'

const methods: RpcCall = (method, params, done) => {
  switch (method) {
    case 'echo':
      return done({ result: params })
    case 'nothing':
      return done({ result: undefined })
    case 'twice':
      done({ result: 1 })
      return done({ result: 2 })
    case 'fail':
      return done({ error: { code: -32_000, message: 'no block', data: { height: 9 } } })
    case 'throw':
      throw new Error('a secret of the node')
    case 'big':
      return done({ result: 2n ** 64n })
    case 'bad-data':
      return done({ error: { code: 7, message: 'm', data: 1n } })
    case 'later':
      return void setTimeout(() => done({ result: 'later' }), 5)
    default:
      return done({ error: rpcErrors.methodNotFound })
  }
}

/** The text of the response to a text; undefined if there is none. */
function answer(text: string): Promise<string | undefined> {
  const parsed = parseRpc(text)
  if (parsed.kind === 'error') return Promise.resolve(parsed.text)
  return new Promise((resolve) => answerRpc(parsed, methods, resolve))
}

/** The response to a value, parsed. */
async function answerTo(value: unknown): Promise<unknown> {
  const text = await answer(JSON.stringify(value))
  return text === undefined ? undefined : (JSON.parse(text) as unknown)
}

const request = (method: string, id: unknown = 1, params?: unknown) => {
  return { jsonrpc: '2.0', method, id, ...(params === undefined ? {} : { params }) }
}

describe('one request', () => {
  test('gets the result of its method, with its id', async () => {
    for (const id of [1, 0, -1.5, 'a', '', null]) {
      expect(await answerTo(request('echo', id, ['x']))).toEqual({
        jsonrpc: '2.0',
        id,
        result: ['x'],
      })
    }
    expect(await answerTo(request('later'))).toMatchObject({ result: 'later' })
    expect(await answerTo(request('echo', 1, { a: 1 }))).toMatchObject({ result: { a: 1 } })
  })

  test('without a result says null, since the field must be there', async () => {
    expect(await answerTo(request('nothing'))).toEqual({ jsonrpc: '2.0', id: 1, result: null })
  })

  test('gets the error of its method', async () => {
    const error = { code: -32_000, message: 'no block', data: { height: 9 } }
    expect(await answerTo(request('fail'))).toEqual({ jsonrpc: '2.0', id: 1, error })
    expect(await answerTo(request('unheard'))).toMatchObject({
      error: { code: -32_601, message: 'Method not found' },
    })
  })

  test('hears the first answer only', async () => {
    expect(await answerTo(request('twice'))).toMatchObject({ result: 1 })
  })

  test('learns nothing of what went wrong inside', async () => {
    const internal = { jsonrpc: '2.0', id: 1, error: { code: -32_603, message: 'Internal error' } }
    expect(await answerTo(request('throw'))).toEqual(internal)
    expect(await answerTo(request('big'))).toEqual(internal)
    expect(await answerTo(request('bad-data'))).toMatchObject({ error: { code: 7, message: 'm' } })
  })

  test('without an id is carried out and not answered', async () => {
    expect(await answerTo({ jsonrpc: '2.0', method: 'echo' })).toBeUndefined()
    expect(await answerTo({ jsonrpc: '2.0', method: 'throw' })).toBeUndefined()
  })
})

describe('what is no request', () => {
  test('is a parse error if it is not JSON', async () => {
    const error = { code: -32_700, message: 'Parse error' }
    for (const text of ['', '{', 'nonsense', '[1,', '\u0000', '{"jsonrpc": "2.0"']) {
      expect(JSON.parse((await answer(text)) ?? '')).toEqual({ jsonrpc: '2.0', id: null, error })
    }
  })

  test('is invalid if it is JSON of another form, and says what was expected', async () => {
    const cases: readonly (readonly [unknown, unknown, string])[] = [
      [1, null, 'a request is an object'],
      ['x', null, 'a request is an object'],
      [null, null, 'a request is an object'],
      [{}, null, 'jsonrpc: "2.0"'],
      [{ id: 5 }, 5, 'jsonrpc: "2.0"'],
      [{ jsonrpc: '1.0', method: 'echo', id: 5 }, 5, 'jsonrpc: "2.0"'],
      [{ jsonrpc: '2.0', id: 5 }, 5, 'method: a string'],
      [{ jsonrpc: '2.0', method: 1, id: 'q' }, 'q', 'method: a string'],
      [{ jsonrpc: '2.0', method: 'echo', id: 5, params: 'x' }, 5, 'params: an array or an object'],
      [{ jsonrpc: '2.0', method: 'echo', id: 5, params: null }, 5, 'params: an array or an object'],
      [{ jsonrpc: '2.0', method: 'echo', id: {} }, null, 'id: a string, a number or null'],
      [{ jsonrpc: '2.0', method: 'echo', id: true }, null, 'id: a string, a number or null'],
    ]
    for (const [value, id, data] of cases) {
      const error = { code: -32_600, message: 'Invalid Request', data }
      expect(await answerTo(value)).toEqual({ jsonrpc: '2.0', id, error })
    }
  })
})

describe('a batch', () => {
  test('is answered as a whole, in its order, without its notifications', async () => {
    const batch = [
      request('later', 1),
      { jsonrpc: '2.0', method: 'echo' },
      request('echo', 2, [2]),
      7,
    ]
    expect(await answerTo(batch)).toMatchObject([
      { id: 1, result: 'later' },
      { id: 2, result: [2] },
      { id: null, error: { code: -32_600 } },
    ])
  })

  test('of notifications is not answered', async () => {
    expect(await answerTo([{ jsonrpc: '2.0', method: 'echo' }])).toBeUndefined()
  })

  test('holds 1 to 20 requests', async () => {
    const error = { code: -32_600, data: 'a batch holds 1 to 20 requests' }
    expect(await answerTo([])).toMatchObject({ id: null, error })
    const full = Array.from({ length: 20 }, (_, i) => request('echo', i, []))
    expect(await answerTo(full)).toHaveLength(20)
    expect(await answerTo([...full, request('echo', 20, [])])).toMatchObject({ id: null, error })
  })
})

test('any text and any JSON get a well-formed answer or none', async () => {
  const anything = fc.oneof(
    fc.string(),
    fc.json(),
    fc.jsonValue().map((value) => JSON.stringify(value)),
    fc
      .record(
        {
          jsonrpc: fc.constantFrom('2.0', '1.0', 2),
          method: fc.oneof(fc.constantFrom('echo', 'throw', 'big', '__proto__'), fc.jsonValue()),
          id: fc.jsonValue(),
          params: fc.jsonValue(),
        },
        { requiredKeys: [] },
      )
      .map((value) => JSON.stringify(value)),
  )
  const property = fc.asyncProperty(anything, async (text) => {
    const response = await answer(text)
    if (response === undefined) return
    for (const one of [JSON.parse(response) as unknown].flat()) {
      expect(one).toMatchObject({ jsonrpc: '2.0' })
      expect(Object.keys(one as object)).toHaveLength(3)
    }
  })
  await fc.assert(property, { seed: 1, numRuns: 400 })
})

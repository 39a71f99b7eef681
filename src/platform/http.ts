/**
 * The JSON-RPC server of a node on `node:http`. `POST /` only; it listens on loopback unless told
 * otherwise, because it neither encrypts nor asks who is calling: put a reverse proxy before it.
 *
 * Every resource has a limit, and a request that exceeds one is answered with a status and a sentence:
 * size 413, rate 429, requests under way 503, method 405, type 415, path 404, foreign host 403. Slow
 * senders are cut off by time-outs.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { failed, ok, type Result } from '../base/result.ts'
import { answerRpc, parseRpc, type RpcCall, rpcErrors } from './json-rpc.ts'
import { type TakeTokens, tokenBuckets } from './token-bucket.ts'

const headerBytesMax = 8_192
const headersMax = 64
/** How often Node looks for connections that are over their time. */
const checkEveryMs = 500

export interface RpcOptions {
  /** `127.0.0.1` where this is absent. */
  readonly host?: string
  /** 0 picks a free port. */
  readonly port: number
  /** A larger body is answered with 413. 64 KiB where this is absent. */
  readonly bodyBytesMax?: number
  /** Requests a second for one remote address; each request of a batch counts. 100 where absent. */
  readonly requestsPerSecondMax?: number
  /** HTTP requests under way at once, of all callers. 64 where this is absent. */
  readonly concurrentMax?: number
  /** Open connections, used or idle. 256 where this is absent. */
  readonly connectionsMax?: number
  /** How long a caller may take to send its headers, and its whole request. 5 s and 10 s. */
  readonly headersMsMax?: number
  readonly requestMsMax?: number
  /** How long a method may take before it is answered for. 30 s where this is absent. */
  readonly callMsMax?: number
}

/** A server that listens. */
export interface RpcServer {
  readonly host: string
  readonly port: number
  /** Takes no more requests, and waits for those under way, at most `graceMsMax` (5 s). */
  close(graceMsMax?: number): Promise<void>
}

/** Why the server could not listen. `detail` names the address. */
export interface ListenFault {
  readonly code: 'in-use' | 'not-allowed' | 'io'
  readonly detail: string
}

type Limits = Required<Omit<RpcOptions, 'host' | 'port'>>

const defaults: Limits = {
  bodyBytesMax: 64 * 1024,
  requestsPerSecondMax: 100,
  concurrentMax: 64,
  connectionsMax: 256,
  headersMsMax: 5_000,
  requestMsMax: 10_000,
  callMsMax: 30_000,
}

/** Listens, and hands each method to `call`. */
export async function serveRpc(
  options: RpcOptions,
  call: RpcCall,
): Promise<Result<RpcServer, ListenFault>> {
  const { host = '127.0.0.1', port, ...given } = options
  const limits: Limits = { ...defaults, ...given }
  const door = new Door(limits, host, call)
  const server = createServer(
    {
      maxHeaderSize: headerBytesMax,
      headersTimeout: limits.headersMsMax,
      requestTimeout: limits.requestMsMax,
      keepAliveTimeout: 5_000,
      connectionsCheckingInterval: checkEveryMs,
    },
    (request, response) => door.receive(request, response),
  )
  server.maxConnections = limits.connectionsMax
  server.maxHeadersCount = headersMax
  server.on('clientError', refuseMalformed)
  const fault = await listen(server, host, port)
  if (fault !== undefined) return failed(fault)
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  return ok({
    host,
    port: bound,
    close: (graceMsMax = 5_000) => {
      door.close()
      return close(server, graceMsMax)
    },
  })
}

/** Why a request is turned away, before any of it was carried out. */
interface Refusal {
  readonly status: number
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Lets requests in one by one: checks, body, methods, answer. */
class Door {
  readonly #limits: Limits
  readonly #isLocal: boolean
  readonly #call: RpcCall
  readonly #take: TakeTokens
  #underWay = 0
  #isClosing = false

  constructor(limits: Limits, host: string, call: RpcCall) {
    this.#limits = limits
    this.#isLocal = loopbackNames.has(host)
    this.#call = withDeadline(call, limits.callMsMax)
    this.#take = tokenBuckets(limits.requestsPerSecondMax)
  }

  receive(request: IncomingMessage, response: ServerResponse): void {
    const refusal = this.#refusal(request)
    if (refusal !== undefined) {
      request.resume()
      return refuse(response, refusal)
    }
    this.#underWay += 1
    const release = once(() => {
      this.#underWay -= 1
    })
    // A caller who leaves before the body is complete has asked for nothing.
    request.once('close', () => {
      if (!request.complete) release()
    })
    readBody(request, this.#limits.bodyBytesMax, (body) => {
      this.#answer(request, body, (answer) => {
        release()
        if (typeof answer === 'object') refuse(response, answer)
        else this.#respond(response, answer)
      })
    })
  }

  /** From now on an answer ends its connection, which would else stay open for a next request. */
  close(): void {
    this.#isClosing = true
  }

  #respond(response: ServerResponse, text: string | undefined): void {
    if (this.#isClosing) response.setHeader('connection', 'close')
    if (text === undefined) response.writeHead(204).end()
    else response.writeHead(200, { 'content-type': 'application/json' }).end(text)
  }

  #refusal(request: IncomingMessage): Refusal | undefined {
    const { method, url, headers } = request
    if (!this.#take(addressOf(request), 1, performance.now())) return this.#tooMany()
    if (this.#isLocal && !loopbackNames.has(hostName(headers.host))) return foreignHost
    if (url !== '/') return { status: 404, message: 'the only path is /' }
    if (method !== 'POST') {
      return { status: 405, message: 'the only method is POST', headers: { allow: 'POST' } }
    }
    if (!isPlainJson(request)) return { status: 415, message: 'send application/json, not encoded' }
    if (this.#underWay < this.#limits.concurrentMax) return undefined
    const message = `${this.#underWay} requests are under way`
    return { status: 503, message, headers: { 'retry-after': '1' } }
  }

  #tooMany(): Refusal {
    const message = `at most ${this.#limits.requestsPerSecondMax} requests a second`
    return { status: 429, message, headers: { 'retry-after': '1' } }
  }

  /** Answers with the text of a response, nothing (undefined), or a refusal. */
  #answer(
    request: IncomingMessage,
    body: string | undefined,
    done: (answer: string | undefined | Refusal) => void,
  ): void {
    if (body === undefined) {
      const message = `a body holds at most ${this.#limits.bodyBytesMax} bytes`
      return done({ status: 413, message })
    }
    const parsed = parseRpc(body)
    if (parsed.kind === 'error') return done(parsed.text)
    // One was taken when the request came in.
    const more = parsed.requests.length - 1
    if (!this.#take(addressOf(request), more, performance.now())) return done(this.#tooMany())
    answerRpc(parsed, this.#call, done)
  }
}

/** Names under which a loopback server may be addressed. */
const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1', '[::1]', ''])

/** A web page can make its own name resolve to 127.0.0.1 (DNS rebinding); the header gives it away. */
const foreignHost: Refusal = { status: 403, message: 'this server is for its own machine' }

/** The host without its port; empty if the header is missing, as HTTP/1.0 allows. */
function hostName(header: string | undefined): string {
  return (header ?? '').replace(/:\d+$/, '').toLowerCase()
}

function addressOf(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? ''
}

function isPlainJson({ headers }: IncomingMessage): boolean {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  const coding = headers['content-encoding'] ?? 'identity'
  return type === 'application/json' && coding === 'identity'
}

/**
 * Reads a body; undefined if it is larger than `bytesMax`. A body that is only somewhat too large is read
 * to its end and dropped: a caller who is still sending would see a reset instead of the answer.
 */
function readBody(
  request: IncomingMessage,
  bytesMax: number,
  done: (body: string | undefined) => void,
): void {
  const droppedBytesMax = 16 * bytesMax
  const chunks: Buffer[] = []
  let bytes = 0
  const finish = once(() => {
    // Bytes that are not UTF-8 become replacement characters, which no JSON token contains.
    done(bytes > bytesMax ? undefined : Buffer.concat(chunks).toString('utf8'))
  })
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= bytesMax) chunks.push(chunk)
    else chunks.length = 0
    if (bytes > droppedBytesMax) finish()
  })
  request.once('end', finish)
  // The connection broke: nobody waits for an answer, and 'close' follows.
  request.once('error', () => {})
}

/** Says why, in JSON, and closes the connection: what follows on it may be the rest of a refused body. */
function refuse(response: ServerResponse, { status, message, headers }: Refusal): void {
  const fields = { 'content-type': 'application/json', connection: 'close', ...headers }
  response.writeHead(status, fields).end(JSON.stringify({ error: message }))
}

/** What is not HTTP, too slow, or too long in its headers. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return void socket.destroy()
  const status =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? '408 Request Timeout'
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? '431 Request Header Fields Too Large'
        : '400 Bad Request'
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}

/** Answers for a method that takes too long. What it says later is dropped. */
function withDeadline(call: RpcCall, msMax: number): RpcCall {
  return (method, params, done) => {
    const data = `no answer within ${msMax} ms`
    const timeout = setTimeout(() => done({ error: { ...rpcErrors.internal, data } }), msMax)
    try {
      call(method, params, (answer) => {
        clearTimeout(timeout)
        done(answer)
      })
    } catch (error) {
      clearTimeout(timeout)
      throw error
    }
  }
}

function once(run: () => void): () => void {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    run()
  }
}

// ----- the life of the server -----

function listen(server: Server, host: string, port: number): Promise<ListenFault | undefined> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(listenFault(`${host}:${port}`, error))
    })
    server.listen(port, host, () => resolve(undefined))
  })
}

function listenFault(address: string, error: NodeJS.ErrnoException): ListenFault {
  switch (error.code) {
    case 'EADDRINUSE':
      return { code: 'in-use', detail: `cannot listen on ${address}: it is in use` }
    case 'EACCES':
      return { code: 'not-allowed', detail: `cannot listen on ${address}: not allowed` }
    default:
      return { code: 'io', detail: `cannot listen on ${address}: ${error.message}` }
  }
}

async function close(server: Server, graceMsMax: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const timeout = setTimeout(() => server.closeAllConnections(), graceMsMax)
  await closed
  clearTimeout(timeout)
}

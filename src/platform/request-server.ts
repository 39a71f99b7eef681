/**
 * Requests of peers. Each stream is read, answered and read again. What a peer can make this node hold
 * is bounded: streams for each protocol and connection by libp2p, one request a stream here, and
 * requests in hand, over all peers, by a limit beyond which they are refused at once.
 */
import type { Stream } from '@libp2p/interface'
import type { InboundRequest } from '../kernel/environment.ts'
import { FramedStream, frameTags } from './framed-stream.ts'

/** Requests in hand at once. */
const requestsMax = 256
/** How long a peer may take to send a request's body, and the node to answer it. */
const bodyMsMax = 30_000
const answerMsMax = 30_000

const nothing = new Uint8Array()

/** Hands a request to whoever answers. `answer(undefined)` refuses; the first call counts. */
export type HandleRequest = (
  request: InboundRequest,
  answer: (body: Uint8Array | undefined) => void,
) => void

/** Serves every stream of every protocol. */
export class RequestServer {
  readonly #handle: HandleRequest
  readonly #bodyBytesMax: number
  #inHand = 0

  constructor(handle: HandleRequest, bodyBytesMax: number) {
    this.#handle = handle
    this.#bodyBytesMax = bodyBytesMax
  }

  /** Serves a stream until it ends. Never rejects. */
  async serve(stream: Stream, from: string, protocol: string): Promise<void> {
    const lane = new FramedStream(stream, this.#bodyBytesMax)
    try {
      for (;;) {
        const frame = await lane.read(bodyMsMax)
        if (frame === undefined) return lane.abort('request too large')
        if (frame.tag !== frameTags.request) return lane.abort('not a request')
        const answer = await this.#ask({ from, protocol, body: frame.body })
        if (answer === undefined) lane.send(frameTags.refused, nothing)
        else if (answer.length > this.#bodyBytesMax) lane.send(frameTags.tooLarge, nothing)
        else lane.send(frameTags.answered, answer)
      }
    } catch {
      // The peer or the connection is gone, or it sent half a request: all the same to us.
      lane.abort('stream ended')
    }
  }

  /** The answer, or undefined: too many in hand, no answer in time, or refused. */
  #ask(request: InboundRequest): Promise<Uint8Array | undefined> {
    if (this.#inHand >= requestsMax) return Promise.resolve(undefined)
    this.#inHand += 1
    return new Promise((resolve) => {
      let isAnswered = false
      const answer = (body: Uint8Array | undefined): void => {
        if (isAnswered) return
        isAnswered = true
        clearTimeout(timeout)
        this.#inHand -= 1
        resolve(body)
      }
      const timeout = setTimeout(() => answer(undefined), answerMsMax)
      this.#handle(request, answer)
    })
  }
}

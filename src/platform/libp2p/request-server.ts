/**
 * Requests of peers. Each stream is read, answered and read again. What peers can make this node hold is
 * bounded: streams for each protocol and connection by libp2p, one request a stream here, and requests
 * in hand by two limits, beyond which they are refused at once. A request stays in hand until the node has
 * answered it, even if the stream is gone: or a peer could ask, close, and ask anew for ever. Answers that wait for
 * a peer to take them are limited by their bytes, or peers who never read could fill the memory.
 */
import type { Stream } from '@libp2p/interface'
import type { InboundRequest } from '../../kernel/environment.ts'
import { FramedStream, frameTags, pieceBytes } from './framed-stream.ts'
import { Turns } from './turns.ts'

/** What peers may make this node hold, and for how long. */
export interface ServerLimits {
  /** Bytes of one answer, and of one request if nothing else is said of its protocol. */
  readonly bodyBytesMax: number
  /** Bytes of one request, by its protocol. So much may lie here on each stream before it is read to its end. */
  readonly requestBytesMax?: Readonly<Record<string, number>>
  /** Requests in hand at once, of all peers and of one. */
  readonly requestsMax: number
  readonly requestsPerPeerMax: number
  /** Bytes of answers that peers have not taken yet, of all peers and of one. Small answers go all the same. */
  readonly unsentBytesMax: number
  readonly unsentBytesPerPeerMax: number
  /** How long a peer may take to send a body once it has begun, or to take one, and the node to answer a request. */
  readonly bodyMsMax: number
  readonly answerMsMax: number
  /** How long a stream rests after a refusal: to refuse is cheap, and to be asked again at once is not. */
  readonly refusalPauseMs: number
}

const nothing = new Uint8Array()

/** Hands a request to whoever answers. `answer(undefined)` refuses; the first call counts. */
export type HandleRequest = (
  request: InboundRequest,
  answer: (body: Uint8Array | undefined) => void,
) => void

/** Serves every stream of every protocol. */
export class RequestServer {
  readonly #handle: HandleRequest
  readonly #limits: ServerLimits
  /** Requests in hand, by peer. */
  readonly #inHand = new Map<string, number>()
  #total = 0
  /** Bytes of answers that have not left yet, by peer. */
  readonly #unsent = new Map<string, number>()
  #unsentTotal = 0
  readonly #turns = new Turns()

  constructor(handle: HandleRequest, limits: ServerLimits) {
    this.#handle = handle
    this.#limits = limits
  }

  /** Serves a stream until it ends. Never rejects. */
  async serve(stream: Stream, from: string, protocol: string): Promise<void> {
    const { bodyBytesMax, bodyMsMax, requestBytesMax } = this.#limits
    const readMax = requestBytesMax?.[protocol] ?? bodyBytesMax
    const lane = new FramedStream(stream, { readMax, writeMax: bodyBytesMax })
    try {
      for (;;) {
        const frame = await lane.read({ bodyMsMax })
        if (frame === undefined) return lane.abort('request too large')
        if (frame.tag !== frameTags.request) return lane.abort('not a request')
        const answer = await this.#ask({ from, protocol, body: frame.body })
        if (answer === undefined) await this.#refuse(lane)
        else if (answer.length > bodyBytesMax) lane.send(frameTags.tooLarge, nothing)
        else await this.#send(lane, from, answer)
      }
    } catch {
      // The peer or the connection is gone, or it sent half a request: all the same to us.
      lane.abort('stream ended')
    }
  }

  async #refuse(lane: FramedStream): Promise<void> {
    lane.send(frameTags.refused, nothing)
    await new Promise((resolve) => setTimeout(resolve, this.#limits.refusalPauseMs))
  }

  /**
   * Sends an answer, or refuses if too much waits already. A peer that does not take it in time is cut off. Resolves
   * when another frame may follow: a large answer is on its way by pieces until then.
   */
  async #send(lane: FramedStream, peer: string, answer: Uint8Array): Promise<void> {
    const { unsentBytesMax, unsentBytesPerPeerMax } = this.#limits
    const bytes = answer.length
    const ofPeer = bytes + (this.#unsent.get(peer) ?? 0)
    const isTooMuch = ofPeer > unsentBytesPerPeerMax || this.#unsentTotal + bytes > unsentBytesMax
    // What leaves in one go is sent even when much waits already.
    if (bytes > pieceBytes && isTooMuch) return lane.send(frameTags.refused, nothing)
    this.#owe(peer, bytes)
    if (bytes > pieceBytes) return await this.#sendLarge(lane, peer, answer)
    lane.send(frameTags.answered, answer)
    void lane
      .flushed(this.#limits.bodyMsMax)
      .then((isTaken) => this.#sent(lane, peer, bytes, isTaken))
  }

  /** In pieces, when those before it have left. */
  async #sendLarge(lane: FramedStream, peer: string, answer: Uint8Array): Promise<void> {
    let isTaken = false
    await this.#turns.take(peer)
    try {
      isTaken = await lane.sendSlowly(frameTags.answered, answer, this.#limits.bodyMsMax)
    } finally {
      this.#turns.end(peer)
      this.#sent(lane, peer, answer.length, isTaken)
    }
  }

  /** An answer has left, or never will. */
  #sent(lane: FramedStream, peer: string, bytes: number, isTaken: boolean): void {
    this.#owe(peer, -bytes)
    if (!isTaken) lane.abort('answer not taken')
  }

  #owe(peer: string, bytes: number): void {
    const ofPeer = (this.#unsent.get(peer) ?? 0) + bytes
    if (ofPeer === 0) this.#unsent.delete(peer)
    else this.#unsent.set(peer, ofPeer)
    this.#unsentTotal += bytes
  }

  /** The answer, or undefined: too many in hand, no answer in time, or refused. */
  #ask(request: InboundRequest): Promise<Uint8Array | undefined> {
    const { requestsMax, requestsPerPeerMax, answerMsMax } = this.#limits
    const ofPeer = this.#inHand.get(request.from) ?? 0
    if (this.#total >= requestsMax || ofPeer >= requestsPerPeerMax) {
      return Promise.resolve(undefined)
    }
    this.#count(request.from, 1)
    return new Promise((resolve) => {
      let isAnswered = false
      const answer = (body: Uint8Array | undefined): void => {
        if (isAnswered) return
        isAnswered = true
        clearTimeout(timeout)
        this.#count(request.from, -1)
        resolve(body)
      }
      const timeout = setTimeout(() => answer(undefined), answerMsMax)
      this.#handle(request, answer)
    })
  }

  #count(peer: string, change: 1 | -1): void {
    const ofPeer = (this.#inHand.get(peer) ?? 0) + change
    if (ofPeer === 0) this.#inHand.delete(peer)
    else this.#inHand.set(peer, ofPeer)
    this.#total += change
  }
}

/**
 * Requests to peers. Each peer and protocol has a few streams that are kept and used again: a new stream
 * costs a round trip for its negotiation and begins with a small window, which doubles the time of a
 * small request on a fast link and far more on a slow one. Streams carry one exchange at a time, so
 * requests to one peer run side by side up to the number of streams, and further ones wait their turn.
 *
 * Nothing is asked twice, and no connection is made: whom to ask, and how often, is the caller's business.
 */
import type { Stream } from '@libp2p/interface'
import { failed, ok, type Result } from '../../base/result.ts'
import type { Millis } from '../../base/units.ts'
import type {
  AnswerProgress,
  NetworkFault,
  OpenRequest,
  PeerId,
  PeerRequest,
} from '../../kernel/environment.ts'
import { timeoutMsMax } from '../clock.ts'
import { type Frame, FramedStream, frameTags } from './framed-stream.ts'

/** Streams to one peer for one protocol. Peers allow twice as many, for those they do not yet know to be gone. */
export const lanesMax = 4
/** Requests to one peer by one protocol that may wait for a stream. */
const waitingMax = 64

/** The connections that there are. */
export interface Links {
  isConnected(peer: PeerId): boolean
  /** Opens a stream over a connection; undefined if there is none. Rejects if it fails. */
  openStream(peer: PeerId, protocol: string, signal: AbortSignal): Promise<Stream | undefined>
}

type Answer = Result<Uint8Array, NetworkFault>

/** Asks peers over streams that it keeps. */
export class RequestClient {
  readonly #links: Links
  readonly #bodyBytesMax: number
  readonly #peers = new Map<PeerId, Map<string, Lanes>>()
  readonly #open = new Set<Promise<unknown>>()

  constructor(links: Links, bodyBytesMax: number) {
    this.#links = links
    this.#bodyBytesMax = bodyBytesMax
  }

  /** Asks. `done` is told the peer's answer, or why there is none: once, and never within this call. */
  request(request: PeerRequest, done: (answer: Answer) => void): OpenRequest {
    const asking = new Asking(Math.min(request.deadlineMs, timeoutMsMax))
    const asked = this.#ask(request, asking).then((answer) => {
      this.#open.delete(asked)
      asking.end(answer)
      done(answer)
    })
    this.#open.add(asked)
    return asking
  }

  /** Resolves when what is asked just now has been answered or has failed. */
  async settled(): Promise<void> {
    await Promise.all(this.#open)
  }

  /** Never rejects. */
  async #ask({ peer, protocol, body }: PeerRequest, asking: Asking): Promise<Answer> {
    if (body.length > this.#bodyBytesMax) {
      return fault('too-large', `a request holds at most ${this.#bodyBytesMax} bytes`)
    }
    if (!this.#links.isConnected(peer)) return fault('unreachable', 'not connected')
    return await this.#lanes(peer, protocol).exchange(body, asking)
  }

  /** Forgets the streams to a peer whose connection is gone. Requests under way fail by themselves. */
  forget(peer: PeerId): void {
    this.#peers.delete(peer)
  }

  #lanes(peer: PeerId, protocol: string): Lanes {
    const known = this.#peers.get(peer)?.get(protocol)
    if (known !== undefined) return known
    const open = async (signal: AbortSignal): Promise<FramedStream | undefined> => {
      const stream = await this.#links.openStream(peer, protocol, signal)
      const limits = { readMax: this.#bodyBytesMax, writeMax: this.#bodyBytesMax }
      return stream === undefined ? undefined : new FramedStream(stream, limits)
    }
    const lanes = new Lanes(open, this.#bodyBytesMax)
    const ofPeer = this.#peers.get(peer) ?? new Map<string, Lanes>()
    this.#peers.set(peer, ofPeer.set(protocol, lanes))
    return lanes
  }
}

/** One request: how long it may wait, and what has come of it. */
class Asking implements OpenRequest {
  readonly #controller = new AbortController()
  readonly #timeout: NodeJS.Timeout
  #bytes = 0
  #firstByteMs: Millis | undefined
  #lastByteMs: Millis | undefined
  #isOver = false
  #isCancelled = false

  constructor(deadlineMs: Millis) {
    this.#timeout = setTimeout(() => this.#controller.abort(), deadlineMs)
  }

  /** Aborted when nobody waits any more. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Why nobody does. `lateDetail` says what did not happen in time. */
  faultOf(lateDetail: string): NetworkFault {
    return this.#isCancelled
      ? { code: 'cancelled', detail: 'nobody waits for it any more' }
      : { code: 'timeout', detail: lateDetail }
  }

  progress(): AnswerProgress {
    const [bytes, firstByteMs, lastByteMs] = [this.#bytes, this.#firstByteMs, this.#lastByteMs]
    return { bytes, firstByteMs, lastByteMs }
  }

  cancel(): void {
    if (this.#isOver || this.signal.aborted) return
    this.#isCancelled = true
    this.#controller.abort()
  }

  /** More of the answer has come in. */
  readonly heard = (bytes: number): void => {
    if (this.#isOver || this.signal.aborted) return
    const nowMs = performance.now()
    this.#bytes += bytes
    this.#firstByteMs ??= nowMs
    this.#lastByteMs = nowMs
  }

  end(answer: Answer): void {
    if (answer.ok && answer.value.length > this.#bytes) {
      // It was here before it was asked for, or as soon.
      this.heard(answer.value.length - this.#bytes)
    }
    this.#isOver = true
    clearTimeout(this.#timeout)
  }
}

/** The streams to one peer for one protocol. */
class Lanes {
  readonly #open: (signal: AbortSignal) => Promise<FramedStream | undefined>
  readonly #bodyBytesMax: number
  readonly #idle: FramedStream[] = []
  readonly #waiting: (() => void)[] = []
  #busy = 0

  constructor(
    open: (signal: AbortSignal) => Promise<FramedStream | undefined>,
    bodyBytesMax: number,
  ) {
    this.#open = open
    this.#bodyBytesMax = bodyBytesMax
  }

  async exchange(body: Uint8Array, asking: Asking): Promise<Answer> {
    if (this.#busy < lanesMax) this.#busy += 1
    else if (this.#waiting.length >= waitingMax) {
      return fault('refused', `${waitingMax} requests wait for this peer already`)
    } else if (!(await this.#turn(asking.signal))) {
      return failed(asking.faultOf('no stream became free in time'))
    }
    const answer = await this.#exchange(body, asking)
    const next = this.#waiting.shift()
    if (next === undefined) this.#busy -= 1
    else next()
    return answer
  }

  /** Waits for a free place. False if the asker's patience ended first. */
  #turn(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const giveUp = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1)
        resolve(false)
      }
      const take = (): void => {
        signal.removeEventListener('abort', giveUp)
        resolve(true)
      }
      this.#waiting.push(take)
      signal.addEventListener('abort', giveUp, { once: true })
    })
  }

  async #exchange(body: Uint8Array, asking: Asking): Promise<Answer> {
    const { signal, heard } = asking
    let lane: FramedStream | undefined
    try {
      lane = this.#reuse() ?? (await this.#open(signal))
      if (lane === undefined) return fault('unreachable', 'not connected')
      lane.send(frameTags.request, body)
      const frame = await lane.read({ signal, heard })
      if (frame === undefined) {
        // The answer would come all the same, and nobody wants it.
        lane.abort('answer too large')
        return fault('too-large', `an answer holds at most ${this.#bodyBytesMax} bytes`)
      }
      this.#idle.push(lane)
      return answerOf(frame)
    } catch (error) {
      // The peer is told by a reset of the stream, and stops sending.
      lane?.abort('request failed')
      return failed(signal.aborted ? asking.faultOf('no answer in time') : requestFault(error))
    }
  }

  /** A stream of an earlier request, if one is still good. */
  #reuse(): FramedStream | undefined {
    for (let lane = this.#idle.pop(); lane !== undefined; lane = this.#idle.pop()) {
      if (lane.isOpen) return lane
    }
    return undefined
  }
}

function answerOf({ tag, body }: Frame): Answer {
  switch (tag) {
    case frameTags.answered:
      return ok(body)
    case frameTags.tooLarge:
      return fault('too-large', 'the peer says that its answer would be too large')
    default:
      return fault('refused', 'the peer refused')
  }
}

function requestFault(error: unknown): NetworkFault {
  if (!(error instanceof Error)) return { code: 'closed', detail: String(error) }
  const code = error.name === 'UnsupportedProtocolError' ? 'refused' : 'closed'
  return { code, detail: `${error.name}: ${error.message}` }
}

function fault(code: NetworkFault['code'], detail: string): Answer {
  return failed({ code, detail })
}

/**
 * Fetches parts of the chain from peers, each by one request with a number. Whoever fetches may give up; and an
 * answer that is still coming in at its deadline, fast enough, is waited for a little longer, again and again up
 * to a limit: a slow link is no reason to fetch the same bytes twice, a peer that drips them is.
 *
 * Does not choose peers, and keeps no score of them: it tells what came, and how fast.
 */
import type { CodecFault } from '../../base/codec.ts'
import { failed, ok, type Result } from '../../base/result.ts'
import type { Millis } from '../../base/units.ts'
import type {
  AnswerProgress,
  NetworkFault,
  OpenRequest,
  PeerId,
  Timer,
} from '../../kernel/environment.ts'
import { decodeBodiesAnswer, encodeBodiesRequest } from '../../protocol/wire/bodies.ts'
import { decodeCertifiedAnswer, encodeCertifiedRequest } from '../../protocol/wire/certified.ts'
import { decodeHeadersAnswer, encodeHeadersRequest } from '../../protocol/wire/headers.ts'
import { protocolId } from '../../protocol/wire/requests.ts'
import type { Served } from '../../protocol/wire/served.ts'
import { blameMalformed } from './blame.ts'
import type {
  DownloadPart,
  FetchBodies,
  FetchCertified,
  FetchHeaders,
  Patience,
  PeerFault,
} from './messages.ts'
import type { NetworkParts } from './parts.ts'

/** Fetches that are open at once. */
const openMax = 1_024

/** What is asked of whom, and what becomes of the outcome. */
interface Errand {
  readonly id: number
  readonly peer: PeerId
  readonly part: DownloadPart
  readonly body: Uint8Array
  readonly patience: Patience
  /** Reads the answer and replies; the fault if it cannot be read. */
  readonly accept: (answer: Uint8Array, timing: Timing) => Result<Served<unknown>, CodecFault>
  readonly refuse: (fault: PeerFault) => void
}

interface Timing {
  readonly bytes: number
  /** Both from the sending of the request on. */
  readonly firstByteMs: Millis
  readonly elapsedMs: Millis
}

/** An errand under way. */
interface Fetch {
  readonly errand: Errand
  readonly sentMs: Millis
  readonly request: OpenRequest
  timer: Timer
}

export class Fetcher {
  readonly #parts: NetworkParts
  readonly #open = new Map<number, Fetch>()

  constructor(parts: NetworkParts) {
    this.#parts = parts
  }

  certified(message: FetchCertified): void {
    const { request, reply } = message
    this.#begin({
      ...errandOf(message, 'certified', encodeCertifiedRequest(request)),
      accept: (answer, timing) => {
        const served = decodeCertifiedAnswer(answer, request, this.#committeeSize)
        if (served.ok) reply(ok({ served: served.value, ...timing }))
        return served
      },
    })
  }

  headers(message: FetchHeaders): void {
    const { request, reply } = message
    this.#begin({
      ...errandOf(message, 'headers', encodeHeadersRequest(request)),
      accept: (answer, timing) => {
        const served = decodeHeadersAnswer(answer, request)
        if (served.ok) reply(ok({ served: served.value, ...timing }))
        return served
      },
    })
  }

  bodies(message: FetchBodies): void {
    const { request, reply } = message
    this.#begin({
      ...errandOf(message, 'bodies', encodeBodiesRequest(request)),
      accept: (answer, timing) => {
        const served = decodeBodiesAnswer(answer, request)
        if (served.ok) reply(ok({ served: served.value, ...timing }))
        return served
      },
    })
  }

  /** Gives a fetch up. What comes in after all is neither used nor held against the peer. */
  cancel(id: number): void {
    const fetch = this.#open.get(id)
    if (fetch !== undefined) this.#giveUp(fetch, 'cancelled', 'nobody waits for it any more')
  }

  #begin(errand: Errand): void {
    // Whoever fetched under this number before has been restarted.
    this.cancel(errand.id)
    if (this.#open.size >= openMax) {
      return errand.refuse({ code: 'refused', detail: `${openMax} fetches are open already` })
    }
    const { network, context } = this.#parts
    const { id, peer, part, body, patience } = errand
    const request = network.request(
      { peer, protocol: protocolId[part], body, deadlineMs: patience.deadlineMsMax },
      context.bind((outcome) => {
        if (this.#open.get(id) === fetch) this.#end(fetch, outcome)
      }),
    )
    const timer = context.after(patience.deadlineMs, () => this.#look(fetch))
    const fetch: Fetch = { errand, sentMs: context.now(), request, timer }
    this.#open.set(id, fetch)
  }

  /** The deadline has passed: goes on a little longer, or gives up. */
  #look(fetch: Fetch): void {
    const { context } = this.#parts
    const { patience, peer } = fetch.errand
    if (isComing(fetch.request.progress(), context.now(), patience)) {
      // The network itself ends it at the limit.
      fetch.timer = context.after(patience.extensionMs, () => this.#look(fetch))
      return
    }
    this.#giveUp(fetch, 'timeout', `no answer from ${peer} in time`)
  }

  #giveUp(fetch: Fetch, code: 'timeout' | 'cancelled', detail: string): void {
    fetch.request.cancel()
    this.#fail(fetch, { code, detail })
  }

  #end(fetch: Fetch, outcome: Result<Uint8Array, NetworkFault>): void {
    if (!outcome.ok) return this.#fail(fetch, outcome.fault)
    const timing = timingOf(fetch, outcome.value, this.#parts.context.now())
    const { peer, part, accept } = fetch.errand
    const served = accept(outcome.value, timing)
    if (served.ok) return this.#close(fetch, served.value.kind)
    blameMalformed(this.#parts, peer, part, served.fault)
    const { field, detail } = served.fault
    this.#fail(fetch, { code: 'malformed', detail: `${field} ${detail}` })
  }

  #fail(fetch: Fetch, fault: PeerFault): void {
    this.#close(fetch, fault.code)
    fetch.errand.refuse(fault)
  }

  #close(fetch: Fetch, outcome: Served<unknown>['kind'] | PeerFault['code']): void {
    const { context } = this.#parts
    const { id, peer, part } = fetch.errand
    context.cancel(fetch.timer)
    this.#open.delete(id)
    const { bytes } = fetch.request.progress()
    const elapsedMs = context.now() - fetch.sentMs
    context.emit({ kind: 'part-fetched', peer, part, outcome, bytes, elapsedMs })
  }

  get #committeeSize(): number {
    return this.#parts.chain.committee.members.length
  }
}

function errandOf(
  { id, peer, patience, reply }: FetchCertified | FetchHeaders | FetchBodies,
  part: DownloadPart,
  body: Uint8Array,
): Omit<Errand, 'accept'> {
  const refuse = (fault: PeerFault): void => reply(failed(fault))
  return { id, peer, part, body, patience, refuse }
}

/** Whether an answer is still coming in, and fast enough. */
export function isComing(
  { bytes, firstByteMs, lastByteMs }: AnswerProgress,
  nowMs: Millis,
  { stallMs, bytesPerSecondMin }: Patience,
): boolean {
  if (firstByteMs === undefined || lastByteMs === undefined) return false
  if (nowMs - lastByteMs > stallMs) return false
  return bytes * 1_000 >= bytesPerSecondMin * (nowMs - firstByteMs)
}

function timingOf({ request, sentMs }: Fetch, answer: Uint8Array, nowMs: Millis): Timing {
  const { firstByteMs, lastByteMs } = request.progress()
  return {
    bytes: answer.length,
    firstByteMs: Math.max(0, (firstByteMs ?? nowMs) - sentMs),
    elapsedMs: Math.max(0, (lastByteMs ?? nowMs) - sentMs),
  }
}

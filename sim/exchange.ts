/**
 * A request and its answer, from the asking to the outcome: two flights, and a deadline that runs from the beginning.
 * One object for all of it, which is its own event for each; requests are many, and closures for each
 * flight and each callback were most of what they cost.
 */
import { failed, ok, type Result } from '../src/base/result.ts'
import type {
  AnswerProgress,
  NetworkFault,
  OpenRequest,
  PeerRequest,
} from '../src/kernel/environment.ts'
import { arrivedAt, type Passage } from './answer.ts'
import type { ConnectionEnd } from './connection.ts'
import type { Fabric, Parcel } from './fabric.ts'
import { Delivery, deliver } from './life.ts'
import type { FlightKind, MessageFate } from './rules.ts'
import type { TimelineEntry } from './timeline.ts'

/** The most bytes of one request, and of one answer. */
export const requestBytesMax = 2 * 1_024 * 1_024

type Outcome = Result<Uint8Array, NetworkFault>

/** What happens to an exchange as time goes by. */
type Stage = 'request-arrives' | 'answer-arrives' | 'cancel-arrives' | 'deadline'

export class Exchange implements Parcel<Stage>, OpenRequest {
  /** Where it was asked from. */
  readonly end: ConnectionEnd
  /** As it was asked, until something befalls it on its way. */
  request: PeerRequest
  /** The asker's other requests that wait: the one before this, and the one after. */
  previous: Exchange | undefined = undefined
  next: Exchange | undefined = undefined
  readonly #fabric: Fabric
  readonly #done: (outcome: Outcome) => void
  readonly #deadline: TimelineEntry
  /** What the other side has answered. */
  #answer: Outcome | undefined
  /** Where the arrival of the answer stands on the timeline, once it is on its way. */
  #arrival: TimelineEntry | undefined
  /** How long its bytes take on the link, and when the link is through with them. */
  #spanUs = 0
  #sentUs = 0
  /** When the outcome was known. */
  #settledUs = -1
  /** The asker gave up. */
  #isCancelled = false
  /** The peer knows that nobody waits for its answer. */
  #isReset = false
  /** Its stream breaks when half of the answer has come. */
  #isAborted = false

  /** From now on its deadline runs. */
  constructor(
    fabric: Fabric,
    end: ConnectionEnd,
    request: PeerRequest,
    done: (outcome: Outcome) => void,
  ) {
    this.#fabric = fabric
    this.end = end
    this.request = request
    this.#done = done
    const { timeline } = fabric
    const deadlineUs = Math.ceil(Math.max(0, request.deadlineMs) * 1_000)
    this.#deadline = timeline.at(timeline.nowUs + deadlineUs, this, 'deadline')
  }

  /** Sends the request over. */
  send(): void {
    const { protocol, body } = this.request
    this.#fly(this.end, 'request', protocol, body.length)
  }

  fire(stage: Stage): void {
    if (stage === 'request-arrives') this.#requestArrives()
    else if (stage === 'answer-arrives') this.#answerArrives()
    else if (stage === 'cancel-arrives') this.#cancelArrives()
    else this.#timeOut()
  }

  /** Something befalls what was sent last: the request, or the answer to it. */
  befallen(fate: MessageFate): void {
    const answer = this.#answer
    if (fate.kind === 'abort') this.#isAborted = answer !== undefined
    else if (fate.kind !== 'change') return
    else if (answer === undefined) {
      this.request = { ...this.request, body: fate.change(this.request.body) }
    } else if (answer.ok) this.#answer = ok(fate.change(answer.value))
  }

  /** Sends the answer back; undefined refuses. The first call counts. */
  answer(body: Uint8Array | undefined): void {
    if (this.#answer !== undefined) return
    const outcome = outcomeOf(body)
    this.#answer = outcome
    const { far } = this.end
    if (!far.isWhole || this.#isReset) return
    const bytes = outcome.ok ? outcome.value.length : 0
    this.#arrival = this.#fly(far, 'answer', this.request.protocol, bytes)
    const { links } = this.#fabric
    this.#spanUs = links.spanUs(far.link, bytes)
    this.#sentUs = links.busyUntilUs(far.link)
  }

  progress(): AnswerProgress {
    const passage = this.#passage()
    const atUs = this.#settledUs < 0 ? this.#fabric.timeline.nowUs : this.#settledUs
    const arrived = passage && arrivedAt(passage, atUs)
    if (arrived === undefined) return nothingYet
    const { owner } = this.end
    const { bytes, firstUs, lastUs } = arrived
    return { bytes, firstByteMs: owner.msAt(firstUs), lastByteMs: owner.msAt(lastUs) }
  }

  cancel(): void {
    if (this.#settledUs >= 0) return
    const { timeline } = this.#fabric
    this.#end()
    const fault = failed({ code: 'cancelled' as const, detail: 'nobody waits for it any more' })
    timeline.at(timeline.nowUs, new Delivery(this.end.owner.life, this.#done, fault))
    this.#isCancelled = true
    if (this.#arrival !== undefined) timeline.cancel(this.#arrival)
    if (this.end.isWhole) this.#fly(this.end, 'cancel', this.request.protocol, 0)
  }

  /** The first outcome counts. Called from the timeline, so the asker may be told at once. */
  settle(outcome: Outcome): void {
    if (this.#settledUs >= 0) return
    this.#end()
    deliver(this.end.owner.life, this.#done, outcome)
  }

  #end(): void {
    const { timeline } = this.#fabric
    this.#settledUs = timeline.nowUs
    timeline.cancel(this.#deadline)
    this.end.owner.requestSettled(this)
  }

  /** The answer as far as it is, or was, on its way. */
  #passage(): Passage | undefined {
    const answer = this.#answer
    if (this.#arrival === undefined || answer?.ok !== true) return undefined
    const { length } = answer.value
    const bytes = this.#isAborted ? length >>> 1 : length
    return { bytes, dueUs: this.#arrival.dueUs, spanUs: this.#spanUs }
  }

  #requestArrives(): void {
    const { end } = this
    const isThere = end.isWhole || (end.isParting && end.far.isOpen)
    if (isThere) end.far.owner.requestArrived(this)
    else this.#missed(end, 'request', this.request.body)
  }

  #answerArrives(): void {
    const answer = this.#answer
    if (answer === undefined || this.#isCancelled) return
    if (!this.end.isWhole) return this.#missed(this.end.far, 'answer', bytesOf(answer))
    if (this.#isAborted) {
      const detail = 'the stream was reset in the middle of the answer'
      return this.settle(failed({ code: 'closed', detail }))
    }
    this.#fabric.digest.mixBytes(bytesOf(answer))
    this.settle(answer)
  }

  /** What had left from here has come too late for its connection. */
  #missed(from: ConnectionEnd, kind: 'request' | 'answer', data: Uint8Array): void {
    const cargo = { kind, label: this.request.protocol, bytes: data.length }
    this.#fabric.miss(from.link, cargo, data)
  }

  /** The peer sends no further: what it has not sent yet makes room on the link. */
  #cancelArrives(): void {
    this.#isReset = true
    if (this.#arrival === undefined) return
    const { timeline, links } = this.#fabric
    const unsentUs = Math.min(this.#spanUs, this.#sentUs - timeline.nowUs)
    if (unsentUs > 0) links.takeBack(this.end.far.link, unsentUs, this.#arrival.dueUs)
  }

  #timeOut(): void {
    this.settle(failed({ code: 'timeout', detail: `no answer from ${this.end.peer}` }))
  }

  #fly(
    from: ConnectionEnd,
    kind: keyof typeof stageOf,
    label: string,
    bytes: number,
  ): TimelineEntry | undefined {
    const departure = this.#fabric.send(from.link, { kind, label, bytes }, this, stageOf[kind])
    if (departure === 'reset') from.close()
    else from.outBytes += bytes
    return typeof departure === 'string' ? undefined : departure
  }
}

const stageOf = {
  request: 'request-arrives',
  answer: 'answer-arrives',
  cancel: 'cancel-arrives',
} as const satisfies Partial<Record<FlightKind, Stage>>

const nothingYet: AnswerProgress = { bytes: 0, firstByteMs: undefined, lastByteMs: undefined }

/** What can be asked about a request that failed at once. */
export const failedRequest: OpenRequest = {
  progress: () => nothingYet,
  cancel: () => undefined,
}

const nothing = new Uint8Array(0)

function bytesOf(outcome: Outcome): Uint8Array {
  return outcome.ok ? outcome.value : nothing
}

function outcomeOf(body: Uint8Array | undefined): Outcome {
  if (body === undefined) return failed({ code: 'refused', detail: 'the peer refused' })
  if (body.length > requestBytesMax) {
    return failed({ code: 'too-large', detail: `an answer of ${body.length} bytes` })
  }
  return ok(body)
}

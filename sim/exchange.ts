/**
 * A request and its answer, from the asking to the outcome: two flights, and a deadline that runs from the beginning.
 * One object for all of it, which is its own event for each; requests are many, and closures for each
 * flight and each callback were most of what they cost.
 */
import { failed, ok, type Result } from '../src/base/result.ts'
import type { NetworkFault, PeerRequest } from '../src/kernel/environment.ts'
import type { ConnectionEnd } from './connection.ts'
import type { Fabric } from './fabric.ts'
import { deliver } from './life.ts'
import type { TimelineEntry, TimelineEvent } from './timeline.ts'

/** The most bytes of one request, and of one answer. */
export const requestBytesMax = 2 * 1_024 * 1_024

type Outcome = Result<Uint8Array, NetworkFault>

/** What happens to an exchange as time goes by. */
type Stage = 'request-arrives' | 'answer-arrives' | 'deadline'

export class Exchange implements TimelineEvent<Stage> {
  /** Where it was asked from. */
  readonly end: ConnectionEnd
  readonly request: PeerRequest
  /** The asker's other requests that wait: the one before this, and the one after. */
  previous: Exchange | undefined = undefined
  next: Exchange | undefined = undefined
  readonly #fabric: Fabric
  readonly #done: (outcome: Outcome) => void
  readonly #deadline: TimelineEntry
  /** What the other side has answered. */
  #answer: Outcome | undefined
  #isSettled = false

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
    else this.#timeOut()
  }

  /** Sends the answer back; undefined refuses. The first call counts. */
  answer(body: Uint8Array | undefined): void {
    if (this.#answer !== undefined) return
    const outcome = outcomeOf(body)
    this.#answer = outcome
    const { far } = this.end
    if (!far.isWhole) return
    this.#fly(far, 'answer', this.request.protocol, outcome.ok ? outcome.value.length : 0)
  }

  /** The first outcome counts. Called from the timeline, so the asker may be told at once. */
  settle(outcome: Outcome): void {
    if (this.#isSettled) return
    this.#isSettled = true
    this.#fabric.timeline.cancel(this.#deadline)
    const { owner } = this.end
    owner.requestSettled(this)
    deliver(owner.life, this.#done, outcome)
  }

  #requestArrives(): void {
    const { end } = this
    if (end.isWhole) end.far.owner.requestArrived(this)
  }

  #answerArrives(): void {
    const answer = this.#answer
    if (answer === undefined || !this.end.isWhole) return
    this.#fabric.digest.mixBytes(answer.ok ? answer.value : nothing)
    this.settle(answer)
  }

  #timeOut(): void {
    this.settle(failed({ code: 'timeout', detail: `no answer from ${this.end.peer}` }))
  }

  #fly(from: ConnectionEnd, kind: 'request' | 'answer', label: string, bytes: number): void {
    const stage: Stage = kind === 'request' ? 'request-arrives' : 'answer-arrives'
    const departure = this.#fabric.send(from.link, { kind, label, bytes }, this, stage)
    if (departure === 'reset') from.close()
  }
}

const nothing = new Uint8Array(0)

function outcomeOf(body: Uint8Array | undefined): Outcome {
  if (body === undefined) return failed({ code: 'refused', detail: 'the peer refused' })
  if (body.length > requestBytesMax) {
    return failed({ code: 'too-large', detail: `an answer of ${body.length} bytes` })
  }
  return ok(body)
}

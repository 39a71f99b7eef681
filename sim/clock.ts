/**
 * One host's clock. Its oscillator may run fast or slow by some parts per million, its wall clock
 * may be wrong and may jump, and its timers may be late; monotonic time never jumps. All on whole microseconds.
 *
 * Does not correct itself: a host that wants the true time has to ask the others.
 */
import { assert } from '../src/base/assert.ts'
import type { Millis, UnixMillis } from '../src/base/units.ts'
import type { Clock, Timer, Waker } from '../src/kernel/environment.ts'
import type { Entrance, Life } from './life.ts'
import { type Timeline, TimelineEntry, type TimelineEvent } from './timeline.ts'

const perMillion = 1_000_000
const driftPpmMax = 100_000
/** The longest wait that can be asked for: later is never. Keeps sums of times exact. */
const waitUsMax = 2 ** 52

/** A host's oscillator and wall clock. They belong to the machine and outlive its crashes. */
export class SimOscillator {
  readonly #timeline: Timeline
  /** True time and local time at the last change of the drift. */
  #sinceUs = 0
  #localSinceUs = 0
  #driftPpm = 0
  /** Local wall time minus local monotonic time. */
  #wallUs: number
  /** Which events are timers that run by this oscillator. */
  #isDriven: (event: unknown) => boolean = () => false
  #onTick: () => void = () => undefined
  #tickUs = 0

  /** `wallMs` is what the wall clock shows at the beginning of the world. */
  constructor(timeline: Timeline, wallMs: UnixMillis, driftPpm: number) {
    this.#timeline = timeline
    this.#wallUs = Math.round(wallMs * 1_000)
    this.setDrift(driftPpm)
  }

  /** Local monotonic microseconds. */
  get localUs(): number {
    return this.#localAt(this.#timeline.nowUs)
  }

  get wallMs(): UnixMillis {
    return (this.#wallUs + this.localUs) / 1_000
  }

  /** What `Clock.now()` showed at a true microsecond, not before the drift last changed. */
  msAt(trueUs: number): Millis {
    return this.#localAt(trueUs) / 1_000
  }

  /**
   * Timers of which this holds wait by this oscillator; those from before no more. `onTick` is called when its tick has
   * changed.
   */
  drives(isDriven: (event: unknown) => boolean, onTick: () => void): void {
    this.#isDriven = isDriven
    this.#onTick = onTick
  }

  /** How far timers are apart at least, in whole microseconds; 0 if each fires when it is due. */
  get tickUs(): number {
    return this.#tickUs
  }

  /**
   * From now on timers of this host fire only at whole multiples of so many milliseconds, late by as much at most, and in
   * the order of their deadlines: a kernel that coalesces its timers to save power. 0 ends it.
   */
  setTick(ms: Millis): void {
    const tickUs = Math.ceil(ms * 1_000)
    assert(Number.isSafeInteger(tickUs) && tickUs >= 0, 'a tick is a time')
    this.#tickUs = tickUs
    this.#onTick()
  }

  /** From now on this host's second lasts 1 / (1 + ppm / 10^6) true seconds. Its timers move with it. */
  setDrift(ppm: number): void {
    assert(Number.isInteger(ppm) && Math.abs(ppm) <= driftPpmMax, 'a drift of at most ±100,000 ppm')
    const timers = this.#timeline.entriesOf(this.#isDriven)
    const dues = timers.map(({ dueUs }) => this.#localAt(dueUs))
    this.#localSinceUs = this.localUs
    this.#sinceUs = this.#timeline.nowUs
    this.#driftPpm = ppm
    timers.forEach((timer, at) => {
      this.#timeline.move(timer, this.trueUsOf(dues[at] ?? 0))
    })
  }

  /** Moves the wall clock by so many milliseconds, back if negative, as a step of NTP does. */
  jump(ms: Millis): void {
    this.#wallUs += Math.round(ms * 1_000)
  }

  /** The earliest true microsecond at which this host's clock shows `localUs`, if the drift stays. */
  trueUsOf(localUs: number): number {
    const elapsedUs = localUs - this.#localSinceUs
    if (this.#driftPpm === 0) return this.#sinceUs + elapsedUs
    const guess = Math.floor((elapsedUs / (perMillion + this.#driftPpm)) * perMillion)
    let trueUs = this.#sinceUs + guess - 2
    // The guess is within two microseconds, above or below.
    while (this.#localAt(trueUs) < localUs) trueUs += 1
    return trueUs
  }

  #localAt(trueUs: number): number {
    const elapsedUs = trueUs - this.#sinceUs
    if (this.#driftPpm === 0) return this.#localSinceUs + elapsedUs
    return this.#localSinceUs + elapsedUs + Math.floor((elapsedUs * this.#driftPpm) / perMillion)
  }
}

/** A host's clock as one life of its process sees it. Nothing fires after that life. */
export class SimClock implements Clock {
  readonly timeline: Timeline
  readonly life: Life
  readonly oscillator: SimOscillator
  readonly #plain: Waker<() => void>
  readonly #isOurs: (event: unknown) => boolean
  /** Timers that are due and wait for the next tick. */
  #late: Entrance[] = []

  constructor(timeline: Timeline, oscillator: SimOscillator, life: Life) {
    this.timeline = timeline
    this.oscillator = oscillator
    this.life = life
    this.#plain = this.waker((wake) => wake())
    this.#isOurs = (event) => event instanceof SimWaker && event.clock === this
    const keepTick = (): void => life.setExact(oscillator.tickUs === 0)
    oscillator.drives(this.#isOurs, keepTick)
    keepTick()
    // A dead node must not be held by its deadlines, of which some are hours away.
    life.atEnd(() => {
      for (const timer of timeline.entriesOf(this.#isOurs)) timeline.cancel(timer)
    })
  }

  /**
   * Timers of wakers that wait; what was asked for by a call of its own, as all that promise code waits for is, does not
   * count. Looks at all that waits on the timeline, so it is for rare occasions.
   */
  get timers(): number {
    return this.timeline.entriesOf((event) => this.#isOurs(event) && event !== this.#plain).length
  }

  now(): Millis {
    return this.oscillator.localUs / 1_000
  }

  wall(): UnixMillis {
    return this.oscillator.wallMs
  }

  wakeAt(due: Millis, wake: () => void): Timer {
    return this.#plain.wakeAt(due, wake)
  }

  waker<Value>(wake: (value: Value) => void): Waker<Value> {
    return new SimWaker(this, wake)
  }

  cancel(timer: Timer): void {
    assert(timer instanceof TimelineEntry, 'a timer of this world')
    this.timeline.cancel(timer)
  }

  soon(run: () => void): void {
    this.timeline.soon(() => this.life.enter({ fire: run }))
  }

  /** A timer is due whose host fires timers only now and then. */
  enterAtTick(timer: Entrance): void {
    const { timeline, oscillator } = this
    const { tickUs } = oscillator
    this.#late.push(timer)
    if (this.#late.length > 1) return
    const dueUs = tickUs === 0 ? timeline.nowUs : Math.ceil(timeline.nowUs / tickUs) * tickUs
    timeline.at(dueUs, { fire: () => this.#fireLate() })
  }

  #fireLate(): void {
    const late = this.#late
    this.#late = []
    for (const timer of late) this.timeline.soon(() => this.life.enter(timer))
  }
}

/** Whom the wakes of a life go to. A timer is an entry of the timeline, and nothing besides. */
class SimWaker<Value> implements Waker<Value>, TimelineEvent<Value> {
  // What belongs to the clock is held here too: each way by the clock is one more thing to have in the cache.
  readonly #timeline: Timeline
  readonly #oscillator: SimOscillator
  readonly #life: Life
  readonly #wake: (value: Value) => void
  readonly clock: SimClock

  constructor(clock: SimClock, wake: (value: Value) => void) {
    this.#timeline = clock.timeline
    this.#oscillator = clock.oscillator
    this.#life = clock.life
    this.#wake = wake
    this.clock = clock
  }

  wakeAt(due: Millis, value: Value): Timer {
    const oscillator = this.#oscillator
    const dueUs = oscillator.trueUsOf(localUsOf(due, oscillator.localUs))
    const timer = this.#timeline.at(dueUs, this, value)
    if (this.#life.isOver) this.#timeline.cancel(timer)
    return timer
  }

  /** A timer is due: now, or after the pause or at the next tick, unless it is cancelled before. */
  fire(value: Value, timer: TimelineEntry): void {
    if (this.#life.isPrompt) this.#wake(value)
    else this.#fireLater(value, timer)
  }

  #fireLater(value: Value, timer: TimelineEntry): void {
    const fire = (): void => {
      if (!timer.isCancelled) this.#wake(value)
    }
    if (this.#oscillator.tickUs > 0) this.clock.enterAtTick({ fire })
    else this.#life.enter({ fire })
  }
}

/** The least whole microsecond that is not before `due`, on the scale of `now()`. */
function localUsOf(due: Millis, nowUs: number): number {
  const exactUs = due * 1_000
  if (exactUs <= nowUs) return nowUs
  assert(exactUs > nowUs, 'a deadline is a number')
  if (exactUs > nowUs + waitUsMax) return nowUs + waitUsMax
  const us = Math.floor(exactUs)
  return us / 1_000 < due ? us + 1 : us
}

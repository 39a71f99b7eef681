/** What befalls clocks (C1–C6). Monotonic time stays monotonic, whatever the wall clock does. */
import type { Millis } from '../../../src/base/units.ts'
import type { Cluster } from '../cluster.ts'
import {
  again,
  drawNode,
  drawSpan,
  type FaultRule,
  type Lasting,
  type OnNode,
  someOf,
} from './fault.ts'

/** No fault makes a wall clock more wrong than this. */
export const clockErrorMsMax = 400

export const clockJumpFault: FaultRule<'clock-jump', OnNode & { readonly errorMs: Millis }> = {
  kind: 'clock-jump',
  ids: ['C1', 'C2', 'C4'],
  aliases: ['TimingAttack'],
  what: 'a wall clock is set, forward or back, and is wrong by so much from then on',
  range: '±400 ms',
  draw: (random, realm) => ({
    ...drawNode(random, realm),
    errorMs: random.between(-clockErrorMsMax, clockErrorMsMax),
  }),
  strike: (cluster, { node, errorMs }) => {
    setClock(cluster, node, errorMs)
    return () => setClock(cluster, node, 0)
  },
}

export const clockDriftFault: FaultRule<
  'clock-drift',
  OnNode & Lasting & { readonly ppm: number }
> = {
  kind: 'clock-drift',
  ids: ['C1'],
  aliases: [],
  what: 'a clock runs fast or slow, and its timers with it; afterwards it is set right',
  range: '±1,000 ppm; 0.1 to 30 s',
  draw: (random, realm) => ({
    ...drawNode(random, realm),
    ppm: random.between(-1_000, 1_000),
    ...drawSpan(random),
  }),
  strike: (cluster, { node, ppm }) => {
    const { oscillator } = cluster.machine(node).host
    oscillator.setDrift(ppm)
    return () => {
      oscillator.setDrift(cluster.options.clockDriftPpm?.(node) ?? 0)
      setClock(cluster, node, 0)
    }
  },
}

export const clockStrobeFault: FaultRule<
  'clock-strobe',
  OnNode & Lasting & { readonly errorMs: Millis; readonly everyMs: Millis }
> = {
  kind: 'clock-strobe',
  ids: ['C3', 'C4'],
  aliases: [],
  what: 'a wall clock is set wrong and right again, over and over, while monotonic time goes on',
  range: '±400 ms, each 20 ms to 2 s; 0.1 to 30 s',
  draw: (random, realm) => ({
    ...drawNode(random, realm),
    errorMs: random.between(-clockErrorMsMax, clockErrorMsMax),
    everyMs: 20 + random.below(2_000),
    ...drawSpan(random),
  }),
  strike: (cluster, { node, errorMs, everyMs }) => {
    let isWrong = false
    const mend = again(cluster, everyMs, () => {
      isWrong = !isWrong
      setClock(cluster, node, isWrong ? errorMs : 0)
      return true
    })
    return () => {
      mend()
      setClock(cluster, node, 0)
    }
  },
}

export const lateTimersFault: FaultRule<
  'late-timers',
  OnNode & Lasting & { readonly tickMs: Millis }
> = {
  kind: 'late-timers',
  ids: ['C5'],
  aliases: [],
  what: 'timers are late and come together, at multiples of so much',
  range: '5 to 500 ms; 0.1 to 30 s',
  draw: (random, realm) => ({
    ...drawNode(random, realm),
    tickMs: 5 + random.below(496),
    ...drawSpan(random),
  }),
  strike: (cluster, { node, tickMs }) => {
    const { oscillator } = cluster.machine(node).host
    oscillator.setTick(tickMs)
    return () => oscillator.setTick(0)
  },
}

export const slotSkewFault: FaultRule<
  'slot-skew',
  Lasting & {
    readonly early: readonly string[]
    readonly late: readonly string[]
    readonly byMs: Millis
  }
> = {
  kind: 'slot-skew',
  ids: ['C6'],
  aliases: [],
  what: 'some nodes come to each slot early and all others late, by so much each',
  range: '100 to 400 ms; 0.1 to 30 s',
  draw: (random, { names }) => {
    const early = someOf(random, names)
    const late = names.filter((name) => !early.includes(name))
    const byMs = clockErrorMsMax - random.below(clockErrorMsMax - 100)
    return { early, late, byMs, ...drawSpan(random) }
  },
  strike: (cluster, { early, late, byMs }) => {
    for (const name of early) setClock(cluster, name, byMs)
    for (const name of late) setClock(cluster, name, -byMs)
    return () => {
      for (const name of [...early, ...late]) setClock(cluster, name, 0)
    }
  },
}

/** Sets how wrong a node's wall clock is; its drift goes on from there. */
export function setClock(cluster: Cluster, node: string, errorMs: Millis): void {
  const { oscillator } = cluster.machine(node).host
  oscillator.jump(cluster.simulation.wallMs + errorMs - oscillator.wallMs)
}
